import { staffWords } from "../words/catalogue.ts";

/** What only a person can decide: two edits that met, and whether two are one. */
export const doubts = staffWords({
  met: { en: "Two edits met", hi: "दो बदलाव टकराए" },
  metWhy: {
    en: "“{stands}” stands. “{lost}” was written elsewhere and dropped.",
    hi: "“{stands}” रखा गया। कहीं और लिखा “{lost}” हट गया।",
  },
  metLost: {
    en: "“{lost}” was written elsewhere and dropped.",
    hi: "कहीं और लिखा “{lost}” हट गया।",
  },
  metMove: {
    en: "It was changed at two places while they could not hear each other. One change was dropped: do it again if it is still meant.",
    hi: "संपर्क न होने पर दो जगह बदला गया। एक बदलाव हट गया: ज़रूरत हो तो फिर करें।",
  },
  keepThis: { en: "Keep “{value}”", hi: "“{value}” रखें" },
  keepStands: { en: "Leave it so", hi: "ऐसे ही रहने दें" },
  nothingThere: { en: "nothing", hi: "कुछ नहीं" },
  yes: { en: "yes", hi: "हाँ" },
  no: { en: "no", hi: "नहीं" },
  manyParts: { en: "a longer value", hi: "लंबा विवरण" },

  "kind.person": { en: "A person", hi: "एक व्यक्ति" },
  "kind.entry": { en: "A token", hi: "एक टोकन" },
  "kind.appointment": { en: "An appointment", hi: "एक बुकिंग" },
  "kind.consultation": { en: "A consultation", hi: "एक परामर्श" },
  "kind.amendment": { en: "An added note", hi: "जोड़ी गई टिप्पणी" },
  "kind.remedy": { en: "A remedy", hi: "एक उपाय" },
  "kind.guruji": { en: "A guruji", hi: "एक गुरुजी" },
  "kind.device": { en: "A device", hi: "एक उपकरण" },
  "kind.setting": { en: "A setting", hi: "एक सेटिंग" },
  "kind.other": { en: "A record", hi: "एक रिकॉर्ड" },
  "field.name": { en: "name", hi: "नाम" },
  "field.phone": { en: "phone", hi: "फ़ोन" },
  "field.birthYear": { en: "year of birth", hi: "जन्म का वर्ष" },
  "field.gender": { en: "gender", hi: "लिंग" },
  "field.place": { en: "place", hi: "स्थान" },
  "field.language": { en: "language", hi: "भाषा" },
  "field.guardian": { en: "guardian", hi: "अभिभावक" },
  "field.reason": { en: "what they came for", hi: "किसलिए आए" },
  "field.notes": { en: "note", hi: "टिप्पणी" },
  "field.text": { en: "text", hi: "लिखा हुआ" },
  "field.dosage": { en: "how to take it", hi: "कैसे लें" },
  "field.days": { en: "days", hi: "दिन" },
  "field.instructions": { en: "instructions", hi: "निर्देश" },
  "field.room": { en: "room", hi: "कमरा" },
  "field.status": { en: "where they stand", hi: "स्थिति" },
  "field.guruji": { en: "guruji", hi: "गुरुजी" },
  "field.value": { en: "value", hi: "मान" },

  same: { en: "Same person?", hi: "वही व्यक्ति?" },
  sameHere: {
    en: "{other} has nearly the same name and phone.",
    hi: "{other} का नाम और फ़ोन लगभग यही है।",
  },
  sameBefore: {
    en: "Somebody who is known here has nearly the same name and phone.",
    hi: "पहले आए किसी व्यक्ति का नाम और फ़ोन लगभग यही है।",
  },
  isSame: { en: "Same person", hi: "वही व्यक्ति है" },
  areTwo: { en: "Two people", hi: "दो अलग लोग" },
  sameHow: {
    en: "Made one, their earlier visits stand together. Places and tokens stay.",
    hi: "एक मानने पर पिछली भेंटें साथ दिखेंगी। जगह और टोकन वही रहेंगे।",
  },
});
