package edge

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aashram-care/sangam/internal/ca"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// HTTPS says how screens are reached over https besides plain http. Browsers keep from plain http what a few screens
// are better with: starting without the box, a microphone, a camera.
type HTTPS struct {
	Listen string   // host:port; "" serves none
	Names  []string // of the box besides its host name and local ones, for the site's own authority
	Cert   string   // file of a certificate that the operator brings, PEM; "": the site is its own authority
	Key    string   // file of its key, PEM
}

func (h HTTPS) check() error {
	if (h.Cert == "") != (h.Key == "") {
		return fmt.Errorf("%w: --https-cert and --https-key go together", node.ErrUsage)
	}
	for _, name := range h.Names {
		if !isHostName(name) {
			return fmt.Errorf("%w: --https-name: %q is no name such as box.ashram.example", node.ErrUsage, name)
		}
	}
	return nil
}

// isHostName reports whether a name can be typed into a browser (RFC 1123, section 2.1); an address needs no naming.
func isHostName(name string) bool {
	if len(name) > 253 || net.ParseIP(name) != nil {
		return false
	}
	for _, label := range strings.Split(strings.ToLower(name), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

// serveHTTPS serves the same screens and API over https until ctx ends. plain is where phones find them without it.
func (s *site) serveHTTPS(listener, plain net.Listener) func(context.Context) error {
	return func(ctx context.Context) error {
		told := door.HTTPS{Port: portOf(listener), PlainPort: portOf(plain)}
		var config *tls.Config
		if s.o.HTTPS.Cert != "" {
			var err error
			if config, err = ca.Brought(s.o.HTTPS.Cert, s.o.HTTPS.Key, s.o.Log); err != nil {
				return fmt.Errorf("%w: --https-cert: %w", node.ErrUsage, err)
			}
		} else {
			authority, err := s.authority(ctx)
			if err != nil {
				return err
			}
			config, told.Root, told.Fingerprint = ca.Own(authority, time.Now), authority.Root(), authority.Fingerprint()
		}
		s.https.Store(&told)
		return node.Serve(ctx, tls.NewListener(listener, config), s.door, s.o.Log)
	}
}

// authority is the site's own, made at its first start with https and kept with the node's keys, which backups hold.
func (s *site) authority(ctx context.Context) (*ca.Authority, error) {
	id := record.Derive("site authority")
	names := s.o.HTTPS.Names
	if host, err := os.Hostname(); err == nil && isHostName(host) {
		names = append(slices.Clone(names), host)
	}
	var authority *ca.Authority
	err := s.node.Committer.Write(ctx, func(w *commit.Writer) error {
		kept, _, known, err := feed.Load(w.Tx(), s.node.Local, record.Key{Kind: clinic.KindKey, ID: id})
		if err != nil {
			return err
		}
		if known {
			authority, err = ca.Load(kept.Get("certificate").Bytes(), kept.Get("secret").Bytes())
			return err
		}
		title := strings.TrimSpace("Sangam " + s.name())
		if authority, err = ca.New(title, names, time.Now()); err != nil {
			return err
		}
		root, secret, err := authority.Save()
		if err != nil {
			return err
		}
		_, err = w.Edit(s.node.Local, record.Edit{Kind: clinic.KindKey, ID: id, Set: map[string]record.Value{
			"purpose": record.Text("authority"), "certificate": record.Bytes(root), "secret": record.Bytes(secret), "keptAt": record.TimeValue(time.Now()),
		}})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the site's certificates: %w", err)
	}
	for _, name := range names {
		if !authority.Covers(name) {
			s.o.Log.Warn("devices that trust this site do not trust it under this name, which it did not have at first: use another, or bring a certificate (--https-cert)", "name", name)
		}
	}
	return authority, nil
}

func portOf(l net.Listener) int {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(port) // of a listener it is a number
	return n
}
