package control

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/commit/ledger"
	"github.com/aashram-care/sangam/internal/node"
)

// tokens tells of the file that keeps numbers from being given twice; a centre gives none.
func (d Doctor) tokens() []Finding {
	if role, err := node.RoleOf(d.Dir); err != nil || role != node.Edge {
		return nil
	}
	const about = "tokens"
	own, day, err := ledger.Look(filepath.Join(d.Dir, node.TokensFile), ledger.Machine())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{note(about, "The file tokens is missing.", "Nothing: the next start begins another series of tokens (A2-001), so that none is given twice.")}
	case err != nil:
		return []Finding{wrong(about, "The file tokens cannot be read: "+sentence(err), "Run this as root; if the node itself cannot read it: chown it to the node's user.")}
	case !own:
		return []Finding{note(about, "The file tokens is of another machine.", "Nothing: the next start begins another series of tokens (A2-001). If that machine still runs, switch one of the two off.")}
	case day > d.Now().AddDate(0, 0, 1).UTC().Format(time.DateOnly):
		return []Finding{wrong("clock", "Tokens were given for "+day+", and the clock says "+d.Now().Format(time.DateOnly)+": no token is given until the clock is right.", "Set the clock: timedatectl set-time, or timedatectl set-ntp true with a network.")}
	}
	return []Finding{fine(about, "The file tokens is this machine's.")}
}

// before is a day on which this program did not exist yet.
var before = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (d Doctor) clock() []Finding {
	now := d.Now()
	const about, do = "clock", "Set the clock: timedatectl set-time, or timedatectl set-ntp true with a network. A box without a clock battery forgets it when it is switched off."
	if now.Before(before) {
		return []Finding{wrong(about, "The clock is in the past: "+now.Format(time.DateTime)+".", do)}
	}
	if !keptByNetwork() {
		return []Finding{note(about, "The clock says "+now.Format(time.DateTime)+", and no time server keeps it.", "Compare it with a watch; with a network: timedatectl set-ntp true.")}
	}
	return []Finding{fine(about, "%s, kept by a time server.", now.Format(time.DateTime))}
}

// ports looks who listens where the node should.
func (d Doctor) ports(ctx context.Context, running bool) (found []Finding) {
	for _, p := range []port{
		{"--listen", "http", d.Listen, "/api/v1/status"}, {"--https-listen", "https", d.HTTPSListen, "/api/v1/status"},
		{"--admin-listen", "http", d.AdminListen, "/healthz"},
	} {
		if p.address == "" {
			continue
		}
		if running {
			found = append(found, d.answers(ctx, p))
		} else {
			found = append(found, free(p.flag, p.address))
		}
	}
	return found
}

// port is an address of the node, the flag that names it, and where the node answers.
type port struct{ flag, scheme, address, path string }

func free(flag, address string) Finding {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return wrong("port", "Another program listens at "+address+".", "Find it with ss -ltnp and stop it, or give the node another address with "+flag+".")
	case errors.Is(err, syscall.EACCES):
		return note("port", "This user may not listen at "+address+".", "Ports below 1024 need root, or the unit file of deploy/systemd, which allows it.")
	case err != nil:
		return wrong("port", "Nobody can listen at "+address+": "+sentence(err), "Correct "+flag+".")
	}
	_ = l.Close() // it was only tried
	return fine("port", "%s is free.", address)
}

// whateverCertificate asks the node over https as who does not trust it yet.
var whateverCertificate = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}

func (d Doctor) answers(ctx context.Context, p port) Finding {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	flag, address := p.flag, p.address
	host, number, err := net.SplitHostPort(address)
	if err != nil {
		return wrong("port", address+" is no address: "+sentence(err), "Correct "+flag+".")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.scheme+"://"+net.JoinHostPort(host, number)+p.path, nil)
	if err != nil {
		return wrong("port", address+" is no address: "+sentence(err), "Correct "+flag+".")
	}
	res, err := whateverCertificate.Do(req)
	if err != nil {
		return wrong("port", "The node runs, and nobody answers at "+address+": "+sentence(err), "Compare "+flag+" with the settings of the node; look at its log.")
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	var status api.Status
	if err != nil || res.StatusCode != http.StatusOK || p.path == "/api/v1/status" && (json.Unmarshal(text, &status) != nil || status.Node == "") {
		return wrong("port", fmt.Sprintf("Somebody else answers at %s (%s).", address, res.Status), "Find it with ss -ltnp; compare "+flag+" with the settings of the node.")
	}
	if res.TLS == nil {
		return fine("port", "The node answers at %s.", address)
	}
	until := res.TLS.PeerCertificates[0].NotAfter
	says := fmt.Sprintf("The node answers at %s over https, with a certificate until %s.", address, until.Format(time.DateOnly))
	switch left := until.Sub(d.Now()); {
	case left < 0:
		return wrong("https", says, "Renew the files of --https-cert and --https-key; they are taken over within a minute. The site's own are made anew by themselves: look at the clock.")
	case left < soonOver:
		return note("https", says, "Renew the files of --https-cert and --https-key.")
	}
	return fine("https", "%s", says)
}

// soonOver is how long before its end a certificate should have been renewed.
const soonOver = 7 * 24 * time.Hour

// archives looks for those of what a site empties. Whether they are sound, only their key tells: sangam archive check.
func (d Doctor) archives() []Finding {
	if d.Archive == "" {
		return nil
	}
	const about = "archives"
	folder, err := os.Stat(d.Archive)
	files, _ := filepath.Glob(filepath.Join(d.Archive, ArchiveFiles)) // the pattern is sound
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{note(about, "The folder "+d.Archive+" is not there.", "Nothing if there was no archive yet: the first one makes it. Otherwise mount its disk.")}
	case err != nil:
		return []Finding{wrong(about, "The folder cannot be looked at: "+sentence(err), "Correct --archive, or run this as root.")}
	case !folder.IsDir():
		return []Finding{wrong(about, d.Archive+" is no folder, so nothing can be emptied.", "Correct --archive.")}
	case len(files) == 0:
		return []Finding{fine(about, "None yet in %s.", d.Archive)}
	}
	months := map[string]bool{}
	for _, file := range files {
		months[strings.TrimPrefix(filepath.Base(file), "archive-")[:len("2006-01")]] = true
	}
	return []Finding{fine(about, "%d in %s, of %s.", len(files), d.Archive, strings.Join(slices.Sorted(maps.Keys(months)), ", "))}
}

// redis asks the wire's server, as the node would.
func (d Doctor) redis(ctx context.Context) []Finding {
	if d.Redis == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	says, err := node.AskWire(ctx, d.Redis)
	switch {
	case errors.Is(err, node.ErrUsage):
		return []Finding{wrong("redis", sentence(err), "Correct the URL; the node does not start with it.")}
	case err != nil:
		return []Finding{wrong("redis", "It cannot be used: "+sentence(err), "The node works without it, and catches up by itself once it is back.")}
	}
	return []Finding{fine("redis", "%s", says)}
}
