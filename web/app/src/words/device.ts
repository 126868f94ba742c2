import { staffWords } from "./catalogue.ts";

/** A screen that belongs to nobody asks to be let in. */
export const device = staffWords({
  letIn: { en: "Ask to let this screen in", hi: "इस स्क्रीन को जोड़ने के लिए कहें" },
  letInWhy: {
    en: "{place} does not know it yet. A site admin sees this code under Devices.",
    hi: "{place} इसे अभी नहीं जानता। एडमिन यह कोड “उपकरण” में देखते हैं।",
  },
  waitingAdmin: { en: "Waiting for a site admin", hi: "एडमिन की प्रतीक्षा" },
  waitingFor: { en: "Waiting for {name}", hi: "{name} की प्रतीक्षा" },
  askedAgo: { en: "asked {ago}, goes on by itself", hi: "{ago} पूछा, अपने आप आगे बढ़ेगा" },
  askAgain: { en: "Ask again, new code", hi: "फिर पूछें, नया कोड" },
  haveCode: { en: "I have a pair code", hi: "मेरे पास जोड़ने का कोड है" },
  pairCode: { en: "Pair code from the admin", hi: "एडमिन का दिया कोड" },
  pairWrong: {
    en: "That code does not fit, or was used already.",
    hi: "यह कोड सही नहीं, या पहले इस्तेमाल हो चुका।",
  },
  pairGo: { en: "Let this screen in", hi: "इस स्क्रीन को जोड़ें" },
  askRefused: { en: "An admin did not let this screen in", hi: "एडमिन ने इस स्क्रीन को नहीं जोड़ा" },
});
