import { staffWords } from "../words/catalogue.ts";

/** The page of a demo: what it says is read from the nodes, so what is not known has words too. */
export const demo = staffWords({
  title: { en: "Sangam demo", hi: "संगम डेमो" },
  speed: { en: "Speed of time", hi: "समय की गति" },
  asItIs: { en: "As it is", hi: "जैसा है" },
  times: { en: "{n} ×", hi: "{n} ×" },
  startOver: { en: "Start over", hi: "फिर से शुरू करें" },
  unheard: { en: "Nothing is heard from the demo", hi: "डेमो से कोई उत्तर नहीं" },
  unheardWhy: {
    en: "It was stopped, or is starting. This page goes on by itself.",
    hi: "वह रोका गया है, या शुरू हो रहा है। यह पन्ना अपने आप चल पड़ेगा।",
  },
  failed: { en: "That did not work", hi: "यह नहीं हो सका" },

  flowing: { en: "{number} ashrams. One river.", hi: "{number} आश्रम। एक धारा।" },
  flowingWhy: {
    en: "{number} ashrams and their centre, all inside this computer. Every stream is a line, every bead an edit on its way. Cut one.",
    hi: "{number} आश्रम और उनका केंद्र, सब इसी कंप्यूटर में। हर धारा एक लाइन है, हर मनका एक बदलाव। किसी एक को काटकर देखें।",
  },
  flowingOne: { en: "One ashram. One river.", hi: "एक आश्रम। एक धारा।" },
  flowingOneWhy: {
    en: "An ashram and its centre, both inside this computer. The stream is a line, every bead an edit on its way. Cut it.",
    hi: "एक आश्रम और उसका केंद्र, दोनों इसी कंप्यूटर में। धारा एक लाइन है, हर मनका एक बदलाव। इसे काटकर देखें।",
  },
  two: { en: "Two", hi: "दो" },
  three: { en: "Three", hi: "तीन" },
  cut: { en: "The line is cut. The ashram goes on.", hi: "लाइन कट गई। आश्रम चल रहा है।" },
  cutNone: {
    en: "{name} cannot reach the centre, and nobody in its hall notices. What it writes is safe on its own box.",
    hi: "{name} का केंद्र से संपर्क नहीं है, और हॉल में किसी को पता नहीं। जो लिखा जाता है, अपनी ही मशीन पर सुरक्षित है।",
  },
  cutSome: {
    en: {
      one: "{name} cannot reach the centre, and nobody in its hall notices. Its {count} edit is safe on its own box.",
      other:
        "{name} cannot reach the centre, and nobody in its hall notices. Its {count} edits are safe on its own box.",
    },
    hi: {
      one: "{name} का केंद्र से संपर्क नहीं है, और हॉल में किसी को पता नहीं। उसका {count} बदलाव अपनी ही मशीन पर सुरक्षित है।",
      other:
        "{name} का केंद्र से संपर्क नहीं है, और हॉल में किसी को पता नहीं। उसके {count} बदलाव अपनी ही मशीन पर सुरक्षित हैं।",
    },
  },
  joining: { en: "The line is back. The edits are on their way.", hi: "लाइन जुड़ गई। बदलाव रास्ते में हैं।" },
  joiningWhy: {
    en: "{name} sends by itself what waited. Nobody has to do anything.",
    hi: "{name} रुके हुए बदलाव अपने आप भेज रहा है। किसी को कुछ नहीं करना है।",
  },
  back: {
    en: "The line is back. Nothing lost, nothing twice.",
    hi: "लाइन जुड़ गई। न कुछ खोया, न कुछ दो बार हुआ।",
  },
  backNone: {
    en: "Nothing had to wait at {name}. The centre is up to date.",
    hi: "{name} में कुछ रुका नहीं था। केंद्र के पास सब है।",
  },
  backSome: {
    en: {
      one: "{count} edit waited at {name}. The centre confirmed it {took} after the line was joined.",
      other:
        "{count} edits waited at {name}. The centre confirmed every one, {took} after the line was joined.",
    },
    hi: {
      one: "{name} में {count} बदलाव रुका था। लाइन जुड़ने के {took} बाद केंद्र ने उसकी पुष्टि की।",
      other: "{name} में {count} बदलाव रुके थे। लाइन जुड़ने के {took} बाद केंद्र ने सबकी पुष्टि की।",
    },
  },
  stopped: { en: "The box is off. The kiosk goes on.", hi: "मशीन बंद है। कियोस्क चल रहा है।" },
  stoppedWhy: {
    en: "{name} has no box now. Its kiosks hand out tokens from a reserve, its tablets keep every press until it starts.",
    hi: "{name} की मशीन अभी बंद है। कियोस्क बचे हुए टोकनों में से देते हैं, टैबलेट हर बटन याद रखते हैं जब तक वह चालू न हो।",
  },
  ended: { en: "The day is over. Nobody is left waiting.", hi: "दिन पूरा हुआ। कोई प्रतीक्षा में नहीं है।" },
  endedWhy: {
    en: "Time runs as it is again. Start over, and the next morning begins.",
    hi: "समय फिर अपनी गति से चल रहा है। फिर से शुरू करें तो अगली सुबह होगी।",
  },

  ashrams: { en: "The ashrams", hi: "आश्रम" },
  centre: { en: "The centre", hi: "केंद्र" },
  waiting: { en: "waiting", hi: "प्रतीक्षा में" },
  withGuruji: { en: "with guruji", hi: "गुरुजी के पास" },
  done: { en: "done", hi: "पूरे" },
  notKnown: { en: "Not known yet", hi: "अभी पता नहीं" },
  asItStood: { en: "as it stood:", hi: "जैसा था:" },
  cutLine: { en: "Cut the line", hi: "लाइन काटें" },
  stopBox: { en: "Stop the box", hi: "मशीन बंद करें" },
  cutThis: { en: "Cut this line", hi: "यह लाइन काटें" },
  joinAgain: { en: "Join the line again", hi: "लाइन फिर जोड़ें" },
  startBox: { en: "Start the box", hi: "मशीन चालू करें" },
  nothingWaits: { en: "Nothing waits here yet", hi: "यहाँ अभी कुछ रुका नहीं" },
  waitHere: {
    en: { one: "{count} edit waits here", other: "{count} edits wait here" },
    hi: { one: "{count} बदलाव यहाँ रुका है", other: "{count} बदलाव यहाँ रुके हैं" },
  },

  live: { en: "Live", hi: "जुड़ा है" },
  lagging: { en: "Slow", hi: "धीमा" },
  silent: { en: "Silent", hi: "मौन" },
  never_seen: { en: "Never heard", hi: "कभी संपर्क नहीं" },
  clock_wrong: { en: "Clock wrong", hi: "घड़ी ग़लत" },
  cloned: { en: "Two boxes", hi: "दो मशीनें" },
  rejected: { en: "Turned away", hi: "स्वीकार नहीं" },
  connecting: { en: "Connecting", hi: "जुड़ रहा है" },
  off: { en: "No line", hi: "लाइन नहीं" },
  catching: { en: "Catching up", hi: "पूरा कर रहा है" },
  locally: { en: "Working locally", hi: "अपने आप चालू" },
  stoppedByYou: { en: "Stopped by you", hi: "आपने बंद किया" },
  heard: {
    en: "Heard {ago}: {waiting} waiting, {done} done",
    hi: "{ago} संपर्क: {waiting} प्रतीक्षा में, {done} पूरे",
  },
  heardOnly: { en: "Heard {ago}", hi: "{ago} संपर्क" },
  old: { en: "{span} old:", hi: "{span} पुराना:" },
  figures: { en: "{waiting} waiting, {done} done", hi: "{waiting} प्रतीक्षा में, {done} पूरे" },

  doors: { en: "Open a screen", hi: "स्क्रीन खोलें" },
  ofWhich: { en: "Of which ashram", hi: "किस आश्रम की" },
  kiosk: { en: "Kiosk", hi: "कियोस्क" },
  board: { en: "Board", hi: "बोर्ड" },
  patient: { en: "Phone", hi: "फ़ोन" },
  coordinator: { en: "Desk", hi: "काउंटर" },
  guruji: { en: "Guruji", hi: "गुरुजी" },
  admin: { en: "Site admin", hi: "आश्रम एडमिन" },
  centreScreen: { en: "Centre", hi: "केंद्र" },
  inHall: { en: "in the hall", hi: "हॉल में" },
  onWall: { en: "on the wall", hi: "दीवार पर" },
  ofToken: { en: "of {token}", hi: "{token} का" },
  takesToken: { en: "takes a token", hi: "टोकन लेता है" },
  noPin: { en: "no PIN", hi: "बिना पिन" },
  pin: { en: "PIN", hi: "पिन" },

  news: { en: "What just happened", hi: "अभी क्या हुआ" },
  now: { en: "now", hi: "अभी" },
  newsNone: { en: "Nothing yet", hi: "अभी कुछ नहीं" },
  newsCalledRoom: {
    en: "{site} called {token} to room {room}.",
    hi: "{site} ने {token} को कमरा {room} में बुलाया।",
  },
  newsCalled: { en: "{site} called {token}.", hi: "{site} ने {token} को बुलाया।" },
  newsGiven: { en: "{token} was given out at {site}.", hi: "{site} में {token} दिया गया।" },
  newsKnew: { en: "The centre knew it {took} later.", hi: "केंद्र को {took} बाद पता चला।" },
  newsUnknown: { en: "The centre does not know it yet.", hi: "केंद्र को अभी पता नहीं।" },
  newsCut: { en: "You cut the line of {site}.", hi: "आपने {site} की लाइन काटी।" },
  newsSilent: {
    en: "The centre hears nothing from {site} and says how old its figures are.",
    hi: "केंद्र का {site} से संपर्क नहीं, और वह बताता है कि उसके आँकड़े कितने पुराने हैं।",
  },
  newsJoined: { en: "You joined the line of {site} again.", hi: "आपने {site} की लाइन फिर जोड़ी।" },
  newsBackNone: {
    en: "{site} is back after {away}. Nothing had to wait.",
    hi: "{site} {away} बाद जुड़ा। कुछ रुका नहीं था।",
  },
  newsBack: {
    en: {
      one: "{site} is back after {away}. The centre confirmed the {count} edit that waited {took} later.",
      other: "{site} is back after {away}. The centre confirmed the {count} edits that waited {took} later.",
    },
    hi: {
      one: "{site} {away} बाद जुड़ा। रुके हुए {count} बदलाव की पुष्टि केंद्र ने {took} में की।",
      other: "{site} {away} बाद जुड़ा। रुके हुए {count} बदलावों की पुष्टि केंद्र ने {took} में की।",
    },
  },
  newsStopped: {
    en: "You stopped the box of {site}. Nothing it had said yes to is lost.",
    hi: "आपने {site} की मशीन बंद की। जिसके लिए उसने हाँ कहा था, वह सब सुरक्षित है।",
  },
  newsStarted: {
    en: "The box of {site} runs again, after {away}.",
    hi: "{site} की मशीन {away} बाद फिर चालू है।",
  },
  newsFailed: {
    en: "The box of {site} ended by itself. Start it again.",
    hi: "{site} की मशीन अपने आप बंद हुई। उसे फिर चालू करें।",
  },
  newsEnded: { en: "The day at {site} is over.", hi: "{site} का दिन पूरा हुआ।" },
  newsMorning: { en: "A new morning. The doors are open.", hi: "नई सुबह। द्वार खुले हैं।" },
  ms: { en: "{n}\u00a0ms", hi: "{n}\u00a0मि.से." },
  seconds: { en: "{n}\u00a0s", hi: "{n}\u00a0से." },
});
