package door

import (
	"bytes"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/clinic"
)

const noticePath = "/notice"

// notice is the page that says what the site keeps about people, why, who sees it and what they may ask, in Hindi,
// Marathi and English, for whoever stands there: it needs no session, and can be printed.
func (d *Door) notice(c *gin.Context) {
	var told clinic.Notice
	if !d.o.Core.Day(d.o.Site, func(day *clinic.Day) { told = day.Notice() }) {
		retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "The node is starting.", time.Second).write(c)
		return
	}
	var page bytes.Buffer
	if err := noticePage.Execute(&page, told); err != nil {
		d.Answer(err).(*refusal).write(c)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}

var noticePage = template.Must(template.New("notice").Parse(`<!doctype html>
<html lang="hi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Site}}: आपकी जानकारी · Your data</title><link rel="stylesheet" href="/docs.css"></head>
<body>
<main>
<article lang="hi">
<h1>हम आपके बारे में क्या रखते हैं, और क्यों</h1>
<p>यह जानकारी <b>{{.Site}}</b> रखता है, आश्रम के अपने कंप्यूटर पर।{{with .Version}} सूचना का संस्करण: <b>{{.}}</b>।{{end}}</p>
<h2>क्या रखा जाता है</h2>
<p>आपका नाम, फ़ोन नंबर, जन्म का वर्ष, स्थान और भाषा, जितना आप बताएँ; आप कब आए और किनसे मिले; गुरुजी ने क्या लिखा और क्या दिया।</p>
<h2>किसलिए</h2>
<p>टोकन देने, आपको बुलाने, दोबारा आने पर पहचानने और आपकी देखभाल के लिए। यह न बेचा जाता है, न विज्ञापन में काम आता है।</p>
<h2>कौन देखता है</h2>
<p>बोर्ड पर केवल टोकन आता है। काउंटर आपका नाम और नंबर देखता है, आपकी तकलीफ़ नहीं। सेहत की बातें केवल वे गुरुजी पढ़ते हैं जिनकी क़तार में आप आज हैं, और पुरानी बातें देखने का हर मौक़ा दर्ज होता है।{{if .TextStays}} गुरुजी जो लिखते हैं वह इस आश्रम से बाहर नहीं जाता।{{else}} आश्रमों का केंद्र आपके आने का रिकॉर्ड रखता है, ताकि वह खो न जाए; आपका नाम वहाँ किसी को नहीं दिखता।{{end}}</p>
<h2>कितने समय तक</h2>
<p>{{if .KeepDays}}{{.KeepDays}} दिन से पुराने आने-जाने में से नाम, नंबर और सेहत की बातें हटाई जा सकती हैं।{{else}}जब तक आप हटाने को न कहें।{{end}} कब, किसने, क्या किया, यह कम से कम एक वर्ष दर्ज रहता है।</p>
<h2>आपके अधिकार</h2>
<p>काउंटर पर कहें: अपनी सारी जानकारी देखना, उसे सुधरवाना, दी हुई सहमति वापस लेना, या सब हटवाना। बच्चों के लिए उनके अभिभावक कहते हैं। बात न बने तो आप भारत के डेटा संरक्षण बोर्ड से शिकायत कर सकते हैं।</p>
</article>
<article lang="mr">
<h1>आम्ही तुमच्याबद्दल काय ठेवतो, आणि का</h1>
<p>ही माहिती <b>{{.Site}}</b> इथे ठेवली जाते, आश्रमाच्या स्वतःच्या संगणकावर.{{with .Version}} सूचनेची आवृत्ती: <b>{{.}}</b>.{{end}}</p>
<h2>काय ठेवले जाते</h2>
<p>तुमचे नाव, फोन नंबर, जन्मवर्ष, ठिकाण आणि भाषा, तुम्ही सांगाल तेवढे; तुम्ही केव्हा आलात आणि कोणाला भेटलात; गुरुजींनी काय लिहिले आणि काय दिले.</p>
<h2>कशासाठी</h2>
<p>टोकन देण्यासाठी, तुम्हाला बोलावण्यासाठी, पुन्हा आल्यावर ओळखण्यासाठी आणि तुमच्या काळजीसाठी. ती विकली जात नाही, जाहिरातीसाठी वापरली जात नाही.</p>
<h2>कोण पाहते</h2>
<p>फलकावर फक्त टोकन दिसते. काउंटरला तुमचे नाव आणि नंबर दिसतो, तुमचा त्रास नाही. आरोग्याच्या गोष्टी फक्त तेच गुरुजी वाचतात ज्यांच्या रांगेत तुम्ही आज आहात, आणि जुन्या गोष्टी पाहिल्या की प्रत्येक वेळी नोंद होते.{{if .TextStays}} गुरुजी जे लिहितात ते या आश्रमाबाहेर जात नाही.{{else}} आश्रमांचे केंद्र तुमच्या येण्याची नोंद ठेवते, म्हणजे ती हरवत नाही; तुमचे नाव तिथे कोणाला दिसत नाही.{{end}}</p>
<h2>किती काळ</h2>
<p>{{if .KeepDays}}{{.KeepDays}} दिवसांपेक्षा जुन्या भेटींमधून नाव, नंबर आणि आरोग्याच्या गोष्टी काढल्या जाऊ शकतात.{{else}}तुम्ही पुसायला सांगेपर्यंत.{{end}} केव्हा, कोणी, काय केले, याची नोंद किमान एक वर्ष राहते.</p>
<h2>तुमचे हक्क</h2>
<p>काउंटरवर सांगा: तुमची सर्व माहिती पाहायची आहे, ती दुरुस्त करायची आहे, दिलेली संमती मागे घ्यायची आहे, किंवा सर्व पुसायचे आहे. मुलांसाठी त्यांचे पालक सांगतात. तरीही अडचण राहिली तर तुम्ही भारताच्या डेटा संरक्षण मंडळाकडे तक्रार करू शकता.</p>
</article>
<article lang="en">
<h1>What we keep about you, and why</h1>
<p><b>{{.Site}}</b> keeps it, on the ashram's own computer.{{with .Version}} Version of this notice: <b>{{.}}</b>.{{end}}</p>
<h2>What is kept</h2>
<p>Your name, telephone number, year of birth, place and language, as far as you tell them; when you came and whom you saw; what the guruji wrote and gave you.</p>
<h2>What for</h2>
<p>To give you a token, to call you, to know you when you come again, and to care for you. It is not sold, and no advertisement uses it.</p>
<h2>Who sees it</h2>
<p>Boards show your token only. The desk sees your name and number, and not what ails you. Only the gurujis in whose queue you are today read about your health, and each look at your past is recorded.{{if .TextStays}} What a guruji writes never leaves this ashram.{{else}} The ashrams' centre keeps the record of your visits, so that it is not lost; your name is shown to nobody there.{{end}}</p>
<h2>How long</h2>
<p>{{if .KeepDays}}Names, numbers and words about health may be emptied in visits that are older than {{.KeepDays}} days.{{else}}Until you ask us to erase it.{{end}} Who did what, and when, stays recorded for a year at least.</p>
<h2>Your rights</h2>
<p>Ask at the desk: to see all that is kept about you, to have it corrected, to take back a consent, or to have it erased. Guardians ask for children. If that does not help, you may complain to the Data Protection Board of India.</p>
</article>
</main>
</body></html>
`))
