package door

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

const (
	deviceRequested = clinic.DeviceRequested
	deviceApproved  = clinic.DeviceApproved
	pairLasts       = 30 * 24 * time.Hour // of a pair code that nobody used
	maxRequested    = 50                  // devices waiting for an admin at one time
	requestSecret   = 24                  // bytes
)

// nodeActor is the node acting for somebody who proved a right in another way: the setup code, a command of its own.
func nodeActor(role clinic.Role) clinic.Actor {
	return clinic.Actor{ID: "node", Name: "Sangam", Role: role}
}

// do runs one action of the node's own and returns its answer as JSON.
func (d *Door) do(ctx context.Context, actor clinic.Actor, kind string, data any, secret []byte) (record.ID, json.RawMessage, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return record.ID{}, nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	id := record.NewV7(d.o.Now(), rand.Reader)
	results, err := d.o.Core.Act(ctx, actor, []api.Action{{ID: id.String(), Type: kind, At: api.At(d.o.Now()).String(), Data: raw, Secret: secret}})
	if err != nil {
		return id, nil, err
	}
	if results[0].Error != nil {
		return id, nil, results[0].Error
	}
	answer, err := json.Marshal(results[0].Data)
	return id, answer, err
}

// letInDevice takes a device's wish to be let in, or answers whether it has been.
func (d *Door) letInDevice(ctx context.Context, who *caller, in *api.DeviceSignIn) (*sessionAnswer, error) {
	if in.RequestID != "" {
		return d.answerDevice(ctx, who, in.RequestID)
	}
	if in.Kind == "" || in.Name == "" {
		return nil, invalid("A device that asks to be let in gives its kind and its name.")
	}
	waiting, err := d.devicesWaiting()
	if err != nil {
		return nil, err
	}
	if waiting >= maxRequested {
		return nil, retryLater(http.StatusTooManyRequests, clinic.CodeRateLimited, "Too many devices wait to be let in. Ask an admin to look at them first.", time.Minute)
	}
	secret := make([]byte, requestSecret)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("draw a device's secret: %w", err)
	}
	id, _, err := d.do(ctx, nodeActor(""), "device.request", clinic.DeviceRequest{Kind: in.Kind, Name: in.Name}, pairHash(secret))
	if err != nil {
		return nil, err
	}
	return pending(api.DevicePending{RequestID: requestID(id, secret), Code: DeviceCode(id)}), nil
}

func pending(p api.DevicePending) *sessionAnswer {
	return &sessionAnswer{Status: http.StatusAccepted, Body: sessionBody{pending: &p}}
}

func (d *Door) devicesWaiting() (n int, err error) {
	err = d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByIndex(tx, d.o.Staff.Scope, clinic.KindDevice, "state", []record.Value{record.Text(deviceRequested)}, func(record.Record) (bool, error) {
			n++
			return n < maxRequested, nil
		})
	})
	return n, err
}

// A request's id is the device's and a secret: others know the first, which is an ordinary record's.
func requestID(device record.ID, secret []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(device[:], secret...))
}

func readRequestID(text string) (device record.ID, secret []byte, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != len(device)+requestSecret {
		return device, nil, false
	}
	copy(device[:], b)
	return device, b[len(device):], true
}

// pairHash is what a credential keeps of a device's secret.
func pairHash(secret []byte) []byte {
	hash := hashOf("pair\x00" + string(secret))
	return []byte("sha256:" + hex.EncodeToString(hash[:]))
}

