import { staffWords } from "../words/catalogue.ts";

/** The queue on paper. */
export const paper = staffWords({
  title: { en: "The queue on paper", hi: "काग़ज़ पर क़तार" },
  print: { en: "Print", hi: "छापें" },
  how: {
    en: "For when the box or the power is off: go on by this list, and write the rest by hand.",
    hi: "मशीन या बिजली बंद हो तो इसी सूची से चलें, और बाक़ी हाथ से लिखें।",
  },
  asAt: { en: "As it stood at {time}", hi: "{time} बजे की स्थिति" },
  notSince: {
    en: "The box was not heard after that: who came or was seen later is missing here.",
    hi: "उसके बाद मशीन से संपर्क नहीं हुआ: बाद के बदलाव इसमें नहीं हैं।",
  },
  unsent: {
    en: {
      one: "{count} change of this screen was not sent yet.",
      other: "{count} changes of this screen were not sent yet.",
    },
    hi: {
      one: "इस स्क्रीन का {count} बदलाव अभी भेजा नहीं गया।",
      other: "इस स्क्रीन के {count} बदलाव अभी भेजे नहीं गए।",
    },
  },
  place: { en: "No.", hi: "क्रम" },
  token: { en: "Token", hi: "टोकन" },
  name: { en: "Name", hi: "नाम" },
  why: { en: "Why here", hi: "कारण" },
  cameAt: { en: "Came", hi: "आए" },
  seen: { en: "Seen", hi: "हो गया" },
  waitingOf: {
    en: { one: "{count} waiting", other: "{count} waiting" },
    hi: { one: "{count} प्रतीक्षा में", other: "{count} प्रतीक्षा में" },
  },
  nobody: { en: "No one is waiting", hi: "कोई प्रतीक्षा में नहीं है" },
  booked: { en: "Booked, not here yet", hi: "बुकिंग है, अभी आए नहीं" },
  time: { en: "Time", hi: "समय" },
  guruji: { en: "Guruji", hi: "गुरुजी" },
  byHand: { en: "Who comes later, in their order", hi: "बाद में आने वाले, क्रम से" },
  byHandHow: {
    en: "When the box is back, check them in at the desk in this order.",
    hi: "मशीन चालू होने पर इन्हें इसी क्रम से दर्ज करें।",
  },
  shred: {
    en: "Names stand on this sheet: tear it up at the end of the day.",
    hi: "इस पन्ने पर नाम हैं: दिन के अंत में इसे फाड़ दें।",
  },
});
