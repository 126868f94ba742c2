import { staffWords } from "../words/catalogue.ts";

/** What devices do now, and who signed in from where. */
export const watch = staffWords({
  heard: { en: "Heard", hi: "संपर्क" },
  doesNow: { en: "What it does now", hi: "अभी क्या कर रहा है" },
  live: { en: "Live", hi: "लाइव" },
  silent: { en: "Silent", hi: "मौन" },
  unused: { en: "Its code was not used yet", hi: "कोड अभी इस्तेमाल नहीं हुआ" },
  gave: {
    en: {
      one: "Gave {count} token today, at {time}",
      other: "Gave {count} tokens today, the last at {time}",
    },
    hi: { one: "आज {count} टोकन दिया, {time} बजे", other: "आज {count} टोकन दिए, पिछला {time} बजे" },
  },
  gaveNone: { en: "No token from it yet today", hi: "आज अभी कोई टोकन नहीं दिया" },
  shows: { en: "Shows the calls", hi: "पुकार दिखा रहा है" },
  lookAtIt: { en: "See whether it is on and in the network", hi: "देखें कि चालू है और नेटवर्क में है" },

  lastIn: { en: "Last signed in", hi: "पिछला साइन इन" },
  never: { en: "Never", hi: "कभी नहीं" },
  now: { en: "Now", hi: "अभी" },
  atWork: { en: "At a screen now", hi: "अभी स्क्रीन पर" },
  signedIn: { en: "Signed in", hi: "साइन इन हैं" },
  firstPin: { en: "First PIN unused", hi: "पहला पिन बाक़ी" },
  lockedFor: { en: "Wrong PINs, must wait {span}", hi: "ग़लत पिन, {span} रुकना होगा" },
  wrongToday: {
    en: { one: "{count} wrong PIN today", other: "{count} wrong PINs today" },
    hi: { one: "आज {count} ग़लत पिन", other: "आज {count} ग़लत पिन" },
  },
  wrong: {
    en: { one: "{count} wrong PIN", other: "{count} wrong PINs" },
    hi: { one: "{count} ग़लत पिन", other: "{count} ग़लत पिन" },
  },
  signIns: { en: "Sign-ins", hi: "साइन इन" },
  signInsOf: { en: "Sign-ins of {name}", hi: "{name} के साइन इन" },
  signInsHow: {
    en: "The last 50, kept on this box alone. Wrong PINs are counted by day and device.",
    hi: "पिछले 50, केवल इसी मशीन पर। ग़लत पिन दिन और उपकरण के हिसाब से गिने जाते हैं।",
  },
  signInsNone: { en: "Nobody signed in under this name yet", hi: "इस नाम से अभी तक किसी ने साइन इन नहीं किया" },
  notYou: {
    en: "Does one of these not fit? A new PIN ends every one of them.",
    hi: "कोई साइन इन सही नहीं लगता? नया पिन देने से सब बंद हो जाते हैं।",
  },
  when: { en: "When", hi: "कब" },
  where: { en: "From where", hi: "कहाँ से" },
  became: { en: "And then", hi: "फिर" },
  signedOut: { en: "Signed out", hi: "साइन आउट" },
  over: { en: "Over, last used", hi: "बंद, पिछला काम" },
  here: { en: "the box itself", hi: "यही मशीन" },
  unheard: { en: "The box does not answer", hi: "मशीन से जवाब नहीं" },
  unheardWhy: { en: "It is asked again by itself.", hi: "अपने आप फिर पूछा जाएगा।" },
  "screen.coordinator": { en: "Desk", hi: "काउंटर" },
  "screen.guruji": { en: "Guruji", hi: "गुरुजी" },
  "screen.admin": { en: "Site admin", hi: "आश्रम एडमिन" },
  "screen.centre": { en: "Centre", hi: "केंद्र" },
  "screen.web": { en: "Another program", hi: "कोई और प्रोग्राम" },
});
