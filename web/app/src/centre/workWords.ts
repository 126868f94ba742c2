import { staffWords } from "../words/catalogue.ts";

/** The centre's own work: announcements, requests, keys and figures. */
export const work = staffWords({
  unread: { en: "The centre does not answer", hi: "केंद्र से जवाब नहीं" },
  willGo: { en: "Will send", hi: "भेजा जाएगा" },
  site: { en: "Site", hi: "आश्रम" },

  announcements: { en: "Announcements", hi: "सूचनाएँ" },
  announcementsHow: {
    en: "Every desk, guruji and admin of the site sees it until they say they have read it.",
    hi: "आश्रम का हर काउंटर, गुरुजी और एडमिन इसे देखते हैं, जब तक वे “पढ़ लिया” न दबाएँ।",
  },
  noneTold: { en: "Nothing has been announced", hi: "अभी कोई सूचना नहीं" },
  noneToldWhy: {
    en: "What you write on this page goes to every site, also to those that are silent now.",
    hi: "इस पन्ने पर लिखी सूचना हर आश्रम को जाती है, जो अभी मौन हैं उन्हें भी।",
  },
  toldAt: { en: "Told {when}.", hi: "{when} को बताया।" },
  standsUntil: { en: "Stands until {day}.", hi: "{day} तक रहेगी।" },
  ended: { en: "Withdrawn", hi: "वापस ली गई" },
  expired: { en: "Over", hi: "समाप्त" },
  end: { en: "Withdraw", hi: "वापस लें" },
  endTitle: { en: "Withdraw “{title}”?", hi: "“{title}” वापस लें?" },
  endWhy: {
    en: "It disappears from the sites when they are heard. Who has read it stays known.",
    hi: "संपर्क होते ही आश्रमों से हट जाएगी। किसने पढ़ा, वह दर्ज रहेगा।",
  },
  readAt: { en: "Read at {n} of {of} sites", hi: "{of} में से {n} आश्रमों में पढ़ी गई" },
  whoRead: {
    en: { one: "{count} person has read it", other: "{count} people have read it" },
    hi: { one: "{count} व्यक्ति ने पढ़ा", other: "{count} लोगों ने पढ़ा" },
  },
  notRead: { en: "Nobody has read it at {sites}.", hi: "{sites} में अभी किसी ने नहीं पढ़ा।" },
  write: { en: "Write one", hi: "नई सूचना" },
  headline: { en: "In a few words", hi: "थोड़े शब्दों में" },
  headlineMissing: { en: "Say it in a few words", hi: "थोड़े शब्दों में लिखें" },
  text: { en: "What they should know", hi: "उन्हें क्या जानना है" },
  howLong: { en: "How long it stands", hi: "कितने दिन रहे" },
  forDays: {
    en: { one: "{count} day", other: "{count} days" },
    hi: { one: "{count} दिन", other: "{count} दिन" },
  },
  toWhom: { en: "To whom", hi: "किन्हें" },
  toAll: { en: "All sites", hi: "सब आश्रम" },
  toSome: { en: "Some sites", hi: "कुछ आश्रम" },
  noneChosen: { en: "Choose a site", hi: "कोई आश्रम चुनें" },
  publish: { en: "Announce", hi: "सूचना दें" },
  publishHow: {
    en: "No names of devotees and nothing about health: staff of other roles read it too.",
    hi: "भक्तों के नाम या स्वास्थ्य की बात न लिखें: और भूमिकाओं के लोग भी पढ़ते हैं।",
  },

  enrol: { en: "Enrol a site", hi: "आश्रम जोड़ें" },
  enrolHow: {
    en: "You get a join code for its box. The name of a site that is here already gives a code for its next box.",
    hi: "उसकी मशीन के लिए जोड़ने का कोड मिलेगा। जो आश्रम पहले से है, उसका नाम लिखने पर नई मशीन का कोड मिलेगा।",
  },
  siteName: { en: "Name of the site", hi: "आश्रम का नाम" },
  siteNameMissing: { en: "Give its name", hi: "नाम लिखें" },
  makeCode: { en: "Make a join code", hi: "कोड बनाएँ" },
  codeFor: { en: "Join code for {name}", hi: "{name} का कोड" },
  codeHow: {
    en: "Start its box with this code. It works for one box, until {until}.",
    hi: "इस कोड से उसकी मशीन शुरू करें। एक मशीन के लिए, {until} तक।",
  },
  codeHowAgain: {
    en: "This site is known: the code is for its next box, until {until}. The box before it is told that its key is worth nothing.",
    hi: "यह आश्रम पहले से है: कोड अगली मशीन के लिए, {until} तक। पिछली मशीन की कुंजी बंद हो जाएगी।",
  },
  codeCommand: { en: "On the box:", hi: "मशीन पर:" },
  codeOnce: {
    en: "Nobody can see it again. Tell it to nobody but who sets up the box.",
    hi: "यह दोबारा नहीं दिखेगा। मशीन लगाने वाले के सिवा किसी को न बताएँ।",
  },
  printCode: { en: "Print it", hi: "छापें" },
  codeTaken: { en: "I have it", hi: "लिख लिया" },
  enrolment: { en: "Enrolment", hi: "जुड़ाव" },
  enrolledOn: { en: "Enrolled {day}.", hi: "{day} को जुड़ा।" },
  rotatedAt: { en: "Another key was asked for {when}.", hi: "{when} को नई कुंजी माँगी गई।" },
  revokedOn: { en: "Shut out {day}", hi: "{day} को हटाया गया" },
  revokedHow: {
    en: "It works on alone. To take it back, enrol it again under the same name.",
    hi: "वह अकेला चलता है। लौटाने के लिए उसी नाम से फिर जोड़ें।",
  },
  rotate: { en: "Give it another key", hi: "नई कुंजी दें" },
  rotateTitle: { en: "Give {name} another key?", hi: "{name} को नई कुंजी दें?" },
  rotateWhy: {
    en: "The new key goes to it over the line. Both work until it uses the new one, nothing is lost.",
    hi: "नई कुंजी लाइन से जाएगी। उसके चलने तक दोनों चलेंगी, कुछ नहीं खोएगा।",
  },
  revoke: { en: "Shut it out", hi: "हटाएँ" },
  revokeTitle: { en: "Shut {name} out?", hi: "{name} को हटाएँ?" },
  revokeWhy: {
    en: "The centre takes nothing more from its box, at once. The site goes on working alone; what it has not sent stays there.",
    hi: "केंद्र उसकी मशीन से तुरंत कुछ नहीं लेगा। आश्रम अकेला चलेगा; जो नहीं भेजा, वहीं रहेगा।",
  },

  compare: { en: "Compare sites", hi: "आश्रमों की तुलना" },
  compareHow: {
    en: "The last hour, minute by minute, as the centre heard it. A gap is a time of which nothing is known.",
    hi: "पिछला घंटा, हर मिनट, जैसा केंद्र ने सुना। ख़ाली जगह का कुछ पता नहीं।",
  },
  figure: { en: "Figure", hi: "आँकड़ा" },
  "figure.waiting": { en: "Waiting", hi: "प्रतीक्षा में" },
  "figure.inService": { en: "With guruji", hi: "गुरुजी के पास" },
  "figure.done": { en: "Done today", hi: "आज पूरे" },
  nowIs: { en: "Now", hi: "अभी" },
  hourAgo: { en: "First known", hi: "शुरू में" },
  peak: { en: "Highest", hi: "सबसे ज़्यादा" },
  tooEarly: { en: "Too early for a line", hi: "रेखा के लिए अभी जल्दी" },
  tooEarlyWhy: {
    en: "The centre keeps a figure a minute since it was started. Come back in two minutes.",
    hi: "केंद्र शुरू होने के बाद हर मिनट एक आँकड़ा रखता है। दो मिनट में देखें।",
  },
  plotHow: {
    en: "A line for each site over the last hour; the table below says the same.",
    hi: "हर आश्रम की पिछले घंटे की रेखा; नीचे की तालिका यही बताती है।",
  },
});
