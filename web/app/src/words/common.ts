import { peopleWords } from "./catalogue.ts";

/** What every screen says: amounts of time and people, how a place stands, and the one link sentence. */
export const common = peopleWords({
  seconds: { en: "{count} s", hi: "{count} से.", mr: "{count} से." },
  minutes: { en: "{count} min", hi: "{count} मिनट", mr: "{count} मि." },
  hours: { en: "{count} h", hi: "{count} घंटे", mr: "{count} तास" },
  days: {
    en: { one: "{count} day", other: "{count} days" },
    hi: { one: "{count} दिन", other: "{count} दिन" },
    mr: { one: "{count} दिवस", other: "{count} दिवस" },
  },
  ago: { en: "{span} ago", hi: "{span} पहले", mr: "{span} आधी" },
  old: { en: "{span} old", hi: "{span} पुराना", mr: "{span} जुने" },
  offlineFor: { en: "Offline · {span}", hi: "ऑफ़लाइन · {span}", mr: "ऑफलाइन · {span}" },
  range: { en: "{low}–{high} min", hi: "{low}–{high} मिनट", mr: "{low}–{high} मिनिटे" },
  longWait: {
    en: "A long wait. Please ask at the desk",
    hi: "इंतज़ार लंबा है। कृपया काउंटर पर पूछें",
    mr: "बराच वेळ लागेल. कृपया काउंटरवर विचारा",
  },
  upTo: { en: "up to {high} min", hi: "{high} मिनट तक", mr: "{high} मिनिटांपर्यंत" },
  overTwoHours: { en: "over 2 h", hi: "2 घंटे से ज़्यादा", mr: "2 तासांहून जास्त" },
  notKnown: { en: "not known", hi: "अभी पता नहीं", mr: "माहीत नाही" },
  room: { en: "Room {room}", hi: "कमरा {room}", mr: "खोली {room}" },
  language: { en: "Language", hi: "भाषा", mr: "भाषा" },
  close: { en: "Close", hi: "बंद करें", mr: "बंद करा" },
  retry: { en: "Retry", hi: "फिर कोशिश करें", mr: "पुन्हा प्रयत्न करा" },
  discard: { en: "Discard", hi: "हटाएँ", mr: "काढून टाका" },
  loading: { en: "Loading", hi: "आ रहा है", mr: "येत आहे" },

  waiting: { en: "Waiting", hi: "प्रतीक्षा में", mr: "प्रतीक्षेत" },
  called: { en: "Called", hi: "बुलाया गया", mr: "पुकारले" },
  inService: { en: "With guruji", hi: "गुरुजी के पास", mr: "गुरुजींकडे" },
  done: { en: "Done", hi: "पूरा हुआ", mr: "झाले" },
  onHold: { en: "On hold", hi: "रोककर रखा", mr: "थांबवले" },
  noAnswer: { en: "No answer", hi: "जवाब नहीं मिला", mr: "उत्तर नाही" },
  noShow: { en: "No-show", hi: "नहीं आए", mr: "आले नाहीत" },
  left: { en: "Left", hi: "चले गए", mr: "निघून गेले" },
  cancelled: { en: "Cancelled", hi: "रद्द", mr: "रद्द" },
  closedOvernight: { en: "Closed overnight", hi: "रात में बंद", mr: "रात्री बंद" },
  emergency: { en: "Emergency", hi: "आपात स्थिति", mr: "आपत्कालीन स्थिती" },
  unknown: { en: "Unknown", hi: "पता नहीं", mr: "माहीत नाही" },

  stale: { en: "This may have changed", hi: "यह बदल चुका हो सकता है", mr: "यात बदल झालेला असू शकतो" },
  staleWhy: {
    en: "Last heard from the site {ago}. Trying again.",
    hi: "आश्रम से संपर्क {ago} था। फिर कोशिश जारी है।",
    mr: "आश्रमाशी संपर्क {ago} होता. पुन्हा प्रयत्न सुरू आहे.",
  },
  onlyHere: {
    en: "Working on this screen only",
    hi: "अभी केवल इसी स्क्रीन पर",
    mr: "सध्या फक्त याच स्क्रीनवर",
  },
  willBeSent: {
    en: {
      one: "{count} change will be sent when the site is heard.",
      other: "{count} changes will be sent when the site is heard.",
    },
    hi: { one: "जुड़ते ही {count} बदलाव भेजा जाएगा।", other: "जुड़ते ही {count} बदलाव भेजे जाएँगे।" },
    mr: { one: "जोडले की {count} बदल पाठवला जाईल.", other: "जोडले की {count} बदल पाठवले जातील." },
  },
  nothingToSend: {
    en: "What you see was last heard {ago}.",
    hi: "यह जानकारी {ago} की है।",
    mr: "ही माहिती {ago}ची आहे.",
  },

  linkRealtime: { en: "Real-time.", hi: "लाइव।", mr: "थेट." },
  linkRealtimeHere: { en: "Real-time here.", hi: "यहाँ लाइव।", mr: "इथे थेट." },
  linkFallback: { en: "Fallback.", hi: "धीमा संपर्क।", mr: "संथ संपर्क." },
  linkLocal: { en: "Working locally.", hi: "आश्रम अपने आप चल रहा है।", mr: "आश्रम स्वतंत्रपणे चालू आहे." },
  linkOffline: { en: "Offline.", hi: "ऑफ़लाइन।", mr: "ऑफलाइन." },
  linkUnknown: { en: "Unknown.", hi: "पता नहीं।", mr: "माहीत नाही." },
  linkRefused: { en: "Refused by the centre.", hi: "केंद्र ने मना किया।", mr: "केंद्राने नाकारले." },

  centreHears: {
    en: "The centre hears this site.",
    hi: "केंद्र इस आश्रम से जुड़ा है।",
    mr: "केंद्र या आश्रमाशी जोडलेले आहे.",
  },
  centreBehind: {
    en: "The centre is {span} behind, {changes} on the way.",
    hi: "केंद्र {span} पीछे है, {changes} रास्ते में।",
    mr: "केंद्र {span} मागे आहे, {changes} वाटेत.",
  },
  centreLast: {
    en: "The centre last heard {ago}, {changes} waiting.",
    hi: "केंद्र से संपर्क {ago} था, {changes} बाक़ी।",
    mr: "केंद्राशी संपर्क {ago} होता, {changes} बाकी.",
  },
  centreLastNone: {
    en: "The centre last heard {ago}.",
    hi: "केंद्र से संपर्क {ago} था।",
    mr: "केंद्राशी संपर्क {ago} होता.",
  },
  centreNever: {
    en: "The centre has not been heard yet, {changes} waiting.",
    hi: "केंद्र से अभी संपर्क नहीं हुआ, {changes} बाक़ी।",
    mr: "केंद्राशी अजून संपर्क झालेला नाही, {changes} बाकी.",
  },
  centreNone: {
    en: "This site has no line to a centre.",
    hi: "इस आश्रम की केंद्र से कोई लाइन नहीं है।",
    mr: "या आश्रमाची केंद्राशी लाइन नाही.",
  },
  centreClock: {
    en: "This site’s clock is wrong: an admin should look.",
    hi: "इस आश्रम की घड़ी ग़लत है: एडमिन देखें।",
    mr: "या आश्रमाचे घड्याळ चुकीचे आहे: अ‍ॅडमिनने पाहावे.",
  },
  centreCloned: {
    en: "Two boxes claim to be this site: an admin should look.",
    hi: "दो मशीनें यही आश्रम होने का दावा करती हैं: एडमिन देखें।",
    mr: "दोन यंत्रे हाच आश्रम असल्याचे सांगतात: अ‍ॅडमिनने पाहावे.",
  },
  centreRejected: {
    en: "It does not know this site’s key: an admin should look.",
    hi: "उसे इस आश्रम की कुंजी नहीं मालूम: एडमिन देखें।",
    mr: "त्याला या आश्रमाची किल्ली माहीत नाही: अ‍ॅडमिनने पाहावे.",
  },
  siteHears: {
    en: "This screen hears the site.",
    hi: "यह स्क्रीन आश्रम से जुड़ी है।",
    mr: "ही स्क्रीन आश्रमाशी जोडलेली आहे.",
  },
  hubHears: {
    en: "This screen hears the centre.",
    hi: "यह स्क्रीन केंद्र से जुड़ी है।",
    mr: "ही स्क्रीन केंद्राशी जोडलेली आहे.",
  },
  asking: {
    en: "Asking every {every}, last answer {ago}.",
    hi: "हर {every} पर पूछा जा रहा है, पिछला जवाब {ago}।",
    mr: "{every} अंतराने विचारत आहे, शेवटचे उत्तर {ago}.",
  },
  siteLast: {
    en: "The site last heard {ago}.",
    hi: "आश्रम से संपर्क {ago} था।",
    mr: "आश्रमाशी संपर्क {ago} होता.",
  },
  siteLastSend: {
    en: "The site last heard {ago}, {changes} will be sent.",
    hi: "आश्रम से संपर्क {ago} था, {changes} भेजना बाक़ी।",
    mr: "आश्रमाशी संपर्क {ago} होता, {changes} पाठवायचे बाकी.",
  },
  centreScreenLast: {
    en: "The centre last heard {ago}.",
    hi: "केंद्र से संपर्क {ago} था।",
    mr: "केंद्राशी संपर्क {ago} होता.",
  },
  nothingHeard: {
    en: "Just opened, nothing heard yet.",
    hi: "अभी खुली है, अब तक संपर्क नहीं हुआ।",
    mr: "आत्ताच उघडली, अजून संपर्क झालेला नाही.",
  },
  changes: {
    en: { one: "{count} change", other: "{count} changes" },
    hi: { one: "{count} बदलाव", other: "{count} बदलाव" },
    mr: { one: "{count} बदल", other: "{count} बदल" },
  },
});
