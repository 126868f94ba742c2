import { staffWords } from "../words/catalogue.ts";

/** What is newer on the box. */
export const offline = staffWords({
  newer: { en: "The box has newer screens", hi: "मशीन पर नई स्क्रीनें आ गई हैं" },
  load: { en: "Load them", hi: "नई स्क्रीनें खोलें" },
  later: { en: "Later", hi: "बाद में" },
});
