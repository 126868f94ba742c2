import { staffWords } from "./catalogue.ts";

/** What became of what one did here: the drawer, and why a node refuses. */
export const pending = staffWords({
  title: { en: "Pending changes", hi: "बाक़ी बदलाव" },
  needsYou: { en: "Needs you", hi: "आप देखें" },
  willSendPart: { en: "Will send from this screen", hi: "इस स्क्रीन से भेजे जाएँगे" },
  savedPart: { en: "Saved here, waiting for the centre", hi: "यहाँ सुरक्षित, केंद्र की प्रतीक्षा में" },
  othersPart: { en: "Waits for somebody else", hi: "किसी और की प्रतीक्षा में" },
  nothing: { en: "Nothing is waiting", hi: "कुछ बाक़ी नहीं" },
  nothingWhy: { en: "All you did here is saved.", hi: "आपने जो किया, सब सुरक्षित है।" },
  willSend: { en: "Will send", hi: "भेजा जाएगा" },
  sending: { en: "Sending", hi: "भेजा जा रहा है" },
  saved: { en: "Saved", hi: "सुरक्षित" },
  refused: { en: "Refused", hi: "नहीं हो सका" },
  nothingChanged: { en: "Nothing changed.", hi: "कुछ नहीं बदला।" },
  ofOther: {
    en: {
      one: "{count} change of {name} waits for {name}",
      other: "{count} changes of {name} wait for {name}",
    },
    hi: { one: "{name} का {count} बदलाव उनकी प्रतीक्षा में", other: "{name} के {count} बदलाव उनकी प्रतीक्षा में" },
  },
  centreNotHeard: { en: "Centre not heard", hi: "केंद्र से संपर्क नहीं" },
  centreBehind: { en: "On the way to the centre", hi: "केंद्र की ओर रास्ते में" },
  since: { en: "since {time}", hi: "{time} से" },
  safeHere: {
    en: "Safe on this site’s box. They go by themselves when the line is back.",
    hi: "इस आश्रम की मशीन पर सुरक्षित। लाइन आते ही अपने आप चले जाएँगे।",
  },
  nothingLost: {
    en: "Nothing is lost when you close this page.",
    hi: "यह पन्ना बंद करने पर कुछ नहीं खोता।",
  },
  memoryOnly: {
    en: "This browser keeps nothing: leave this page open until all is sent.",
    hi: "यह ब्राउज़र कुछ नहीं रखता: सब भेजे जाने तक पन्ना खुला रखें।",
  },

  "queue.check_in": { en: "Check in {token}", hi: "{token} दर्ज करें" },
  "queue.call_next": { en: "Call next", hi: "अगले को बुलाएँ" },
  "queue.call": { en: "Call {token}", hi: "{token} को बुलाएँ" },
  "queue.recall": { en: "Recall {token}", hi: "{token} को फिर बुलाएँ" },
  "queue.no_answer": { en: "No answer from {token}", hi: "{token} से जवाब नहीं" },
  "queue.hold": { en: "Hold {token}", hi: "{token} को रोकें" },
  "queue.resume": { en: "Back in the queue: {token}", hi: "{token} फिर क़तार में" },
  "queue.start": { en: "Start {token}", hi: "{token} शुरू करें" },
  "queue.complete": { en: "Finish {token}", hi: "{token} पूरा करें" },
  "queue.cancel": { en: "Cancel {token}", hi: "{token} रद्द करें" },
  "queue.leave": { en: "{token} leaves", hi: "{token} जा रहे हैं" },
  "queue.no_show": { en: "{token} did not come", hi: "{token} नहीं आए" },
  "queue.reinstate": { en: "Bring {token} back", hi: "{token} को वापस लाएँ" },
  "queue.transfer": { en: "Move {token}", hi: "{token} को दूसरे के पास भेजें" },
  "queue.prioritise": { en: "Move {token} up", hi: "{token} को आगे करें" },
  "queue.undo": { en: "Undo {token}", hi: "{token} वापस करें" },
  "guruji.set_availability": { en: "Change availability", hi: "उपलब्धता बदलें" },
  "guruji.set_room": { en: "Change the room", hi: "कमरा बदलें" },
  "staff.create": { en: "Add to the staff", hi: "स्टाफ़ में जोड़ें" },
  "staff.update": { en: "Change a member of staff", hi: "स्टाफ़ की जानकारी बदलें" },
  "staff.disable": { en: "Switch a member of staff off", hi: "स्टाफ़ को बंद करें" },
  "staff.reset_pin": { en: "Give a new PIN", hi: "नया पिन दें" },
  "device.approve": { en: "Let a device in", hi: "मशीन को जोड़ें" },
  "device.revoke": { en: "Put a device out", hi: "मशीन को हटाएँ" },
  "setting.update": { en: "Change a setting", hi: "सेटिंग बदलें" },
  action: { en: "A change", hi: "एक बदलाव" },

  "why.stale": {
    en: "Somebody else had changed it in the meantime.",
    hi: "इस बीच किसी और ने इसे बदल दिया था।",
  },
  "why.forbidden": { en: "Your role may not do this.", hi: "आपकी भूमिका में यह नहीं किया जा सकता।" },
  "why.not_found": { en: "It is no longer there.", hi: "यह अब नहीं है।" },
  "why.unauthenticated": { en: "You were signed out.", hi: "आप साइन आउट हो चुके थे।" },
  "why.rate_limited": { en: "Too much at once.", hi: "एक साथ बहुत ज़्यादा।" },
  "why.unavailable": { en: "The box could not save it just then.", hi: "मशीन तब इसे सहेज न सकी।" },
});

export type PendingKey = keyof (typeof pending)["phrases"];
