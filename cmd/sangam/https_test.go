package main_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/aashram-care/sangam/edge"
	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/testkit"
)

// page reads what a device gets that is signed in nowhere.
func page(t *testing.T, device *http.Client, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := device.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

func TestADeviceThatTrustsTheSiteWorksOverHTTPSAndPlainHTTPStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	o := edge.Options{Data: dir, SiteName: "Pune", Timezone: "Asia/Kolkata", HTTPS: edge.HTTPS{Listen: "127.0.0.1:0"}}
	site, stop := runEdge(t, o)
	testkit.Run(t, pin, "staff", "add", "--data", dir, "--name", "Meera", "--role", "admin")

	var status api.Status
	token := signIn(t, site.URL, "Meera")
	testkit.Eventually(10*time.Second, func() bool {
		get(t, site.URL+"/api/v1/status", token, &status)
		return status.HTTPS != nil
	})
	if status.HTTPS == nil {
		t.Fatal("an admin is not told of https")
	}
	code, root := page(t, http.DefaultClient, site.URL+"/trust/sangam.crt")
	if code != http.StatusOK || fmt.Sprintf("% X", sha256.Sum256([]byte(root))) != status.HTTPS.Fingerprint {
		t.Fatalf("the root is %d, %d bytes, and not of the fingerprint that an admin sees, %s", code, len(root), status.HTTPS.Fingerprint)
	}
	if _, how := page(t, http.DefaultClient, site.URL+"/trust"); !strings.Contains(how, status.HTTPS.Fingerprint) || !strings.Contains(how, site.HTTPS) {
		t.Errorf("the page does not tell fingerprint and address: %s", how)
	}
	if plain := fmt.Sprintf(":%d", status.HTTPS.PlainPort); !strings.HasSuffix(site.URL, plain) {
		t.Errorf("plain http is at %s, and %s is told", site.URL, plain)
	}

	found, _ := examine(t, "--data", dir, "--https-listen", strings.TrimPrefix(site.HTTPS, "https://"))
	mustSay(t, found, "https", control.Fine, time.Now().Add(100*24*time.Hour).UTC().Format(time.DateOnly))

	parsed, err := x509.ParseCertificate([]byte(root))
	if err != nil {
		t.Fatal(err)
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool()}
	trusted.RootCAs.AddCert(parsed)
	device := &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}
	device.Jar, _ = cookiejar.New(nil) // nil is always accepted

	if _, err := http.Get(site.HTTPS); err == nil {
		t.Error("a device that was not asked trusts the site")
	}
	for _, address := range []string{site.URL, site.HTTPS} {
		in, err := device.Post(address+"/api/v1/session?screen=desk", "application/json", strings.NewReader(`{"user":"Meera","pin":"`+pin+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		in.Body.Close()
		if over := strings.HasPrefix(address, "https"); len(in.Cookies()) != 1 || in.Cookies()[0].Secure != over || strings.HasSuffix(in.Cookies()[0].Name, "_tls") != over {
			t.Errorf("%s: %v", address, in.Cookies())
		}
	}
	// Neither sign-in took the place of the other.
	for _, address := range []string{site.URL, site.HTTPS} {
		if code, text := page(t, device, address+"/api/v1/snapshot?view=admin&screen=desk"); code != http.StatusOK {
			t.Errorf("%s: %d %s", address, code, text)
		}
	}
	at, err := url.Parse(site.HTTPS)
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{TLSClientConfig: trusted, Jar: device.Jar}
	socket, _, err := dialer.DialContext(t.Context(), "wss://"+at.Host+"/ws?view=admin&screen=desk", http.Header{"Origin": {site.HTTPS}})
	if err != nil {
		t.Fatal(err)
	}
	if _, frame, err := socket.ReadMessage(); err != nil || !strings.Contains(string(frame), `"hello"`) {
		t.Errorf("the socket says %s, %v", frame, err)
	}
	socket.Close()
	stop()

	site, stop = runEdge(t, o)
	defer stop()
	testkit.Eventually(10*time.Second, func() bool {
		code, _ = page(t, http.DefaultClient, site.URL+"/trust/sangam.crt")
		return code == http.StatusOK
	})
	if _, again := page(t, http.DefaultClient, site.URL+"/trust/sangam.crt"); again != root {
		t.Error("after a restart devices would have to trust another root")
	}
	if code, _ := page(t, device, site.HTTPS+"/healthz"); code != http.StatusOK {
		t.Errorf("after a restart a device that trusts the site gets %d", code)
	}
}

func TestWithoutHTTPSThereIsNothingToTrust(t *testing.T) {
	site, stop := runEdge(t, edge.Options{Data: t.TempDir()})
	defer stop()
	for _, path := range []string{"/trust", "/trust/sangam.crt"} {
		if code, text := page(t, http.DefaultClient, site.URL+path); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, text)
		}
	}
}

func TestHTTPSThatCannotBeServedIsRefusedAtOnce(t *testing.T) {
	for what, h := range map[string]edge.HTTPS{
		"no address":            {Listen: "8443"},
		"a key is missing":      {Listen: "127.0.0.1:0", Cert: "cert.pem"},
		"the files are missing": {Listen: "127.0.0.1:0", Cert: "cert.pem", Key: "key.pem"},
		"an address for a name": {Listen: "127.0.0.1:0", Names: []string{"192.168.1.4"}},
		"no name":               {Listen: "127.0.0.1:0", Names: []string{"box_of.ashram"}},
	} {
		err := edge.Run(context.Background(), edge.Options{Data: t.TempDir(), Listen: "127.0.0.1:0", HTTPS: h})
		if err == nil || !strings.Contains(err.Error(), "--https-") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
