package bundle

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// Held is what a reader holds of the other side's feeds: the cursor that a person carries back, so that the next bundle
// has only what is new. The zero value holds nothing.
type Held struct {
	Site   record.ID
	Scopes [2][]feed.Cursor // by ScopeNo, newest last
}

// maxHeld is how many cursors of a scope the text carries. One is enough unless the writer was restored twice.
const maxHeld = 2

// ErrCursor tells that a text is no cursor, or one of another site.
var ErrCursor = errors.New("this is no cursor of a bundle")

const cursorPrefix = "since1."

// ReadHeld reads what a store holds of a peer's feeds.
func ReadHeld(tx feed.Tx, site record.ID, peer string) (h Held, err error) {
	h.Site = site
	for no := range scopes {
		if h.Scopes[no], err = feed.Cursors(tx, no.Of(site), peer); err != nil {
			return Held{}, err
		}
	}
	return h, nil
}

type heldText struct {
	_      struct{} `cbor:",toarray"`
	Site   [16]byte
	Scopes [][]cursorInfo
}

type cursorInfo struct {
	_               struct{} `cbor:",toarray"`
	Timeline        feed.Timeline
	Seq, Seen, Safe feed.Seq
}

// String writes it as one word that can be copied, mailed or read out. It says nothing of any person.
func (h Held) String() string {
	t := heldText{Site: h.Site, Scopes: make([][]cursorInfo, len(h.Scopes))}
	for no, cursors := range h.Scopes {
		for _, c := range cursors[max(0, len(cursors)-maxHeld):] {
			t.Scopes[no] = append(t.Scopes[no], cursorInfo{Timeline: c.Timeline, Seq: c.Seq, Seen: c.Seen, Safe: c.Safe})
		}
	}
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(must(encMode.Marshal(t)))
}

// ParseHeld reads what String wrote; an empty text holds nothing.
func ParseHeld(text string) (h Held, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return h, nil
	}
	word, ok := strings.CutPrefix(text, cursorPrefix)
	raw, err := base64.RawURLEncoding.DecodeString(word)
	var t heldText
	if err == nil {
		err = decMode.Unmarshal(raw, &t)
	}
	if !ok || err != nil || len(t.Scopes) > len(h.Scopes) {
		return h, fmt.Errorf("%w: it begins with %s and is one long word", ErrCursor, cursorPrefix)
	}
	h.Site = t.Site
	for no, cursors := range t.Scopes {
		for _, c := range cursors {
			if c.Seq > maxSeq || c.Seen > maxSeq || c.Safe > c.Seq || c.Seq > c.Seen && c.Safe != c.Seq {
				return Held{}, fmt.Errorf("%w: its numbers do not fit together", ErrCursor)
			}
			h.Scopes[no] = append(h.Scopes[no], feed.Cursor{Timeline: c.Timeline, Seq: c.Seq, Seen: c.Seen, Safe: c.Safe})
		}
	}
	return h, nil
}
