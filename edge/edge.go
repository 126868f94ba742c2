// Package edge is a site's node: the store, the committer, the door and the screens of one ashram, and its end of
// the link to the centre.
//
// It promises that a site works alone: nothing a person on the floor does waits for Redis or the hub, and a line that
// was never there, is gone or comes back changes only what the status says. It refuses to know what the hub serves.
package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/control"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// Options of an edge. Data and Listen are needed.
type Options struct {
	Data        string // directory; made when it is missing
	Listen      string // host:port of the screens and the API
	HTTPS       HTTPS
	AdminListen string // host:port of metrics and health; "" serves none
	Redis       string // URL of the wire; "" is a site with no line
	Join        string // join code, until the site is enrolled
	SiteName    string // fills an empty setting
	Timezone    string // fills an empty setting
	Version     string
	// BackupRecipients are public keys of age: an admin may download backups that are locked for them, and so are archives.
	BackupRecipients []string
	Archive          string // folder of the archives of what is emptied; "" keeps none

	ClinicNow   func() time.Time // the clinic's clock; nil: real time
	ClinicSpeed func() float64   // nil: 1
	Log         *slog.Logger
	// Started is told once the screens can be opened.
	Started func(Started)
	// SetupCode is told the one-time setup code while the site has no admin.
	SetupCode func(code string)
}

// Started says where a running edge is found.
type Started struct {
	URL, Node string
	HTTPS     string // address of the screens over https; "": not served
	Site      record.ID
	// Pair prepares a device of a kind (kiosk, board) as the site's admin and returns the code that lets it in, once.
	Pair func(ctx context.Context, kind, name string) (code string, err error)
}

// Run works as a site's node until ctx ends; what is acknowledged by then is on disk. A port that is taken, a
// directory in use, of a hub or from a newer version, a Redis URL or a join code that cannot be read are errors
// before anything starts; a Redis or hub that cannot be reached is not.
func Run(ctx context.Context, o Options) error {
	o = withDefaults(o)
	if err := o.Check(); err != nil {
		return err
	}
	code, err := readJoin(o.Join)
	if err != nil {
		return err
	}
	listener, err := node.Listen("--listen", o.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	var secure net.Listener
	if o.HTTPS.Listen != "" {
		if secure, err = node.Listen("--https-listen", o.HTTPS.Listen); err != nil {
			return err
		}
		defer secure.Close()
	}
	n, err := node.Open(node.Options{Dir: o.Data, Role: node.Edge, Site: siteOf(code), ClinicNow: o.ClinicNow, Log: o.Log})
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, o, n, code, listener, secure), n.Close())
}

// Check tells what in the options cannot be used, by itself: it looks at no port, directory or server.
func (o Options) Check() error {
	_, err := readJoin(o.Join)
	if err == nil {
		err = node.CheckWire(o.Redis)
	}
	if err == nil {
		err = node.CheckAddresses(o.Listen, map[string]string{"--https-listen": o.HTTPS.Listen, "--admin-listen": o.AdminListen})
	}
	if err == nil {
		err = o.HTTPS.check()
	}
	if err == nil {
		_, err = o.recipients()
	}
	for _, given := range o.settings() {
		if err == nil && given.value != "" {
			if _, wrong := clinic.SettingEdit(given.name, given.value); wrong != nil {
				err = fmt.Errorf("%w: %w", node.ErrUsage, wrong)
			}
		}
	}
	return err
}

func (o Options) recipients() ([]age.Recipient, error) {
	to, err := control.Recipients(o.BackupRecipients, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: --backup-recipient: %w", node.ErrUsage, err)
	case o.Archive != "" && len(to) == 0:
		return nil, fmt.Errorf("%w: --archive needs a public key of age (--backup-recipient)", node.ErrUsage)
	}
	return to, nil
}

// ofSite is a setting of the site that a flag fills while it is empty.
type ofSite struct{ name, value string }

func (o Options) settings() []ofSite {
	return []ofSite{{"name", o.SiteName}, {"timezone", o.Timezone}}
}

func withDefaults(o Options) Options {
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.ClinicNow == nil {
		o.ClinicNow = time.Now
	}
	if o.ClinicSpeed == nil {
		o.ClinicSpeed = func() float64 { return 1 }
	}
	if o.Started == nil {
		o.Started = func(Started) {}
	}
	if o.SetupCode == nil {
		o.SetupCode = func(code string) {
			o.Log.Warn("this site has no admin yet: open its first page and enter this code", "setupCode", code)
		}
	}
	return o
}

// readJoin reads a join code; nil: none was given.
func readJoin(text string) (*seal.Join, error) {
	if text == "" {
		return nil, nil
	}
	code, err := seal.ParseJoin(text)
	if err != nil {
		return nil, fmt.Errorf("%w: --join: %w", node.ErrUsage, err)
	}
	return &code, nil
}

func siteOf(code *seal.Join) record.ID {
	if code == nil {
		return record.ID{}
	}
	return record.ID(code.Site)
}
