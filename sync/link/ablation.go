package link

import (
	"math"
	"slices"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/seal"
)

// Ablation switches a rule off, for a simulation that shows what the rule is for. A node switches nothing off.
type Ablation uint32

// The rules that can be switched off.
const (
	AblateBeat       Ablation = 1 << iota // no beats, and so no gap detection by them
	AblateRanges                          // a frame beyond a hole moves the cursor: a high-water mark
	AblateContiguous                      // a frame beyond a hole is dropped
	AblateEcho                            // everything is sent back to who sent it
	AblateEchoList                        // what is marked is left out, whatever the reader holds
	AblateLiveLane                        // fresh commits wait behind the backlog
	AblateTimelines                       // a cursor is a number, whatever it numbers
	AblateSafe                            // a cursor is resumed where it stood, whatever was seen of a history that is gone
	AblateSession                         // frames of other sessions are taken
	AblateDigest                          // no digests; not a rule of safety, but it hides what breaks the others
	AblateBatches                         // a frame carries one record; no rule either, but it finds what batches hide
	AblateCame                            // nobody tells which frames came, as an older program
	AblateKept                            // what came counts as on disk
)

func (a Ablation) has(rule Ablation) bool { return a&rule != 0 }

// cursors are those of a reader as the owner of a feed with these timelines takes them.
func (a Ablation) cursors(spans []feed.Span, held []feed.Cursor) []feed.Cursor {
	if len(held) == 0 || len(spans) == 0 {
		return held
	}
	if a.has(AblateTimelines) {
		at := held[len(held)-1].Seq
		return []feed.Cursor{{Timeline: spans[len(spans)-1].Timeline, Seq: at, Seen: at, Safe: at}}
	}
	if a.has(AblateSafe) {
		held = slices.Clone(held)
		for i := range held {
			held[i].Safe, held[i].Seen = held[i].Seq, math.MaxUint64
		}
	}
	return held
}

// nonces are what a session is founded on. On none at all, every session has the same keys and the same name.
func (a Ablation) nonces(edge, hub seal.Nonce) (seal.Nonce, seal.Nonce) {
	if a.has(AblateSession) {
		return seal.Nonce{}, seal.Nonce{}
	}
	return edge, hub
}

// feed is what is switched off in reading a feed.
func (a Ablation) feed() feed.Ablation {
	if a.has(AblateEchoList) {
		return feed.AblateEchoList
	}
	return 0
}
