import { staffWords } from "./catalogue.ts";

/** The ways in: choosing a screen, signing in, and what stands there when nobody may. */
export const entry = staffWords({
  thisPlace: { en: "This place", hi: "यह जगह", mr: "हे ठिकाण" },
  whoAreYou: { en: "Who are you?", hi: "आप कौन हैं?" },
  oftenFirst: { en: "Most often used on this device first.", hi: "इस उपकरण पर जो ज़्यादा आते हैं, वे पहले।" },
  nobodyYet: { en: "Nobody can sign in here yet", hi: "यहाँ अभी कोई साइन इन नहीं कर सकता" },
  nobodyYetWhy: {
    en: "This screen is for others. A site admin adds people under Staff.",
    hi: "यह स्क्रीन औरों के लिए है। एडमिन स्टाफ़ में लोगों को जोड़ते हैं।",
  },
  morePeople: { en: "Someone else, {n} more", hi: "कोई और, {n} और नाम" },
  someoneElse: { en: "Someone else", hi: "कोई और" },
  coordinator: { en: "Coordinator", hi: "समन्वयक" },
  guruji: { en: "Guruji", hi: "गुरुजी" },
  admin: { en: "Site admin", hi: "आश्रम एडमिन" },
  central_admin: { en: "Centre", hi: "केंद्र" },
  pin: { en: "PIN or password", hi: "पिन या पासवर्ड" },
  pinHint: { en: "Type, or use the digits", hi: "लिखें, या अंक छुएँ" },
  pinKeys: { en: "Or type it and press Enter", hi: "या लिखकर एंटर दबाएँ" },
  digits: { en: "Digits", hi: "अंक" },
  takeBack: { en: "Take back the last digit", hi: "पिछला अंक हटाएँ" },
  signIn: { en: "Sign in", hi: "साइन इन" },
  signOut: { en: "Sign out", hi: "साइन आउट" },
  forgot: { en: "I forgot my PIN", hi: "पिन भूल गए" },
  newPinBy: { en: "{name} can give you a new PIN.", hi: "{name} आपको नया पिन दे सकते हैं।" },
  newPinAdmin: { en: "A site admin can give you a new PIN.", hi: "एडमिन आपको नया पिन दे सकते हैं।" },
  wrongPin: { en: "That PIN does not fit.", hi: "यह पिन सही नहीं है।" },
  locked: { en: "Too many tries", hi: "बहुत कोशिशें हुईं" },
  lockedThen: { en: "Then try again.", hi: "फिर कोशिश करें।" },
  noAnswer: {
    en: "The box does not answer just now. Try again in a moment.",
    hi: "अभी मशीन से जवाब नहीं मिल रहा। थोड़ी देर में फिर कोशिश करें।",
  },
  refused: { en: "That was refused: {why}", hi: "यह नहीं हो सका: {why}" },

  chooseScreen: { en: "Or this screen is a", hi: "या यह स्क्रीन है" },
  kiosk: { en: "Kiosk", hi: "कियोस्क" },
  board: { en: "Wall board", hi: "दीवार का बोर्ड" },

  askNotYet: {
    en: "The box does not answer. It asks again by itself.",
    hi: "मशीन से जवाब नहीं मिल रहा। यह स्क्रीन अपने आप फिर पूछेगी।",
    mr: "यंत्राकडून उत्तर येत नाही. ही स्क्रीन आपोआप पुन्हा विचारेल.",
  },

  goOn: { en: "Go on", hi: "आगे" },
  yourName: { en: "Your name", hi: "आपका नाम" },

  linkOver: { en: "This link is no longer good", hi: "यह लिंक अब मान्य नहीं है", mr: "ही लिंक आता चालत नाही" },
  linkOverWhy: {
    en: "It belongs to a token of another day, or to another place. Please ask at the desk.",
    hi: "यह किसी और दिन या जगह के टोकन का है। कृपया काउंटर पर पूछें।",
    mr: "ती दुसऱ्या दिवसाच्या किंवा ठिकाणच्या टोकनची आहे. कृपया काउंटरवर विचारा.",
  },
  fault: {
    en: "This screen starts again in a moment",
    hi: "यह स्क्रीन अभी फिर शुरू होगी",
    mr: "ही स्क्रीन लगेच पुन्हा सुरू होईल",
  },
  faultWhy: {
    en: "Nothing that was saved is lost.",
    hi: "जो सहेजा गया, वह सुरक्षित है।",
    mr: "जे जतन केले ते सुरक्षित आहे.",
  },
  notYours: {
    en: "This screen is not for you",
    hi: "यह स्क्रीन आपके लिए नहीं है",
    mr: "ही स्क्रीन तुमच्यासाठी नाही",
  },
  notYoursWhy: {
    en: "You are signed in as {name}. Ask a site admin, or sign in as another person.",
    hi: "आप {name} के नाम से साइन इन हैं। एडमिन से पूछें, या किसी और नाम से साइन इन करें।",
  },
  notYoursDevice: {
    en: "Ask a site admin to let this screen in again.",
    hi: "एडमिन से कहें कि इस स्क्रीन को फिर जोड़ें।",
    mr: "ही स्क्रीन पुन्हा जोडण्यास अ‍ॅडमिनला सांगा.",
  },
  signInOther: { en: "Sign in as someone else", hi: "किसी और नाम से साइन इन" },
});
