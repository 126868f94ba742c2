/**
 * What a node says when it refuses, letter by letter as its code has it (%s and %d are filled), and the same in Hindi.
 * Only for reading: what is done about a refusal is decided by its code.
 */
export const REFUSALS: readonly (readonly [en: string, hi: string])[] = [
  ["Today's tokens are all given.", "आज के सब टोकन दिए जा चुके हैं।"],
  ["The clinic is closed for today.", "क्लिनिक आज के लिए बंद है।"],
  ["The clinic is not open at this time.", "क्लिनिक इस समय बंद है।"],
  ["Those who wait now will take until closing time.", "जो अभी प्रतीक्षा में हैं, उन्हीं में बंद होने का समय हो जाएगा।"],
  ["The waitlist is full.", "प्रतीक्षा सूची भर गई है।"],
  ["This day is sealed. Nothing of it changes any more.", "यह दिन पक्का हो चुका है, इसमें अब कुछ नहीं बदलता।"],
  ["The day is open already.", "दिन पहले से खुला है।"],
  ["The day is closed already.", "दिन पहले से बंद है।"],
  ["%d people still have an open entry.", "%d लोगों के टोकन अभी बाक़ी हैं।"],
  ["This entry is of %s; only today's can be changed.", "यह टोकन %s का है; केवल आज के बदले जा सकते हैं।"],
  ["Nobody is named on this entry.", "इस टोकन पर किसी का नाम नहीं है।"],
  ["The token %s has been given already.", "टोकन %s पहले ही दिया जा चुका है।"],
  ["%s was called a moment ago. Call again in %d s.", "%s को अभी-अभी बुलाया गया। %d से. बाद फिर बुलाएँ।"],
  [
    "%s was called again %d times already. Mark it as not answering.",
    "%s को %d बार फिर बुलाया जा चुका है। “जवाब नहीं” दबाएँ।",
  ],
  ["%s is in that queue already.", "%s पहले से उसी क़तार में हैं।"],
  ["%s is on a break.", "%s विश्राम पर हैं।"],
  ["%s is off today.", "%s आज नहीं हैं।"],
  ["No guruji is available.", "कोई गुरुजी उपलब्ध नहीं हैं।"],
  ["No other guruji is available.", "कोई और गुरुजी उपलब्ध नहीं हैं।"],
  ["This can no longer be undone.", "यह अब वापस नहीं हो सकता।"],
  [
    "More than %d seconds have passed. It cannot be undone any more.",
    "%d सेकंड से ज़्यादा हो गए। यह अब वापस नहीं हो सकता।",
  ],
  ["This slot is taken.", "यह समय किसी और का है।"],
  ["%s has %d appointments on that day, which is all.", "उस दिन %s की सब %d बुकिंग हो चुकी हैं।"],
  ["This appointment is for %s.", "यह बुकिंग %s की है।"],
  ["They have a place in the queue: %s. End it first.", "वे अभी क़तार में हैं: %s। पहले उसे पूरा या रद्द करें।"],
  ["They no longer wait for a token.", "वे अब टोकन की प्रतीक्षा में नहीं हैं।"],
  ["They are number %d on the waitlist already.", "वे प्रतीक्षा सूची में पहले से %d नंबर पर हैं।"],
  ["There is room: give them a token.", "जगह है: उन्हें टोकन दें।"],
  ["This was resolved already.", "यह पहले ही हल हो चुका है।"],
  ["This was settled already.", "इसका निर्णय पहले ही हो चुका है।"],
  ["This remedy is completed already.", "यह उपाय पहले ही पूरा हो चुका है।"],
  ["This consultation goes on. Write into its note.", "परामर्श अभी चल रहा है। उसकी टिप्पणी में लिखें।"],
  ["This device is revoked already.", "यह उपकरण पहले ही हटाया जा चुका है।"],
  ["You cannot take your own key away.", "आप अपना ही साइन इन नहीं हटा सकते।"],
  [
    "Somebody here is called %s already. Add a second name, so that both can sign in.",
    "%s नाम का कोई यहाँ पहले से है। दूसरा नाम भी जोड़ें, ताकि दोनों साइन इन कर सकें।",
  ],
  [
    "The clock of this box says %s, but it has already seen %s. Set the clock; no tokens are given until then.",
    "इस मशीन की घड़ी %s बताती है, पर यह %s देख चुकी है। घड़ी ठीक करें; तब तक टोकन नहीं दिए जाएँगे।",
  ],
  ["One of them is no longer here.", "इनमें से एक की जानकारी अब यहाँ नहीं है।"],
  ["These are one person already.", "ये पहले से एक ही व्यक्ति हैं।"],
  ["A person has at most %d relatives here.", "यहाँ एक व्यक्ति के ज़्यादा से ज़्यादा %d रिश्तेदार हो सकते हैं।"],
  ["There is no such person any more.", "इस व्यक्ति की जानकारी अब यहाँ नहीं है।"],
  ["The end of the break is past.", "विश्राम का समय बीत चुका है।"],
];

const SLOT = /%[sd]/g;

/** A refusal in Hindi; null for one that is not known here. */
export function refusalInHindi(message: string): string | null {
  for (const [en, hi] of REFUSALS) {
    const shape = en.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(SLOT, "(.+?)");
    const filled = new RegExp(`^${shape}$`).exec(message)?.slice(1);
    if (filled) return hi.replace(SLOT, () => filled.shift() ?? "");
  }
  return null;
}
