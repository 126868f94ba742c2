import { staffWords } from "../words/catalogue.ts";

/** Checking in several who came together. */
export const groups = staffWords({
  several: { en: "Check in several", hi: "कई लोगों को दर्ज करें" },
  expected: { en: "Expected today", hi: "आज आने वाले" },
  nobodyExpected: {
    en: "Nobody is booked for today any more, and nobody waits for a token.",
    hi: "आज किसी की बुकिंग बाक़ी नहीं, और कोई टोकन की प्रतीक्षा में नहीं।",
  },
  everybody: {
    en: { one: "All of them: {count}", other: "All of them: {count}" },
    hi: { one: "सब: {count}", other: "सब: {count}" },
  },
  waitsSince: { en: "waits since {time}", hi: "{time} से प्रतीक्षा में" },
  others: { en: "Others who came with them", hi: "साथ आए और लोग" },
  othersExample: { en: "Name, phone if they have one", hi: "नाम, फ़ोन अगर हो" },
  othersHow: {
    en: "One person a line, {most} at most.",
    hi: "हर पंक्ति में एक व्यक्ति, ज़्यादा से ज़्यादा {most}।",
  },
  theySee: { en: "These see", hi: "ये किनसे मिलेंगे" },
  whoeverFirst: { en: "Whoever is free first", hi: "जिनका इंतज़ार सबसे कम हो" },
  eachOwn: { en: "Each gets a token of their own.", hi: "हर एक को अलग टोकन मिलेगा।" },
  savedHere: {
    en: "The box is not heard: it is kept here and sent by itself",
    hi: "मशीन से संपर्क नहीं: यहीं सुरक्षित, अपने आप जाएगा",
  },
  giveThem: { en: "Give tokens", hi: "टोकन दें" },
  giveTokens: {
    en: { one: "Give {count} token", other: "Give {count} tokens" },
    hi: { one: "{count} टोकन दें", other: "{count} टोकन दें" },
  },
  given: { en: "Their tokens", hi: "उनके टोकन" },
  more: { en: "Check in more", hi: "और लोगों को दर्ज करें" },
  done: { en: "Done", hi: "हो गया" },
});
