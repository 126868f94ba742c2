import { staffWords } from "../words/catalogue.ts";

/** The page on which the ashram records its own voices. */
export const voiceWords = staffWords({
  voices: { en: "Voices", hi: "आवाज़ें" },
  voicesHow: {
    en: "What boards say when they call. Each clip you record is spoken from the next call on.",
    hi: "बुलाते समय बोर्ड क्या बोलते हैं। रिकॉर्ड किया हर शब्द अगली पुकार से बोला जाता है।",
  },
  language: { en: "Language of the voices", hi: "आवाज़ों की भाषा" },
  progress: { en: "{count} of {all} recorded", hi: "{all} में से {count} रिकॉर्ड हुए" },
  phrases: { en: "Words", hi: "शब्द" },
  letters: { en: "Letters", hi: "अक्षर" },
  numbers: { en: "Numbers", hi: "संख्याएँ" },
  recorded: { en: "recorded", hi: "रिकॉर्ड हुआ" },
  own: { en: "The ashram’s own", hi: "आश्रम की अपनी आवाज़" },
  shipped: { en: "The program’s voice", hi: "प्रोग्राम की आवाज़" },
  sayThis: { en: "Say", hi: "बोलें" },
  listen: { en: "Listen", hi: "सुनें" },
  listenShipped: { en: "Listen to the program’s", hi: "प्रोग्राम की सुनें" },
  record: { en: "Record", hi: "रिकॉर्ड करें" },
  stop: { en: "Stop", hi: "रोकें" },
  recording: {
    en: "Speak now. It stops by itself after {seconds} seconds.",
    hi: "अब बोलें। {seconds} सेकंड बाद अपने आप रुकेगा।",
  },
  remove: { en: "Remove", hi: "हटाएँ" },
  next: { en: "Next", hi: "अगला" },
  send: { en: "Send files", hi: "फ़ाइलें भेजें" },
  sendHow: {
    en: "Several at once, named after their clip: 17.mp3, hi/17.mp3 or hi-token.wav. MP3, WAV, Ogg, WebM or MP4, {seconds} seconds and {size} kB at most.",
    hi: "एक साथ कई, शब्द के नाम से: 17.mp3, hi/17.mp3 या hi-token.wav। MP3, WAV, Ogg, WebM या MP4, ज़्यादा से ज़्यादा {seconds} सेकंड और {size} kB।",
  },
  cannotRecord: { en: "This browser does not record here", hi: "यह ब्राउज़र यहाँ रिकॉर्ड नहीं करता" },
  cannotRecordWhy: {
    en: "It does on the box itself, or where this page came over https. Files can be sent from anywhere.",
    hi: "मशीन पर ही, या https से खुले पन्ने पर करता है। फ़ाइलें कहीं से भी भेज सकते हैं।",
  },
  sending: { en: "Sending {done} of {all}", hi: "{all} में से {done} भेजी जा रही है" },
  sent: {
    en: { one: "{count} clip is kept", other: "{count} clips are kept" },
    hi: { one: "{count} शब्द रखा गया", other: "{count} शब्द रखे गए" },
  },
  kept: { en: "Kept: {clip}", hi: "रखा गया: {clip}" },
  removed: { en: "Removed: {clip}", hi: "हटाया गया: {clip}" },
  notKept: { en: "Not kept", hi: "नहीं रखा गया" },
  tooLarge: { en: "larger than {size} kB", hi: "{size} kB से बड़ी" },
  tooLong: { en: "longer than {seconds} seconds", hi: "{seconds} सेकंड से लंबी" },
  noSound: { en: "no sound that boards can play", hi: "ऐसी आवाज़ नहीं जो बोर्ड चला सके" },
  noClip: { en: "named after no clip", hi: "नाम किसी शब्द का नहीं" },
  noMicrophone: {
    en: "no microphone, or the browser was not allowed to use it",
    hi: "माइक नहीं है, या ब्राउज़र को अनुमति नहीं",
  },
  silent: { en: "nothing was heard", hi: "कुछ सुनाई नहीं दिया" },
  unheard: { en: "The box does not answer.", hi: "मशीन से जवाब नहीं।" },
});
