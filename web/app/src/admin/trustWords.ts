import { staffWords } from "../words/catalogue.ts";

/** Whether browsers may start without the box and use a microphone, and how they come to. */
export const trust = staffWords({
  trust: { en: "Trusted line", hi: "भरोसेमंद संपर्क" },
  here: { en: "This browser starts without the box", hi: "यह ब्राउज़र मशीन के बिना भी खुलता है" },
  hereHow: {
    en: "It trusts the box, keeps its screens and may use a microphone. What it shows still comes from the box alone.",
    hi: "यह मशीन पर भरोसा करता है, स्क्रीनें यहाँ रखता है और माइक इस्तेमाल कर सकता है। जानकारी केवल मशीन से ही आती है।",
  },
  not: {
    en: "This browser cannot start while the box is off",
    hi: "मशीन बंद हो तो यह ब्राउज़र नहीं खुलता",
  },
  notHow: {
    en: "Browsers allow it, and a microphone, only on the box itself or over https. A screen that is open already works on.",
    hi: "ब्राउज़र इसकी और माइक की अनुमति केवल मशीन पर ही या https पर देते हैं। जो स्क्रीन पहले से खुली है, वह चलती रहती है।",
  },
  off: {
    en: "Whoever runs the box switches https on with --https-listen :8443.",
    hi: "मशीन चलाने वाले --https-listen :8443 से https चालू करते हैं।",
  },
  known: { en: "Open this site as {address}.", hi: "इस आश्रम को {address} पर खोलें।" },
  let: { en: "Let a device trust it", hi: "उपकरण को भरोसेमंद बनाएँ" },
  scan: {
    en: "Open this page on the device, or scan the code there, and follow its steps.",
    hi: "उपकरण पर यह पन्ना खोलें या वहाँ कोड स्कैन करें, फिर उस पर लिखे अनुसार करें।",
  },
  compare: {
    en: "Before it installs the certificate, the device shows a SHA-256 fingerprint. It must be this one:",
    hi: "प्रमाणपत्र लगाने से पहले उपकरण SHA-256 फ़िंगरप्रिंट दिखाता है। वह यही होना चाहिए:",
  },
  only: {
    en: "For devices of the ashram. Visitors' phones need nothing.",
    hi: "केवल आश्रम के उपकरणों के लिए। आने वालों के फ़ोन पर कुछ नहीं करना है।",
  },
  fromElsewhere: {
    en: "This page is open on the box itself, whose own address no device finds. Open it from another one to get a code to scan.",
    hi: "यह पन्ना मशीन पर ही खुला है और यह पता किसी और उपकरण पर नहीं खुलता। स्कैन करने का कोड पाने के लिए इसे किसी और उपकरण से खोलें।",
  },
  close: { en: "Close", hi: "बंद करें" },
});
