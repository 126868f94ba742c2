import { peopleWords } from "../words/catalogue.ts";

/** What stands on a printed sheet, in all three languages at once. */
export const posterWords = peopleWords({
  hallTitle: { en: "Your place on your phone", hi: "फ़ोन पर अपनी जगह", mr: "फोनवर तुमची जागा" },
  hallHow: {
    en: "Take a token. Join this Wi-Fi with the code above. Then scan the code on your slip.",
    hi: "टोकन लें। ऊपर के कोड से इस वाई-फ़ाई से जुड़ें। फिर अपनी पर्ची का कोड स्कैन करें।",
    mr: "टोकन घ्या. वरचा कोड स्कॅन करून या वाय-फायशी जोडा. मग तुमच्या चिठ्ठीवरचा कोड स्कॅन करा.",
  },
  staffTitle: { en: "Staff sign in here", hi: "स्टाफ़ यहाँ साइन इन करें", mr: "कर्मचाऱ्यांनी इथे साइन इन करावे" },
  staffHow: {
    en: "Scan, choose your name, enter your PIN.",
    hi: "स्कैन करें, अपना नाम चुनें, पिन लिखें।",
    mr: "स्कॅन करा, तुमचे नाव निवडा, पिन लिहा.",
  },
});
