import { peopleWords } from "../words/catalogue.ts";

export const board = peopleWords({
  now: { en: "Now calling", hi: "अब बुला रहे हैं", mr: "आता बोलावत आहेत" },
  before: { en: "Called before", hi: "इससे पहले", mr: "याआधी" },
  last: { en: "Last called", hi: "पिछली पुकार", mr: "शेवटची पुकार" },
  nobody: {
    en: "No one has been called yet",
    hi: "अभी किसी को नहीं बुलाया गया",
    mr: "अजून कोणाला बोलावलेले नाही",
  },
  welcome: {
    en: "When your token is called, please come to the room shown",
    hi: "टोकन पुकारे जाने पर कृपया दिखाए गए कमरे में आएँ",
    mr: "टोकन पुकारल्यावर कृपया दाखवलेल्या खोलीत या",
  },
  room: { en: "Room", hi: "कमरा", mr: "खोली" },
  rooms: { en: "Rooms", hi: "कमरे", mr: "खोल्या" },
  desk: { en: "Desk", hi: "काउंटर", mr: "काउंटर" },
  withSomebody: { en: "With a person", hi: "परामर्श जारी", mr: "भेट सुरू आहे" },
  calling: { en: "Calling", hi: "बुला रहे हैं", mr: "बोलावत आहेत" },
  free: { en: "Here", hi: "उपलब्ध", mr: "उपलब्ध" },
  restUntil: { en: "Rest until {time}", hi: "{time} तक विश्राम", mr: "{time} पर्यंत विश्रांती" },
  rest: { en: "Resting", hi: "विश्राम", mr: "विश्रांती" },
  away: { en: "Not here", hi: "अभी नहीं हैं", mr: "सध्या नाहीत" },
  notKnown: { en: "Not known yet", hi: "अभी पता नहीं", mr: "माहीत नाही" },
  updated: { en: "Updated {ago}", hi: "{ago} की जानकारी", mr: "{ago}ची माहिती" },
  askDesk: { en: "Please ask at the desk", hi: "कृपया काउंटर पर पूछें", mr: "कृपया काउंटरवर विचारा" },
  neverHeard: { en: "Not connected yet", hi: "अभी जुड़ा नहीं", mr: "अजून जोडलेले नाही" },
  mayDarken: {
    en: "Keep this screen from going dark in its own settings",
    hi: "स्क्रीन बंद न हो, इसके लिए उसकी सेटिंग बदलें",
    mr: "स्क्रीन बंद होऊ नये म्हणून तिच्या सेटिंग बदला",
  },
  soundOn: { en: "Sound on", hi: "आवाज़ चालू", mr: "आवाज सुरू" },
  turnSoundOn: {
    en: "Tap to turn sound on",
    hi: "आवाज़ चालू करने के लिए छुएँ",
    mr: "आवाज सुरू करण्यासाठी स्पर्श करा",
  },
});
