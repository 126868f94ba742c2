package ca

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

func made(t *testing.T, names ...string) *Authority {
	t.Helper()
	a, err := New("Sangam Pune", names, day)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// trusts reports what a device says that trusts the authority, when a server shows it a certificate for name.
func trusts(t *testing.T, a *Authority, c *tls.Certificate, name string, at time.Time) error {
	t.Helper()
	pool := x509.NewCertPool()
	root, err := x509.ParseCertificate(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(root)
	_, err = c.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name, CurrentTime: at})
	return err
}

func TestDevicesTrustItForTheBoxAndForNothingElse(t *testing.T) {
	a := made(t, "box", "Box.Ashram.example")
	for name, trusted := range map[string]bool{
		"sangam.local": true, "localhost": true, "box": true, "box.ashram.example": true, "kiosk.box.ashram.example": true,
		"192.168.1.20": true, "10.0.0.7": true, "172.31.255.1": true, "127.0.0.1": true, "::1": true, "fe80::1": true, "fd00::5": true,
		"bank.example": false, "ashram.example": false, "notlocal": false, "box.local.evil.example": false,
		"8.8.8.8": false, "172.32.0.1": false, "2001:db8::1": false,
	} {
		// Whoever stole the key would not ask Covers.
		leaf, err := a.Issue(name, day)
		if err != nil {
			t.Fatal(err)
		}
		if err := trusts(t, a, leaf, name, day); (err == nil) != trusted {
			t.Errorf("%s: a device says %v", name, err)
		}
		if a.Covers(name) != trusted {
			t.Errorf("Covers(%q) = %v", name, !trusted)
		}
	}
}

func TestAClockThatIsWrongMakesNoRootThatEnds(t *testing.T) {
	a, err := New("Sangam", nil, time.Unix(0, 0)) // a box without a battery, on its first day
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := a.Issue("sangam.local", day)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{day.Add(-time.Hour), day.Add(99 * 24 * time.Hour)} {
		if err := trusts(t, a, leaf, "sangam.local", at); err != nil {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

func TestWhatWasSavedIsTheSameAuthority(t *testing.T) {
	a := made(t)
	root, key, err := a.Save()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(root, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := again.Issue("sangam.local", day)
	if err != nil {
		t.Fatal(err)
	}
	if err := trusts(t, a, leaf, "sangam.local", day); err != nil {
		t.Error(err)
	}
	if a.Fingerprint() != again.Fingerprint() || len(a.Fingerprint()) != 32*3-1 {
		t.Errorf("fingerprints %q and %q", a.Fingerprint(), again.Fingerprint())
	}
	_, other, err := made(t).Save()
	if err != nil {
		t.Fatal(err)
	}
	for what, parts := range map[string][2][]byte{
		"a key of another root": {root, other}, "no root": {nil, key}, "no key": {root, nil}, "half a root": {root[:len(root)/2], key},
	} {
		if _, err := Load(parts[0], parts[1]); err == nil {
			t.Errorf("%s is loaded", what)
		}
	}
}

// handshake returns the certificate that a device which asks for name is shown.
func handshake(t *testing.T, config *tls.Config, name string) (*x509.Certificate, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if conn, err := l.Accept(); err == nil {
			_ = tls.Server(conn, config).Handshake()
			conn.Close()
		}
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	conn := tls.Client(raw, &tls.Config{ServerName: name, InsecureSkipVerify: true}) // what is shown is judged by the caller
	err = conn.Handshake()
	<-served
	if err != nil {
		return nil, err
	}
	return conn.ConnectionState().PeerCertificates[0], nil
}

func TestEachNameGetsACertificateThatIsMadeAnewInTime(t *testing.T) {
	a, now := made(t), day
	config := Own(a, func() time.Time { return now })
	shown := func(name string) *x509.Certificate {
		t.Helper()
		leaf, err := handshake(t, config, name)
		if err != nil {
			t.Fatal(err)
		}
		return leaf
	}
	first := shown("Sangam.local")
	if err := trusts(t, a, &tls.Certificate{Leaf: first}, "sangam.local", now); err != nil {
		t.Error(err)
	}
	// Names that no device trusts it for are answered as the address that was dialled.
	for _, name := range []string{"", "bank.example"} {
		if err := trusts(t, a, &tls.Certificate{Leaf: shown(name)}, "127.0.0.1", now); err != nil {
			t.Errorf("asked for %q: %v", name, err)
		}
	}
	now = day.Add(39 * 24 * time.Hour)
	if !shown("sangam.local").Equal(first) {
		t.Error("another certificate while 61 days are left")
	}
	now = day.Add(41 * 24 * time.Hour)
	next := shown("sangam.local")
	if next.Equal(first) {
		t.Error("the same certificate while 59 days are left")
	}
	now = day.Add(-30 * 24 * time.Hour) // the clock was set back
	if err := trusts(t, a, &tls.Certificate{Leaf: shown("sangam.local")}, "sangam.local", now); err != nil {
		t.Error(err)
	}
}

func TestManyNamesAreNotAllKept(t *testing.T) {
	o := &own{authority: made(t), now: func() time.Time { return day }, leaves: map[string]*tls.Certificate{}}
	for i := range 3 * mostLeaves {
		hello := &tls.ClientHelloInfo{ServerName: string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".local"}
		if _, err := o.certificate(hello); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.leaves) > mostLeaves {
		t.Errorf("%d certificates are kept", len(o.leaves))
	}
}