func (d *Door) answerDevice(ctx context.Context, who *caller, requested string) (*sessionAnswer, error) {
	unknown := refuse(http.StatusNotFound, clinic.CodeNotFound, "This request is not known (any more). Ask to be let in again.")
	id, secret, ok := readRequestID(requested)
	if !ok {
		return nil, unknown
	}
	var device record.Record
	var hash string
	err := d.o.Core.View(func(tx feed.Tx) (err error) {
		if device, _, ok, err = feed.Load(tx, d.o.Staff.Scope, record.Key{Kind: clinic.KindDevice, ID: id}); err == nil && ok {
			hash, err = d.credentialOf(tx, id, "pair")
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !ok, subtle.ConstantTimeCompare([]byte(hash), pairHash(secret)) != 1:
		return nil, unknown
	case device.Get("state").Text() == deviceRequested:
		return pending(api.DevicePending{RequestID: requested, Code: DeviceCode(id)}), nil
	case deviceRights(&device) == nil:
		return nil, forbidden("This device was not let in.")
	}
	return d.pairedSession(ctx, who, id, hash)
}

// pairedSession starts a device's session and uses up its secret in one transaction: of two who know it, one gets in.
func (d *Door) pairedSession(ctx context.Context, who *caller, device record.ID, hash string) (*sessionAnswer, error) {
	return d.newSession(ctx, who, record.Key{Kind: clinic.KindDevice, ID: device}, d.o.Staff.Scope, func(w Writer) error {
		have, err := d.credentialOf(w.Tx(), device, "pair")
		if err != nil {
			return err
		}
		if have != hash {
			return refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "This code was used already.")
		}
		_, err = w.Edit(d.o.Local, record.Edit{Kind: clinic.KindCredential, ID: clinic.CredentialID(device), Set: map[string]record.Value{"hash": record.Null()}})
		return err
	})
}

// PairDevice prepares a device, for an admin or the node itself, and returns the code that it signs in with, once.
func (d *Door) PairDevice(ctx context.Context, actor clinic.Actor, kind, name string) (code string, device record.ID, err error) {
	code = newCode()
	device, _, err = d.do(ctx, actor, "device.request", clinic.DeviceRequest{Kind: kind, Name: name}, pairHash([]byte(plainCode(code))))
	if err != nil {
		return "", device, fmt.Errorf("prepare %s: %w", kind, err)
	}
	if _, _, err := d.do(ctx, actor, "device.approve", clinic.DeviceApprove{Device: device}, nil); err != nil {
		return "", device, fmt.Errorf("let %s in: %w", kind, err)
	}
	return code, device, nil
}

// prepareDevice is PairDevice for an admin's screen. It is no action: an answer is kept with its action, and this one
// holds a secret.
func (d *Door) prepareDevice(ctx context.Context, in *struct{ Body api.DevicePrepare }) (*struct{ Body api.DevicePrepared }, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	ask := in.Body
	if isNew := ask.Kind != "" && ask.Name != ""; isNew == (ask.Device != "") {
		return nil, invalid("Give the kind and the name of a new device, or the id of one that was let in before.")
	}
	expires := d.o.Now().Add(pairLasts)
	var code string
	var device record.ID
	if ask.Device != "" {
		code, device, err = d.pairAgain(ctx, ask.Device)
	} else {
		code, device, err = d.PairDevice(ctx, s.rights().actor, ask.Kind, ask.Name)
	}
	if err != nil {
		return nil, d.Answer(err)
	}
	return &struct{ Body api.DevicePrepared }{api.DevicePrepared{Device: device.String(), Code: code, ExpiresAt: api.At(expires)}}, nil
}

// pairAgain gives a device that is let in another code, in the place of one that nobody used.
func (d *Door) pairAgain(ctx context.Context, text string) (code string, id record.ID, err error) {
	if id, err = record.ParseID(text); err != nil {
		return "", id, invalid("The id of a device is a UUID.")
	}
	code = newCode()
	err = d.o.Write(ctx, func(w Writer) error {
		device, _, known, err := feed.Load(w.Tx(), d.o.Staff.Scope, record.Key{Kind: clinic.KindDevice, ID: id})
		switch {
		case err != nil:
			return err
		case !known:
			return refuse(http.StatusNotFound, clinic.CodeNotFound, "There is no such device.")
		case deviceRights(&device) == nil:
			return refuse(http.StatusConflict, clinic.CodeNotAllowed, "This device is not let in. Let it ask again.")
		}
		_, err = w.Edit(d.o.Local, record.Edit{Kind: clinic.KindCredential, ID: clinic.CredentialID(id), Set: map[string]record.Value{
			"owner": record.IDValue(id), "kind": record.Text("pair"), "hash": record.Bytes(pairHash([]byte(plainCode(code)))), "setAt": record.TimeValue(d.o.Now()),
		}})
		return err
	})
	return code, id, err
}

// letInPaired looks through the few credentials that are pair codes; none is stored so that it could be looked up.
func (d *Door) letInPaired(ctx context.Context, who *caller, code string) (*sessionAnswer, error) {
	try := attempt{"pair", who.address}
	if wait := d.lockout.begin(try); wait > 0 {
		return nil, retryLater(http.StatusTooManyRequests, clinic.CodeLockedOut, "Too many wrong codes. Wait a little, then try again.", wait)
	}
	want := pairHash([]byte(plainCode(code)))
	var device record.ID
	err := d.o.Core.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, d.o.Local, clinic.KindCredential, func(r record.Record) (bool, error) {
			fresh := d.o.Now().Sub(r.Get("setAt").Time()) < pairLasts
			if r.Get("kind").Text() == "pair" && fresh && subtle.ConstantTimeCompare(r.Get("hash").Bytes(), want) == 1 {
				device = r.Get("owner").ID()
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	if device.IsZero() {
		return nil, refuse(http.StatusUnauthorized, clinic.CodeUnauthenticated, "This code is wrong, or was used already.")
	}
	d.lockout.right(try)
	return d.pairedSession(ctx, who, device, string(want))
}
