package door

import (
	"bytes"
	"html/template"
	"net"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/clinic"
)

const (
	trustPath = "/trust"
	rootPath  = "/trust/sangam.crt"
)

// HTTPS says how a node is reached over https, which ends at the node itself, and without.
type HTTPS struct {
	Port, PlainPort int
	Root            []byte // certificate that devices have to trust first, in DER; nil: none, they know who signed it
	Fingerprint     string // of Root
}

// root hands out the site's own root certificate. It is no secret: who takes it from here compares its fingerprint with
// the one on an admin's screen.
func (d *Door) root(c *gin.Context) {
	h := d.o.HTTPS()
	if h == nil || h.Root == nil {
		noRoute(c)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Disposition", `attachment; filename="sangam.crt"`)
	c.Data(http.StatusOK, "application/x-x509-ca-cert", h.Root)
}

// trust is the page that tells how a device of the site comes to trust the box, system by system.
func (d *Door) trust(c *gin.Context) {
	h := d.o.HTTPS()
	if h == nil || h.Root == nil {
		noRoute(c)
		return
	}
	host := c.Request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	told := struct{ Site, Root, Fingerprint, Address string }{"Sangam", rootPath, h.Fingerprint, "https://" + net.JoinHostPort(host, strconv.Itoa(h.Port)) + "/"}
	d.o.Core.Day(d.o.Site, func(day *clinic.Day) {
		if name := day.Settings().Name; name != "" {
			told.Site = name
		}
	})
	var page bytes.Buffer
	if err := trustPage.Execute(&page, told); err != nil {
		d.Answer(err).(*refusal).write(c)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
}

var trustPage = template.Must(template.New("trust").Parse(`<!doctype html>
<html lang="hi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Site}}: भरोसेमंद कनेक्शन · Trusted connection</title><link rel="stylesheet" href="/docs.css"></head>
<body>
<main>
<article lang="hi">
<h1>इस उपकरण पर मशीन को भरोसेमंद बनाएँ</h1>
<p><b>{{.Site}}</b> का प्रमाणपत्र लगाने के बाद ब्राउज़र मशीन को पहचानता है: स्क्रीनें मशीन बंद होने पर भी खुलती हैं, और आवाज़ यहीं रिकॉर्ड हो सकती है। यह केवल आश्रम के उपकरणों पर करें। प्रमाणपत्र केवल आश्रम के नेटवर्क के पतों के लिए मान्य है; इंटरनेट की किसी साइट के लिए नहीं।</p>
<ol>
<li><a href="{{.Root}}" download>प्रमाणपत्र डाउनलोड करें</a> (sangam.crt)</li>
<li>लगाने से पहले मिलाएँ: सिस्टम जो SHA-256 फ़िंगरप्रिंट दिखाता है, वह एडमिन की स्क्रीन पर दिख रहे फ़िंगरप्रिंट जैसा ही हो।<br><code>{{.Fingerprint}}</code></li>
<li>नीचे अपने सिस्टम के अनुसार लगाएँ।</li>
<li>फिर यह पता खोलें: <a href="{{.Address}}">{{.Address}}</a> और वहाँ साइन इन करें। पुराने पते पर जो बदलाव भेजे जाने बाक़ी हैं, पहले उन्हें जाने दें।</li>
</ol>
<dl>
<dt>Android</dt><dd>सेटिंग्स → सुरक्षा और गोपनीयता → अन्य सुरक्षा सेटिंग्स → डिवाइस स्टोरेज से इंस्टॉल करें → CA प्रमाणपत्र → डाउनलोड की गई फ़ाइल चुनें। फ़ोन में स्क्रीन लॉक होना ज़रूरी है।</dd>
<dt>iPhone, iPad</dt><dd>Safari में डाउनलोड करें → सेटिंग्स → प्रोफ़ाइल डाउनलोड हुई → इंस्टॉल करें। फिर सेटिंग्स → सामान्य → परिचय → प्रमाणपत्र विश्वास सेटिंग्स में इसे चालू करें।</dd>
<dt>Windows</dt><dd>फ़ाइल खोलें → प्रमाणपत्र इंस्टॉल करें → वर्तमान उपयोगकर्ता → सभी प्रमाणपत्र इस स्टोर में रखें → विश्वसनीय रूट प्रमाणन प्राधिकरण।</dd>
<dt>Mac</dt><dd>फ़ाइल खोलें, कीचेन “लॉगिन” चुनें → प्रमाणपत्र पर दो बार क्लिक करें → विश्वास → हमेशा विश्वास करें।</dd>
<dt>Linux, Chromium</dt><dd>सेटिंग्स → गोपनीयता और सुरक्षा → सुरक्षा → प्रमाणपत्र प्रबंधित करें → आपके द्वारा इंस्टॉल किए गए → विश्वसनीय प्रमाणपत्र → आयात करें।</dd>
<dt>Firefox</dt><dd>सेटिंग्स → गोपनीयता और सुरक्षा → प्रमाणपत्र देखें → प्राधिकरण → आयात करें → “वेबसाइटों की पहचान के लिए” चुनें।</dd>
</dl>
</article>
<article lang="en">
<h1>Let this device trust the box</h1>
<p>With the certificate of <b>{{.Site}}</b> the browser knows the box: screens start while the box is away, and voices can be recorded here. Do it on devices of the ashram only. The certificate is good for addresses in the ashram's own network, and for no site of the internet.</p>
<ol>
<li><a href="{{.Root}}" download>Download the certificate</a> (sangam.crt)</li>
<li>Compare before you install it: the SHA-256 fingerprint that the system shows is the one on the admin's screen.<br><code>{{.Fingerprint}}</code></li>
<li>Install it as your system wants, below.</li>
<li>Then open <a href="{{.Address}}">{{.Address}}</a> and sign in there. Let what still waits to be sent at the old address go first.</li>
</ol>
<dl>
<dt>Android</dt><dd>Settings → Security and privacy → More security settings → Install from device storage → CA certificate → choose the downloaded file. The device needs a screen lock.</dd>
<dt>iPhone, iPad</dt><dd>Download it in Safari → Settings → Profile Downloaded → Install. Then switch it on under Settings → General → About → Certificate Trust Settings.</dd>
<dt>Windows</dt><dd>Open the file → Install Certificate → Current User → Place all certificates in the following store → Trusted Root Certification Authorities.</dd>
<dt>Mac</dt><dd>Open the file, choose the keychain “login” → double-click the certificate → Trust → Always Trust.</dd>
<dt>Linux, Chromium</dt><dd>Settings → Privacy and security → Security → Manage certificates → Installed by you → Trusted certificates → Import.</dd>
<dt>Firefox</dt><dd>Settings → Privacy &amp; Security → View Certificates → Authorities → Import → “identify websites”.</dd>
</dl>
</article>
</main>
</body></html>
`))
