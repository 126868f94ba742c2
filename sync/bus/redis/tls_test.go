package redis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aashram-care/sangam/internal/testkit"
	"github.com/aashram-care/sangam/sync/bus"
)

// The certificates of the system are read once in a process, so the tests' own are put in their place before any runs.
func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "sangam-bus-")
	if err == nil {
		err = trust(dir)
	}
	if err == nil {
		err = flag.Set("test.parallel", "6") // they wait for servers, hardly ever for a processor
	}
	if err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// authority signs the certificates of servers.
var authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string
}

// trust makes the authority, and lets this process trust it.
func trust(dir string) (err error) {
	if authority.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of the tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &authority.key.PublicKey, authority.key)
	if err != nil {
		return err
	}
	if authority.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	authority.file = filepath.Join(dir, "authority.pem")
	if err := os.Setenv("SSL_CERT_FILE", authority.file); err != nil {
		return err
	}
	return writePEM(authority.file, "CERTIFICATE", der)
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// startSecured starts a server that speaks TLS at an address, with a certificate for a name or an IP.
func startSecured(t *testing.T, host string) (address string) {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: authority.cert.NotBefore, NotAfter: authority.cert.NotAfter}
	if ip := net.ParseIP(host); ip != nil {
		form.IPAddresses = []net.IP{ip}
	} else {
		form.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, authority.cert, &key.PublicKey, authority.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key")
	if err := errors.Join(writePEM(certFile, "CERTIFICATE", der), writePEM(keyFile, "EC PRIVATE KEY", secret)); err != nil {
		t.Fatal(err)
	}
	address = closedAddress(t)
	_, port, _ := net.SplitHostPort(address)
	testkit.StartRedisWithPassword(t, "secret", "tls-port "+port, "tls-cert-file "+certFile, "tls-key-file "+keyFile,
		"tls-ca-cert-file "+authority.file, "tls-auth-clients no")
	return address
}

func TestTLSCarriesAndIsLookedAfterAsAnyLine(t *testing.T) {
	t.Parallel()
	address := startSecured(t, "127.0.0.1")
	line := testkit.StartProxy(t, address)
	near, far := open(t, "rediss://:secret@"+address, quick), open(t, "rediss://:secret@"+line.Addr, attentive)
	sub := subscribe(t, far, "c")
	largest := strings.Repeat("x", bus.MaxPayload)
	if _, err := near.Publish(deadline(t), "c", []byte(largest)); err != nil {
		t.Fatal(err)
	}
	if m, err := sub.Receive(deadline(t)); err != nil || string(m.Payload) != largest {
		t.Fatalf("received %d bytes, %v", len(m.Payload), err)
	}
	line.Stall()
	if gaps := untilArrives(t, near, sub, "c"); !mentions(gaps, "went silent") {
		t.Errorf("gaps %v, want one that tells why", gaps)
	}
}

func TestCertificateOfAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	b := open(t, "rediss://:secret@"+startSecured(t, "elsewhere.example"), quick)
	_, err := b.Subscribe(deadline(t), "c")
	if !errors.Is(err, bus.ErrUnreachable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("subscribe: %v, want ErrUnreachable by the certificate", err)
	}
}
