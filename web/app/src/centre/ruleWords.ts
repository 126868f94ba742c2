import { staffWords } from "../words/catalogue.ts";

/** Remedies and rules that the centre gives to all sites. */
export const rules = staffWords({
  willSend: { en: "Will send", hi: "भेजा जाएगा" },
  save: { en: "Save", hi: "सहेजें" },
  cancel: { en: "Cancel", hi: "रहने दें" },
  templates: { en: "Remedies", hi: "उपाय" },
  templatesHow: {
    en: "Every guruji finds these by name, and gives them with one tap.",
    hi: "हर गुरुजी इन्हें नाम से खोजकर एक बार छूकर दे सकते हैं।",
  },
  noTemplates: { en: "No remedy is prepared yet", hi: "अभी कोई उपाय तैयार नहीं" },
  noTemplatesWhy: {
    en: "Write one on this page: it goes to every site, also to those that are silent now.",
    hi: "इस पन्ने पर लिखें: वह हर आश्रम को जाएगा, जो अभी मौन हैं उन्हें भी।",
  },
  find: { en: "Find a remedy", hi: "उपाय खोजें" },
  noneSuch: { en: "None is called “{text}”", hi: "“{text}” नाम का कोई नहीं" },
  notOffered: { en: "Not offered any more", hi: "अब नहीं दिया जाता" },
  offered: { en: "Offered to gurujis", hi: "गुरुजी को दिखे" },
  change: { en: "Change", hi: "बदलें" },
  newTemplate: { en: "A new remedy", hi: "नया उपाय" },
  name: { en: "Name", hi: "नाम" },
  nameMissing: { en: "Give it a name", hi: "नाम लिखें" },
  kind: { en: "Kind", hi: "प्रकार" },
  days: { en: "Days", hi: "दिन" },
  dosage: { en: "How to take it", hi: "कैसे लें" },
  instructions: { en: "What they should know", hi: "उन्हें क्या जानना है" },
  language: { en: "Written in", hi: "किस भाषा में लिखा" },
  forDays: {
    en: { one: "{count} day", other: "{count} days" },
    hi: { one: "{count} दिन", other: "{count} दिन" },
  },
  "type.homeopathic": { en: "Homeopathic", hi: "होम्योपैथिक" },
  "type.ayurvedic": { en: "Ayurvedic", hi: "आयुर्वेदिक" },
  "type.spiritual": { en: "Spiritual", hi: "आध्यात्मिक" },
  "type.lifestyle": { en: "Way of living", hi: "दिनचर्या" },
  "type.dietary": { en: "Food", hi: "आहार" },
  saveHow: {
    en: "What was given before stays as it was.",
    hi: "पहले दिया हुआ वैसा ही रहेगा।",
  },
  rules: { en: "Rules for all sites", hi: "सब आश्रमों के नियम" },
  rulesHow: {
    en: "A site follows them as soon as it hears of them.",
    hi: "संपर्क होते ही आश्रम इन्हें मानता है।",
  },
  healthTextStays: { en: "Health texts stay at the site", hi: "स्वास्थ्य की बातें आश्रम में ही रहें" },
  healthTextStaysHow: {
    en: "Notes and remedies written from then on never reach the centre.",
    hi: "तब से लिखी टिप्पणियाँ और उपाय केंद्र तक नहीं आएँगे।",
  },
  consentNotice: { en: "Version of the consent notice", hi: "सहमति सूचना का संस्करण" },
  consentNoticeHow: { en: "Kept with every consent from then on", hi: "तब से हर सहमति के साथ रहेगा" },
});
