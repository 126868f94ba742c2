// What the clips of the spoken calls say, by language and file name. Numbers are 0 to 99; the order in which a call
// puts them together is src/board/spoken.ts.

const letters = (names) =>
  Object.fromEntries(names.split(" ").map((name, i) => [String.fromCharCode(97 + i), name]));
const numbers = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [String(i), String(i)]));

export const WORDS = {
  hi: {
    ...letters("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड"),
    ...numbers,
    hundred: "सौ",
    token: "टोकन नंबर",
    room: "कृपया कमरा नंबर",
    come: "में आएँ",
    desk: "कृपया काउंटर पर आएँ",
    board: "कृपया बोर्ड देखें",
  },
  mr: {
    ...letters("ए बी सी डी ई एफ जी एच आय जे के एल एम एन ओ पी क्यू आर एस टी यू व्ही डब्ल्यू एक्स वाय झेड"),
    ...numbers,
    hundred: "शे",
    one_hundred: "शंभर",
    token: "टोकन क्रमांक",
    room: "कृपया खोली क्रमांक",
    come: "मध्ये या",
    desk: "कृपया काउंटरवर या",
    board: "कृपया फलक पाहा",
  },
  en: {
    ...letters("A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"),
    ...numbers,
    hundred: "hundred",
    token: "Token number",
    room: "please come to room",
    desk: "please come to the desk",
    board: "please look at the board",
  },
};
