import { staffWords } from "../words/catalogue.ts";

/** Starting without the box, and what is newer on it. */
export const offline = staffWords({
  newer: { en: "The box has newer screens", hi: "मशीन पर नई स्क्रीनें आ गई हैं" },
  load: { en: "Load them", hi: "नई स्क्रीनें खोलें" },
  later: { en: "Later", hi: "बाद में" },
  alone: { en: "Without the box", hi: "मशीन के बिना" },
  aloneCan: { en: "This browser starts without the box", hi: "यह ब्राउज़र मशीन के बिना भी खुलता है" },
  aloneCanHow: {
    en: "The screens are kept here. What they show still comes from the box alone.",
    hi: "स्क्रीनें यहाँ सुरक्षित हैं। उन पर जानकारी केवल मशीन से ही आती है।",
  },
  aloneCannot: {
    en: "This browser cannot start while the box is off",
    hi: "मशीन बंद हो तो यह ब्राउज़र नहीं खुलता",
  },
  aloneCannotHow: {
    en: "Browsers allow it only on the box itself (localhost) or over https with a trusted certificate. A screen that is open already works on.",
    hi: "ब्राउज़र इसकी अनुमति केवल मशीन पर ही (localhost) या भरोसेमंद प्रमाणपत्र वाले https पर देते हैं। जो स्क्रीन पहले से खुली है, वह चलती रहती है।",
  },
});
