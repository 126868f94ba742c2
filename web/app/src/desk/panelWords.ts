import { staffWords } from "../words/catalogue.ts";

/** What stands in panels and notices of the desks, whose code comes after the screen stands. */
export const panels = staffWords({
  signedInAs: { en: "Signed in:", hi: "साइन इन:" },
  signOut: { en: "Sign out", hi: "साइन आउट" },
  waitsForYou: {
    en: {
      one: "{count} change of yours waits on this screen and goes when you are back.",
      other: "{count} changes of yours wait on this screen and go when you are back.",
    },
    hi: {
      one: "आपका {count} बदलाव इस स्क्रीन पर रहेगा, लौटने पर जाएगा।",
      other: "आपके {count} बदलाव इस स्क्रीन पर रहेंगे, लौटने पर जाएँगे।",
    },
  },
  notSignedOut: {
    en: "The box did not answer, so you are still signed in.",
    hi: "मशीन से जवाब नहीं, आप अभी साइन इन हैं।",
  },
  keys: { en: "Keys", hi: "कुंजियाँ" },
  keysNever: { en: "They never act while you type.", hi: "लिखते समय ये काम नहीं करतीं।" },
  singleKeys: { en: "Single keys", hi: "एक-अक्षर कुंजियाँ" },
  keysKept: {
    en: "Off, only keys with Ctrl, Esc, Tab and the arrows remain. Kept on this device.",
    hi: "बंद होने पर केवल Ctrl वाली कुंजियाँ, Esc, Tab और तीर रहते हैं। इस उपकरण पर याद रहता है।",
  },
  dark: { en: "Dark colours", hi: "गहरे रंग" },
  everywhere: { en: "Everywhere", hi: "हर जगह" },
  thisSheet: { en: "This sheet", hi: "यह सूची" },
  closeNothingLost: { en: "Close, nothing is lost", hi: "बंद करें, कुछ नहीं खोएगा" },
  openEnded: { en: "Until I am back", hi: "लौटने तक" },
  forMinutesUntil: { en: "{n} min, until {time}", hi: "{n} मिनट, {time} तक" },
  breakWhy: {
    en: "Those who wait see it. Nobody loses a place.",
    hi: "प्रतीक्षा करने वाले इसे देखते हैं। किसी की जगह नहीं जाती।",
  },
  offerTo: { en: "Those who wait may go to", hi: "प्रतीक्षा करने वाले जा सकते हैं" },
  offerNobody: { en: "Nobody else", hi: "किसी और के पास नहीं" },
  offerHow: {
    en: "They are asked on their phone. Token and check-in time stay.",
    hi: "उनसे फ़ोन पर पूछा जाता है। टोकन और आने का समय वही रहेगा।",
  },
  roomOf: { en: "Room", hi: "कमरा" },
  roomHow: { en: "Boards show it and calls say it.", hi: "बोर्ड पर दिखता है, पुकार में बोला जाता है।" },
  save: { en: "Save", hi: "सहेजें" },
  raised: { en: "Emergency, raised {time}", hi: "आपात, {time} पर" },
  raisedToken: { en: "Emergency, {token}, raised {time}", hi: "आपात, {token}, {time} पर" },
  resolve: { en: "It is resolved", hi: "हल हो गया" },
  showThem: { en: "Show them", hi: "दिखाएँ" },
  moveTitle: { en: "Move {token} to", hi: "{token} को किसके पास भेजें" },
  moveWhy: { en: "Token and check-in time stay.", hi: "टोकन और आने का समय वही रहेगा।" },
  moveGo: { en: "Move", hi: "भेजें" },
  waitUnknown: { en: "wait not known", hi: "इंतज़ार पता नहीं" },
  moveNobody: { en: "There is nobody else to move to", hi: "भेजने के लिए कोई और नहीं है" },
});
