import { staffWords } from "../words/catalogue.ts";

/** What was done, where no drawer ever shows it: beside the words of pending changes, for the record of who did what. */
export const deeds = staffWords({
  "person.history": { en: "Look at earlier visits", hi: "पिछली भेंटें देखीं" },
  "note.view": { en: "Had health notes on the screen", hi: "स्वास्थ्य की बातें स्क्रीन पर थीं" },
  "person.register": { en: "Register a person", hi: "व्यक्ति दर्ज करें" },
  "person.export": { en: "Take out what is known of a person", hi: "व्यक्ति की जानकारी निकालें" },
  "person.erase": { en: "Erase a person", hi: "व्यक्ति की जानकारी मिटाएँ" },
  "remedy.deliver": { en: "Hand over a remedy", hi: "उपाय सौंपें" },
  "notification.send": { en: "Send a message", hi: "संदेश भेजें" },
  "notification.read": { en: "Read a message", hi: "संदेश पढ़ा" },
  "notification.delete": { en: "Delete a message", hi: "संदेश हटाएँ" },
  "queue.lease_tokens": { en: "Set tokens aside for a device", hi: "उपकरण के लिए टोकन रखें" },
  "guruji.set_capacity": { en: "Change how many a guruji sees", hi: "गुरुजी कितनों से मिलें, बदलें" },
  "day.seal": { en: "Seal the day", hi: "दिन पक्का करें" },
  "device.request": { en: "A device asks to be let in", hi: "उपकरण जुड़ना चाहता है" },
  "data.export": { en: "Take data out", hi: "जानकारी निकालें" },
  "data.forget": { en: "Empty what is personal in old days", hi: "पुराने दिनों की निजी जानकारी मिटाएँ" },
  "voice.set": { en: "Record a voice of the boards", hi: "बोर्ड की आवाज़ रिकॉर्ड करें" },
  "voice.remove": { en: "Remove a voice of the boards", hi: "बोर्ड की आवाज़ हटाएँ" },
  "site.enrol": { en: "Enrol a site", hi: "आश्रम जोड़ें" },
});
