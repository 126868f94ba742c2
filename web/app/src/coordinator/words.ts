import { staffWords } from "../words/catalogue.ts";

export const coordinator = staffWords({
  title: { en: "Queue", hi: "क़तार" },
  find: { en: "Token, name or phone", hi: "टोकन, नाम या फ़ोन" },
  findPerson: { en: "Find a person", hi: "किसी को खोजें" },
  foundNobody: { en: "Nobody here is called “{text}”", hi: "“{text}” नाम का यहाँ कोई नहीं" },
  foundNobodyWhy: {
    en: "Looked through everybody this screen shows today.",
    hi: "इस स्क्रीन पर आज के सब लोगों में देखा।",
  },
  found: {
    en: { one: "{count} found", other: "{count} found" },
    hi: { one: "{count} मिला", other: "{count} मिले" },
  },
  checkIn: { en: "Check in", hi: "दर्ज करें" },
  several: { en: "Several", hi: "कई लोग" },
  bookings: { en: "Bookings", hi: "बुकिंग" },
  people: { en: "People", hi: "लोग" },
  keySeveral: { en: "Check in several at once", hi: "कई लोगों को एक साथ दर्ज करें" },
  emergency: { en: "Emergency", hi: "आपात स्थिति" },
  wholeQueue: { en: "The whole queue", hi: "पूरी क़तार" },
  noGurujis: { en: "There is no guruji here yet", hi: "यहाँ अभी कोई गुरुजी नहीं हैं" },
  noGurujisWhy: {
    en: "A site admin adds them under Staff; each gets a queue and a letter of their own.",
    hi: "एडमिन उन्हें स्टाफ़ में जोड़ते हैं; हर एक की अपनी क़तार और अपना अक्षर होता है।",
  },
  intakeClosed: { en: "No more tokens are given", hi: "अब टोकन नहीं दिए जा रहे" },
  intakeClosedWhy: {
    en: "Kiosks say so. You can still let somebody in yourself.",
    hi: "कियोस्क यह बताते हैं। आप फिर भी किसी को दर्ज कर सकते हैं।",
  },
  openIntake: { en: "Give tokens again", hi: "टोकन फिर दें" },

  cameAt: { en: "came {time}", hi: "{time} पर आए" },
  placeIs: { en: "place {n}", hi: "{n} नंबर पर" },
  waitedMin: { en: "{n} min waited", hi: "{n} मिनट से" },
  creditMin: { en: "{n} min credit", hi: "{n} मिनट आगे" },
  missed: {
    en: { one: "missed {count} call", other: "missed {count} calls" },
    hi: { one: "{count} पुकार छूटी", other: "{count} पुकारें छूटीं" },
  },
  chooseSomebody: {
    en: "Choose somebody to see what can be done",
    hi: "किसी को चुनें, तब दिखेगा कि क्या किया जा सकता है",
  },
  more: { en: "More", hi: "और" },

  changeAvailability: { en: "Change how {name} is:", hi: "{name} की स्थिति बदलें:" },
});
