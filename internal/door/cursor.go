package door

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"

	"github.com/aashram-care/sangam/sync/feed"
)

const (
	cursorVersion = 1
	audienceBytes = 12
	cursorMAC     = 16
	maxCursor     = 512 // characters
)

// place is where a reader of an audience stands: the service-day it looks at, and one feed cursor per scope, in the
// order of the audience's scopes.
type place struct {
	day string
	at  []feed.Cursor
}

// Errors of a cursor that cannot be used; the reader takes a new snapshot. The texts are what `reset` says.
var (
	errCursorForeign = errors.New("other_audience")
	errCursorBroken  = errors.New("unreadable_cursor")
)

// cursors writes and reads what browsers keep: opaque, bound to the audience, sealed with the node's key so that
// nobody can make one up.
type cursors struct{ key []byte }

func newCursors(key []byte) *cursors { return &cursors{key: key} }

// write is deterministic: one place of one audience has one text.
func (c *cursors) write(ask Ask, audience string, p place) string {
	name := sha256.Sum256([]byte(audience))
	b := make([]byte, 0, 5+len(ask.View)+len(ask.Site)+len(p.day)+audienceBytes+len(p.at)*48+cursorMAC)
	b = append(b, cursorVersion, byte(len(p.at)))
	for _, text := range []string{ask.View, ask.Site, p.day} {
		b = append(append(b, byte(len(text))), text...)
	}
	b = append(b, name[:audienceBytes]...)
	for _, at := range p.at {
		b = append(b, at.Timeline[:]...)
		b = binary.AppendUvarint(b, uint64(at.Seq))
		b = binary.AppendUvarint(b, uint64(at.Seen))
		b = binary.AppendUvarint(b, uint64(at.Safe))
	}
	return base64.RawURLEncoding.EncodeToString(append(b, c.mac(b)...))
}

// opened is a cursor that this node wrote.
type opened struct {
	view, site, day string
	audience        string // the first bytes of the audience's hash
	scopes          int
	places          []byte
}

// open checks that the node wrote a text, and says for which view and site.
func (c *cursors) open(text string) (opened, error) {
	if len(text) > maxCursor {
		return opened{}, errCursorBroken
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 2+cursorMAC {
		return opened{}, errCursorBroken
	}
	body, mac := b[:len(b)-cursorMAC], b[len(b)-cursorMAC:]
	if !hmac.Equal(mac, c.mac(body)) || body[0] != cursorVersion {
		return opened{}, errCursorBroken
	}
	o, rest := opened{scopes: int(body[1])}, body[2:]
	for _, field := range []*string{&o.view, &o.site, &o.day} {
		if len(rest) == 0 || len(rest) < 1+int(rest[0]) {
			return opened{}, errCursorBroken
		}
		*field, rest = string(rest[1:1+int(rest[0])]), rest[1+int(rest[0]):]
	}
	if len(rest) < audienceBytes {
		return opened{}, errCursorBroken
	}
	o.audience, o.places = string(rest[:audienceBytes]), rest[audienceBytes:]
	return o, nil
}

// read returns the place a text stands for in an audience of that many scopes.
func (c *cursors) read(audience, text string, scopes int) (place, error) {
	o, err := c.open(text)
	if err != nil {
		return place{}, err
	}
	name := sha256.Sum256([]byte(audience))
	if o.audience != string(name[:audienceBytes]) || o.scopes != scopes {
		return place{}, errCursorForeign
	}
	at, err := readCursors(o.places, scopes)
	return place{o.day, at}, err
}

func readCursors(b []byte, scopes int) ([]feed.Cursor, error) {
	at := make([]feed.Cursor, scopes)
	for i := range at {
		if len(b) < len(at[i].Timeline) {
			return nil, errCursorBroken
		}
		b = b[copy(at[i].Timeline[:], b):]
		for _, number := range []*feed.Seq{&at[i].Seq, &at[i].Seen, &at[i].Safe} {
			n, size := binary.Uvarint(b)
			if size <= 0 {
				return nil, errCursorBroken
			}
			*number, b = feed.Seq(n), b[size:]
		}
	}
	if len(b) != 0 {
		return nil, errCursorBroken
	}
	return at, nil
}

func (c *cursors) mac(body []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte("cursor\x00"))
	h.Write(body)
	return h.Sum(nil)[:cursorMAC]
}
