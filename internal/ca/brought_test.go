package ca

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// bring writes a certificate for name as an operator would.
func bring(t *testing.T, certFile, keyFile, name string, at time.Time) {
	t.Helper()
	leaf, err := made(t).Issue(name, day)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		keyFile:  {Type: "PRIVATE KEY", Bytes: key},
		certFile: {Type: "CERTIFICATE", Bytes: leaf.Certificate[0]},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(certFile, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestACertificateThatIsBroughtIsTakenOverWhenItIsRenewed(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := Brought(cert, key, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("files that are not there are accepted")
	}
	synctest.Test(t, func(t *testing.T) {
		bring(t, cert, key, "one.example", day)
		config, err := Brought(cert, key, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		shows := func(name string) {
			t.Helper()
			shown, err := config.GetCertificate(&tls.ClientHelloInfo{})
			if err != nil || shown.Leaf.DNSNames[0] != name {
				t.Errorf("%v, %v; want %s", shown.Leaf.DNSNames, err, name)
			}
		}
		shows("one.example")
		time.Sleep(2 * lookAgain)
		if err := os.WriteFile(cert, []byte("half a file"), 0o600); err != nil {
			t.Fatal(err)
		}
		shows("one.example")
		time.Sleep(2 * lookAgain)
		bring(t, cert, key, "two.example", day.Add(time.Hour))
		shows("two.example")
	})
}
