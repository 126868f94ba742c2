import { peopleWords } from "../words/catalogue.ts";

export const kiosk = peopleWords({
  title: { en: "Take a token", hi: "टोकन लें", mr: "टोकन घ्या" },
  question: {
    en: "Who would you like to see?",
    hi: "आप किनसे मिलना चाहते हैं?",
    mr: "तुम्हाला कोणाला भेटायचे आहे?",
  },
  touchName: {
    en: "Touch a name to get your token.",
    hi: "नाम छुएँ, टोकन मिल जाएगा।",
    mr: "नावाला स्पर्श करा, टोकन मिळेल.",
  },
  whoever: {
    en: "Whoever is free first",
    hi: "जिनका इंतज़ार सबसे कम हो",
    mr: "जिथे सर्वात कमी वेळ लागेल",
  },
  ahead: {
    en: { one: "{count} person ahead", other: "{count} people ahead" },
    hi: { one: "{count} व्यक्ति आगे", other: "{count} लोग आगे" },
    mr: { one: "{count} जण पुढे", other: "{count} जण पुढे" },
  },
  aheadNone: { en: "No one is waiting", hi: "कोई प्रतीक्षा में नहीं है", mr: "कोणीही प्रतीक्षेत नाही" },
  wait: { en: "wait", hi: "इंतज़ार", mr: "प्रतीक्षा" },
  restingUntil: { en: "Resting until {time}", hi: "{time} बजे तक विश्राम", mr: "{time} पर्यंत विश्रांती" },
  resting: { en: "Resting just now", hi: "अभी विश्राम", mr: "सध्या विश्रांती" },
  tokensOver: { en: "No more tokens now", hi: "अभी और टोकन नहीं", mr: "सध्या आणखी टोकन नाहीत" },
  nobodyHere: {
    en: "No guruji is here yet",
    hi: "अभी कोई गुरुजी नहीं आए हैं",
    mr: "अजून कोणी गुरुजी आलेले नाहीत",
  },
  nobodyHereWhy: {
    en: "The names appear here when the day begins. The desk can help.",
    hi: "दिन शुरू होने पर नाम यहाँ आएँगे। काउंटर पर पूछें।",
    mr: "दिवस सुरू झाल्यावर नावे इथे येतील. काउंटरवर विचारा.",
  },
  oneMoment: { en: "One moment", hi: "एक क्षण", mr: "एक क्षण" },
  appointment: { en: "I have an appointment", hi: "मेरा समय तय है", mr: "माझी वेळ ठरलेली आहे" },
  help: { en: "I need help", hi: "मुझे मदद चाहिए", mr: "मला मदत हवी आहे" },

  bookingAsk: {
    en: "Which number did you book with?",
    hi: "आपने किस नंबर से समय लिया था?",
    mr: "तुम्ही कोणत्या नंबरवरून वेळ घेतली होती?",
  },
  bookingWhy: {
    en: "Your phone number, or the 6 digits of your booking.",
    hi: "अपना फ़ोन नंबर, या बुकिंग के 6 अंक।",
    mr: "तुमचा फोन नंबर, किंवा नोंदणीचे 6 अंक.",
  },
  bookingReader: {
    en: "Or hold your code to the reader. Without either, say your name at the desk: your time is kept.",
    hi: "या अपना कोड रीडर के सामने रखें। दोनों न हों तो काउंटर पर नाम बताएँ, आपका समय सुरक्षित है।",
    mr: "किंवा तुमचा कोड रीडरसमोर धरा. दोन्ही नसतील तर काउंटरवर नाव सांगा, तुमची वेळ राखलेली आहे.",
  },
  bookingDesk: {
    en: "No number at hand? Say your name at the desk: your time is kept.",
    hi: "नंबर याद न हो तो काउंटर पर नाम बताएँ, आपका समय सुरक्षित है।",
    mr: "नंबर आठवत नसेल तर काउंटरवर नाव सांगा, तुमची वेळ राखलेली आहे.",
  },
  bookingGo: { en: "Take my token", hi: "मेरा टोकन लें", mr: "माझे टोकन घ्या" },
  digits: { en: "Digits", hi: "अंक", mr: "अंक" },
  takeBack: { en: "Take back the last digit", hi: "पिछला अंक हटाएँ", mr: "शेवटचा अंक काढा" },
  noBooking: {
    en: "No booking has this number today",
    hi: "इस नंबर पर आज कोई समय तय नहीं है",
    mr: "या नंबरवर आज वेळ ठरलेली नाही",
  },
  noBookingWhy: {
    en: "Please look at the number again, or ask at the desk.",
    hi: "कृपया नंबर फिर से देखें, या काउंटर पर पूछें।",
    mr: "कृपया नंबर पुन्हा तपासा, किंवा काउंटरवर विचारा.",
  },
  several: {
    en: "Several bookings have this number",
    hi: "इस नंबर पर एक से ज़्यादा लोगों का समय तय है",
    mr: "या नंबरवर एकापेक्षा जास्त जणांची वेळ ठरलेली आहे",
  },
  severalWhy: {
    en: "Please give the 6 digits of your booking, or ask at the desk.",
    hi: "कृपया अपनी बुकिंग के 6 अंक बताएँ, या काउंटर पर पूछें।",
    mr: "कृपया तुमच्या नोंदणीचे 6 अंक द्या, किंवा काउंटरवर विचारा.",
  },
  notAppointment: {
    en: "This code gives no token now",
    hi: "इस कोड से अभी टोकन नहीं मिलेगा",
    mr: "या कोडवर सध्या टोकन मिळणार नाही",
  },
  notAppointmentWhy: {
    en: "It is for another day, was used already, or is no appointment. Please ask at the desk.",
    hi: "यह किसी और दिन का है, इस्तेमाल हो चुका है, या तय समय का कोड नहीं है। कृपया काउंटर पर पूछें।",
    mr: "तो दुसऱ्या दिवसाचा आहे, आधी वापरला आहे किंवा ठरलेल्या वेळेचा कोड नाही. कृपया काउंटरवर विचारा.",
  },
  helpGo: { en: "People at the desk help you", hi: "काउंटर पर आपकी मदद होगी", mr: "काउंटरवर तुम्हाला मदत मिळेल" },
  helpWhy: {
    en: "They can take a token for you, and explain the way.",
    hi: "वे आपके लिए टोकन ले सकते हैं और रास्ता बता सकते हैं।",
    mr: "ते तुमच्यासाठी टोकन घेऊ शकतात आणि वाट सांगू शकतात.",
  },
  callNow: {
    en: "Emergency: call somebody here",
    hi: "आपात स्थिति: किसी को यहाँ बुलाएँ",
    mr: "आपत्कालीन: कोणाला तरी इथे बोलावा",
  },
  calledNow: {
    en: "The staff have been called. Stay here, or call 112.",
    hi: "स्टाफ़ को बुला लिया गया है। यहीं रहें, या 112 पर फ़ोन करें।",
    mr: "कर्मचाऱ्यांना बोलावले आहे. इथेच थांबा, किंवा 112 ला फोन करा.",
  },
  callFailed: {
    en: "This machine could not call them. Please shout, or call 112.",
    hi: "यह मशीन किसी को नहीं बुला सकी। ज़ोर से आवाज़ दें, या 112 पर फ़ोन करें।",
    mr: "हे यंत्र बोलावू शकले नाही. मोठ्याने हाक मारा, किंवा 112 ला फोन करा.",
  },
  back: { en: "Back", hi: "पीछे", mr: "मागे" },

  yours: { en: "Your token", hi: "आपका टोकन", mr: "तुमचे टोकन" },
  beforeYou: { en: "Before you", hi: "आपसे पहले", mr: "तुमच्या आधी" },
  people: {
    en: { one: "{count} person", other: "{count} people" },
    hi: { one: "{count} व्यक्ति", other: "{count} लोग" },
    mr: { one: "{count} जण", other: "{count} जण" },
  },
  noOne: { en: "no one", hi: "कोई नहीं", mr: "कोणी नाही" },
  waitAbout: { en: "Wait, about", hi: "लगभग इंतज़ार", mr: "अंदाजे वेळ" },
  where: { en: "Where", hi: "कहाँ", mr: "कुठे" },
  seeBoard: { en: "see the board", hi: "बोर्ड देखें", mr: "फलक पाहा" },
  whenCalled: {
    en: "When it is your turn, your token shows on the board and is called out.",
    hi: "बारी आने पर टोकन बोर्ड पर दिखेगा और पुकारा जाएगा।",
    mr: "पाळी आली की टोकन फलकावर दिसेल आणि पुकारले जाईल.",
  },
  askDesk: { en: "ask at the desk", hi: "काउंटर पर पूछें", mr: "काउंटरवर विचारा" },
  onPhone: {
    en: "Follow your turn on your phone",
    hi: "फ़ोन पर अपनी बारी देखें",
    mr: "फोनवर तुमची पाळी पाहा",
  },
  scan: {
    en: "Join the ashram Wi-Fi and scan this code.",
    hi: "आश्रम के वाई-फ़ाई पर यह कोड स्कैन करें।",
    mr: "आश्रमाच्या वाय-फायवर हा कोड स्कॅन करा.",
  },
  remember: {
    en: "Please remember your token, or take a photo of this screen.",
    hi: "कृपया अपना टोकन याद रखें, या इस स्क्रीन की फ़ोटो लें।",
    mr: "कृपया तुमचे टोकन लक्षात ठेवा, किंवा या स्क्रीनचा फोटो घ्या.",
  },
  done: { en: "Done", hi: "हो गया", mr: "झाले" },
  clears: {
    en: { one: "This screen clears in {count} second", other: "This screen clears in {count} seconds" },
    hi: { one: "यह स्क्रीन {count} सेकंड में साफ़ हो जाएगी", other: "यह स्क्रीन {count} सेकंड में साफ़ हो जाएगी" },
    mr: { one: "ही स्क्रीन {count} सेकंदात कोरी होईल", other: "ही स्क्रीन {count} सेकंदांत कोरी होईल" },
  },

  yourTime: { en: "Your time", hi: "आपका समय", mr: "तुमची वेळ" },
  fromTime: { en: "from {time}", hi: "{time} से", mr: "{time} पासून" },
  deskFirst: { en: "desk first", hi: "पहले काउंटर", mr: "आधी काउंटर" },
  aloneWhy: {
    en: "This machine cannot reach the desk just now. Your token is good, and your place counts from {time}.",
    hi: "यह मशीन अभी काउंटर से जुड़ी नहीं है। आपका टोकन पक्का है और आपकी जगह {time} से गिनी जाएगी।",
    mr: "हे यंत्र सध्या काउंटरशी जोडलेले नाही. तुमचे टोकन पक्के आहे आणि तुमची जागा {time} पासून मोजली जाईल.",
  },
  showSlip: { en: "Show your slip at the desk", hi: "पर्ची काउंटर पर दिखाएँ", mr: "चिठ्ठी काउंटरवर दाखवा" },
  printing: { en: "Your slip is printing", hi: "पर्ची छप रही है", mr: "चिठ्ठी छापली जात आहे" },
  printAgain: { en: "Print again", hi: "फिर से छापें", mr: "पुन्हा छापा" },
  showToken: { en: "Tell the desk this token", hi: "यह टोकन काउंटर पर बताएँ", mr: "हे टोकन काउंटरवर सांगा" },
  showTokenWhy: {
    en: "They add your turn. The board calls this token.",
    hi: "वहाँ आपकी बारी जोड़ दी जाएगी। बोर्ड पर यही टोकन आएगा।",
    mr: "तिथे तुमची पाळी जोडली जाईल. फलकावर हेच टोकन येईल.",
  },
  aloneLine: {
    en: "Not connected to the desk just now. Tokens are still good.",
    hi: "यह मशीन अभी काउंटर से जुड़ी नहीं है। टोकन फिर भी पक्के हैं।",
    mr: "हे यंत्र सध्या काउंटरशी जोडलेले नाही. टोकन तरीही पक्के आहेत.",
  },
  cutOff: {
    en: "This machine cannot reach the desk just now",
    hi: "यह मशीन अभी काउंटर से जुड़ी नहीं है",
    mr: "हे यंत्र सध्या काउंटरशी जोडलेले नाही",
  },
  cutOffWhy: {
    en: "Please take your token at the desk.",
    hi: "कृपया काउंटर से टोकन लें।",
    mr: "कृपया काउंटरवरून टोकन घ्या.",
  },
  notGiven: { en: "No token was given", hi: "टोकन नहीं मिला", mr: "टोकन मिळाले नाही" },

  closed: { en: "Tokens are closed for now", hi: "अभी टोकन बंद हैं", mr: "सध्या टोकन बंद आहेत" },
  closedKeep: {
    en: "A token you have stays good.",
    hi: "जिनके पास टोकन है, उनकी बारी वैसी ही है।",
    mr: "टोकन असेल तर पाळी तशीच आहे.",
  },
  full: {
    en: "Today’s tokens are all given",
    hi: "आज के सब टोकन दिए जा चुके हैं",
    mr: "आजचे सर्व टोकन संपले",
  },
  fullWhy: {
    en: "If it must be today, please ask at the desk.",
    hi: "आज ही मिलना ज़रूरी हो तो काउंटर पर पूछें।",
    mr: "आज यायचेच असेल तर काउंटरवर विचारा.",
  },
  fullOpens: { en: "The next ones on {day} from", hi: "अगले टोकन {day} को", mr: "पुढचे टोकन {day}ी" },
  fullOpensLine: {
    en: "The next ones on {day} from {time}.",
    hi: "अगले टोकन {day} को {time} बजे से।",
    mr: "पुढचे टोकन {day}ी {time} पासून.",
  },
  fullOne: {
    en: "This guruji has no more tokens today",
    hi: "इन गुरुजी के आज के टोकन पूरे हो गए हैं",
    mr: "या गुरुजींचे आजचे टोकन संपले आहेत",
  },
  fullOneWhy: {
    en: "Please choose somebody else, or ask at the desk.",
    hi: "कृपया किसी और को चुनें, या काउंटर पर पूछें।",
    mr: "कृपया दुसऱ्या कोणाला निवडा, किंवा काउंटरवर विचारा.",
  },
  shutOpens: { en: "It opens again on {day} at", hi: "{day} को खुलेगा", mr: "{day}ी उघडेल" },
  shutOpensLine: {
    en: "It opens again on {day} at {time}.",
    hi: "{day} को {time} बजे खुलेगा।",
    mr: "{day}ी {time} ला उघडेल.",
  },
  shutOpensToday: { en: "It opens today at", hi: "आज खुलेगा", mr: "आज उघडेल" },
  shutOpensTodayLine: {
    en: "It opens today at {time}.",
    hi: "आज {time} बजे खुलेगा।",
    mr: "आज {time} ला उघडेल.",
  },
  shut: {
    en: "The ashram’s clinic is closed",
    hi: "आश्रम का क्लिनिक अभी बंद है",
    mr: "आश्रमाचे क्लिनिक आता बंद आहे",
  },
  shutWhy: {
    en: "Emergency: call 112.",
    hi: "आपात स्थिति में 112 पर फ़ोन करें।",
    mr: "आपत्कालीन स्थितीत 112 ला फोन करा.",
  },
});
