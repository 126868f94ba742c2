// Package hub is the centre's node: it holds what every site has sent, acknowledges it, and serves the centre's
// dashboards live. It knows a site by the key it gave it, and each site's records in a scope of their own.
//
// It promises that what it acknowledged is on its disk, and that a site that is silent, slow, cloned or wrong is shown
// as that. It refuses to change a site's queue: the centre asks, and the site decides.
package hub

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aashram-care/sangam/internal/node"
)

// Options of a hub. Data and Listen are needed.
type Options struct {
	Data        string // directory; made when it is missing
	Listen      string // host:port of the screens and the API
	AdminListen string // host:port of metrics and health; "" serves none
	Redis       string // URL of the wire; "" is a hub that hears nobody
	Version     string

	ClinicNow   func() time.Time // the clinic's clock; nil: real time
	ClinicSpeed func() float64   // nil: 1
	Log         *slog.Logger
	// Started is told once the screens can be opened.
	Started func(Started)
	// SetupCode is told the one-time setup code while the centre has no admin.
	SetupCode func(code string)
}

// Started says where a running hub is found.
type Started struct {
	URL, Node string
	// Enrol makes a join code for a site, as sangam hub enrol does.
	Enrol func(ctx context.Context, name string) (code string, err error)
}

// Run works as the centre's node until ctx ends. A port that is taken, a directory in use, of an edge or from a newer
// version, and a Redis URL that cannot be read are errors before anything starts; a Redis that cannot be reached is
// not.
func Run(ctx context.Context, o Options) error {
	o = withDefaults(o)
	if err := o.Check(); err != nil {
		return err
	}
	listener, err := node.Listen("--listen", o.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	n, err := node.Open(node.Options{Dir: o.Data, Role: node.Hub, ClinicNow: o.ClinicNow, Log: o.Log})
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, o, n, listener), n.Close())
}

// Check tells what in the options cannot be used, by itself: it looks at no port, directory or server.
func (o Options) Check() error {
	if err := node.CheckWire(o.Redis); err != nil {
		return err
	}
	return node.CheckAddresses(o.Listen, map[string]string{"--admin-listen": o.AdminListen})
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
			o.Log.Warn("the centre has no admin yet: open its first page and enter this code", "setupCode", code)
		}
	}
	return o
}
