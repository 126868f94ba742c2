package ca

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// mostLeaves bounds what strangers can make us keep by asking for ever new names.
const mostLeaves = 64

// Own answers handshakes with certificates of a site's own authority, one for each name or address that the box is
// called by, made when it is first asked for and made anew long before it ends.
func Own(a *Authority, now func() time.Time) *tls.Config {
	o := &own{authority: a, now: now, leaves: map[string]*tls.Certificate{}}
	return config(o.certificate)
}

type own struct {
	authority *Authority
	now       func() time.Time

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

func (o *own) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if name == "" || !o.authority.Covers(name) {
		host, _, err := net.SplitHostPort(hello.Conn.LocalAddr().String())
		if err != nil {
			return nil, err
		}
		address, _, _ := strings.Cut(host, "%") // an interface's name
		if !o.authority.Covers(address) {
			return nil, fmt.Errorf("devices do not trust this site's certificates for %q", cmp.Or(name, address))
		}
		name = address
	}
	now := o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	if leaf := o.leaves[name]; leaf != nil && now.After(leaf.Leaf.NotBefore) && leaf.Leaf.NotAfter.Sub(now) > leafAnew {
		return leaf, nil
	}
	if len(o.leaves) >= mostLeaves {
		clear(o.leaves)
	}
	leaf, err := o.authority.Issue(name, now)
	if err == nil {
		o.leaves[name] = leaf
	}
	return leaf, err
}

// Brought answers handshakes with a certificate that the operator brought, in PEM, and takes over a renewed one
// within a minute; one that cannot be read is told to the log, and the one before stays.
func Brought(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	b := &brought{certFile: certFile, keyFile: keyFile, log: log}
	if err := b.read(); err != nil {
		return nil, err
	}
	return config(b.certificate), nil
}

const lookAgain = time.Minute

type brought struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // of the file that was read
	looked  time.Time
}

func (b *brought) read() error {
	b.looked = time.Now()
	about, err := os.Stat(b.certFile)
	if err != nil || about.ModTime().Equal(b.changed) {
		return err
	}
	pair, err := tls.LoadX509KeyPair(b.certFile, b.keyFile)
	if err != nil {
		return fmt.Errorf("read certificate and key: %w", err)
	}
	b.current, b.changed = &pair, about.ModTime()
	return nil
}

func (b *brought) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.looked) > lookAgain {
		if err := b.read(); err != nil {
			b.log.Warn("the certificate cannot be read again; the one before is used", "file", b.certFile, "err", err)
		}
	}
	return b.current, nil
}

func config(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: certificate,
		NextProtos: []string{"http/1.1"}, // sockets need it, and a LAN gains nothing from another
	}
}
