// Package ca is a site's own certificate authority: what makes browsers in the ashram trust the box, without anybody
// on the internet.
//
// It promises that whoever trusts it trusts it for local names, for the box's own and for addresses of private
// networks, and for nothing else in the world (critical name constraints, RFC 5280, 4.2.1.10), and that certificates
// are renewed by themselves, with no line. It refuses to know where its key is kept.
package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	rootLasts = 20 * 365 * 24 * time.Hour
	// leafLasts is how far behind the clock of a box may be before browsers find its certificate expired.
	leafLasts = 100 * 24 * time.Hour
	leafAnew  = 60 * 24 * time.Hour // when no more is left, the next one is made
	skew      = 48 * time.Hour      // how far ahead
)

// epoch is before any box of ours was made: on its first day the clock of a box may be wrong by decades.
var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// localNames end names that exist in private networks only: RFC 6762, 6761 and 8375, ICANN's "internal", and "lan",
// which routers use.
var localNames = []string{"local", "localhost", "home.arpa", "internal", "lan"}

// privateNets are carried by no router of the internet: RFC 1918, 3927, 4193, 4291, 6598, and loopback.
var privateNets = []string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
	"fc00::/7", "fe80::/10", "::1/128",
}

// Authority is a root certificate and its key.
type Authority struct {
	root *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes an authority for local names and for those that the box has besides. People read title in the list of
// what they trust.
func New(title string, names []string, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of the site's certificates: %w", err)
	}
	permitted := slices.Clone(localNames)
	for _, name := range names {
		if name = strings.ToLower(name); !within(permitted, name) {
			permitted = append(permitted, name)
		}
	}
	root := &x509.Certificate{
		Subject:   pkix.Name{CommonName: title, Organization: []string{"Sangam"}},
		NotBefore: epoch, NotAfter: later(now, epoch).Add(rootLasts),
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: permitted,
	}
	for _, text := range privateNets {
		_, ipNet, err := net.ParseCIDR(text)
		if err != nil {
			return nil, err
		}
		root.PermittedIPRanges = append(root.PermittedIPRanges, ipNet)
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make the site's root certificate: %w", err)
	}
	return open(der, key)
}

// Load reads what Save gave.
func Load(root, key []byte) (*Authority, error) {
	private, err := x509.ParseECPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("read the key of the site's certificates: %w", err)
	}
	return open(root, private)
}

func open(der []byte, key *ecdsa.PrivateKey) (*Authority, error) {
	root, err := x509.ParseCertificate(der)
	if err == nil && !key.PublicKey.Equal(root.PublicKey) {
		err = errors.New("it is of another key")
	}
	if err != nil {
		return nil, fmt.Errorf("read the site's root certificate: %w", err)
	}
	return &Authority{root, key}, nil
}

// Save gives root and key in DER. Whoever has the key can pretend, in a private network, to be this box.
func (a *Authority) Save() (root, key []byte, err error) {
	key, err = x509.MarshalECPrivateKey(a.key)
	return a.root.Raw, key, err
}

// Root is what devices are to trust, in DER.
func (a *Authority) Root() []byte { return a.root.Raw }

// Fingerprint is the SHA-256 of the root as systems show it: pairs of hex digits with spaces between.
func (a *Authority) Fingerprint() string { return fmt.Sprintf("% X", sha256.Sum256(a.root.Raw)) }

// Covers reports whether devices trust the authority for a name or an IP address.
func (a *Authority) Covers(name string) bool {
	if ip := net.ParseIP(name); ip != nil {
		return slices.ContainsFunc(a.root.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
	}
	return within(a.root.PermittedDNSDomains, name)
}

// within reports whether a name is one of these, or ends in one after a dot.
func within(domains []string, name string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return name == d || strings.HasSuffix(name, "."+d) })
}

// Issue makes a certificate for one name or IP address, with a key of its own that is kept nowhere.
func (a *Authority) Issue(name string, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key for %s: %w", name, err)
	}
	leaf := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Sangam"},
		NotBefore: later(now.Add(-skew), epoch), NotAfter: later(now, epoch).Add(leafLasts),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.root, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate for %s: %w", name, err)
	}
	if leaf, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make a certificate for %s: %w", name, err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
