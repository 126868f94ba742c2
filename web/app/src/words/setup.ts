import { staffWords } from "./catalogue.ts";

/** The first start of a node. */
export const setup = staffWords({
  newSite: { en: "A new site", hi: "नया आश्रम" },
  newCentre: { en: "A new centre", hi: "नया केंद्र" },
  firstStart: { en: "First start.", hi: "पहली शुरुआत।" },
  firstStartWhy: {
    en: "The box runs, nobody can sign in yet.",
    hi: "मशीन चल रही है, अभी कोई साइन इन नहीं कर सकता।",
  },
  stepCode: { en: "Setup code", hi: "सेटअप कोड" },
  stepSite: { en: "This site", hi: "यह आश्रम" },
  stepYou: { en: "You", hi: "आप" },
  typeCode: { en: "Type the setup code", hi: "सेटअप कोड लिखें" },
  typeCodeWhy: {
    en: "It was printed once where Sangam was started: on its screen, or in its log.",
    hi: "जहाँ संगम चालू हुआ, वहाँ एक बार छपा था: स्क्रीन पर या लॉग में।",
  },
  codeWrong: {
    en: "That code does not fit. It is printed again at each start.",
    hi: "यह कोड सही नहीं। हर शुरुआत पर फिर छपता है।",
  },
  codeMissing: { en: "Type the code first", hi: "पहले कोड लिखें" },
  codeLost: { en: "I cannot find the code", hi: "कोड नहीं मिल रहा" },
  codeAgain: { en: "Start Sangam again", hi: "संगम को फिर चालू करें" },
  codeAgainHow: {
    en: "At each start it says a new code, as long as there is no admin. On a box that starts it by itself: journalctl -u sangam-edge",
    hi: "जब तक कोई एडमिन नहीं, हर बार नया कोड दिखता है। जहाँ वह अपने आप चलता है: journalctl -u sangam-edge",
  },
  joins: { en: "Does this ashram join a centre?", hi: "क्या यह आश्रम किसी केंद्र से जुड़ेगा?" },
  joinsHow: {
    en: "Go on here all the same. The centre gives a join code to whoever starts the box; that can be done later too.",
    hi: "फिर भी यहीं आगे बढ़ें। जोड़ने का कोड केंद्र उन्हें देता है जो मशीन चालू करते हैं; यह बाद में भी हो सकता है।",
  },
  back: { en: "Back", hi: "पीछे" },
  placeName: { en: "What is this place called?", hi: "इस जगह का नाम क्या है?" },
  placeNameWhy: {
    en: "People read this on the kiosk, the board and their slip.",
    hi: "लोग यह नाम कियोस्क, बोर्ड और पर्ची पर पढ़ते हैं।",
  },
  name: { en: "Name", hi: "नाम" },
  nameMissing: { en: "Give the place a name", hi: "जगह का नाम लिखें" },
  zone: { en: "Time zone", hi: "समय क्षेत्र" },
  zoneNow: { en: "It is {time} there now", hi: "वहाँ अभी {time} बजे हैं" },
  zoneWrong: { en: "No such time zone. Try Asia/Kolkata", hi: "ऐसा समय क्षेत्र नहीं है। Asia/Kolkata आज़माएँ" },
  whoLooksAfter: { en: "Who looks after this box?", hi: "इस मशीन की देखभाल कौन करेगा?" },
  firstAdmin: {
    en: "You are the first admin. You let in everybody else.",
    hi: "आप पहले एडमिन हैं। बाक़ी सबको आप जोड़ेंगे।",
  },
  yourNameMissing: { en: "Give your name", hi: "अपना नाम लिखें" },
  newPin: { en: "PIN, 6 digits or a password", hi: "पिन, 6 अंक या पासवर्ड" },
  newPinShort: { en: "At least 6 digits or letters", hi: "कम से कम 6 अंक या अक्षर" },
  samePin: { en: "The same again", hi: "वही फिर से" },
  differ: { en: "The two differ", hi: "दोनों अलग हैं" },
  finish: { en: "Finish", hi: "पूरा करें" },
});
