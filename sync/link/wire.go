package link

import (
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// The frames. Their numbers and their fields' are the wire's: docs/protocol.md lists them.
const (
	kindHello seal.Kind = 1 + iota
	kindWelcome
	kindChanges
	kindAck
	kindBeat
	kindPull
	kindDigest
	kindReject
	kindBye
	kindProbe
)

// The versions of the frames that this program speaks.
const (
	protocolMin = 1
	protocolMax = 1
)

// scopeNo names a scope on the wire. There is no way to name another site's.
type scopeNo uint8

const (
	siteScope scopeNo = iota
	networkScope
	scopes // how many
)

func (n scopeNo) of(site record.ID) feed.Scope {
	if n == networkScope {
		return feed.Network
	}
	return feed.SiteScope(site)
}

type hello struct {
	Node   string      `cbor:"1,keyasint"`
	Boot   [16]byte    `cbor:"2,keyasint"`
	Nonce  [16]byte    `cbor:"3,keyasint"`
	Min    uint64      `cbor:"4,keyasint"`
	Max    uint64      `cbor:"5,keyasint"`
	Schema uint64      `cbor:"6,keyasint"`
	Clock  int64       `cbor:"7,keyasint"` // Unix ms
	Scopes []scopeInfo `cbor:"8,keyasint"`
	Name   string      `cbor:"9,keyasint,omitempty"` // while enrolling
	Credit int         `cbor:"10,keyasint"`
}

type welcome struct {
	Node   string      `cbor:"1,keyasint"`
	Boot   [16]byte    `cbor:"2,keyasint"`
	Nonce  [16]byte    `cbor:"3,keyasint"`
	Hello  [16]byte    `cbor:"4,keyasint"` // the hello's nonce
	Chosen uint64      `cbor:"5,keyasint"`
	Schema uint64      `cbor:"6,keyasint"`
	Clock  int64       `cbor:"7,keyasint"`
	Scopes []scopeInfo `cbor:"8,keyasint"`
	Credit int         `cbor:"9,keyasint"`
	Hub    [16]byte    `cbor:"10,keyasint"`
	KeyID  seal.KeyID  `cbor:"11,keyasint,omitempty"` // a key to use from now on; no session is founded then
	Key    []byte      `cbor:"12,keyasint,omitempty"`
}

type scopeInfo struct {
	_       struct{} `cbor:",toarray"`
	Scope   scopeNo
	Head    feed.Seq
	Spans   []spanInfo
	Cursors []cursorInfo
}

type spanInfo struct {
	_        struct{} `cbor:",toarray"`
	Timeline feed.Timeline
	First    feed.Seq
}

type cursorInfo struct {
	_               struct{} `cbor:",toarray"`
	Timeline        feed.Timeline
	Seq, Seen, Safe feed.Seq
}

type backlogInfo struct {
	_        struct{} `cbor:",toarray"`
	Records  int
	Bytes    int
	OldestMs int64 // Unix, 0 for none
	LagMs    int64
}

// A stretch is (From, To] of a feed.
type stretch struct {
	_        struct{} `cbor:",toarray"`
	From, To feed.Seq
}

// skip is a stretch that the reader holds already.
type skip struct {
	_        struct{} `cbor:",toarray"`
	Scope    scopeNo
	Timeline feed.Timeline
	From, To feed.Seq
	Head     feed.Seq
}

type lane uint8

const (
	laneLive lane = iota
	laneBackfill
	laneRepair // outside of the feed: what a digest found to differ
)

type changes struct {
	Scope    scopeNo       `cbor:"1,keyasint"`
	Timeline feed.Timeline `cbor:"2,keyasint"`
	Head     feed.Seq      `cbor:"3,keyasint"`
	From     feed.Seq      `cbor:"4,keyasint"`
	To       feed.Seq      `cbor:"5,keyasint"`
	Lane     lane          `cbor:"6,keyasint"`
	Sent     feed.Seq      `cbor:"7,keyasint"` // all up to here was sent
	Seqs     []feed.Seq    `cbor:"8,keyasint,omitempty"`
	Batch    []byte        `cbor:"9,keyasint,omitempty"`
	MACs     []byte        `cbor:"10,keyasint,omitempty"` // 16 bytes a record, network only
	Skips    []skip        `cbor:"11,keyasint,omitempty"`
}

// report tells the owner of a feed how far its reader is.
type report struct {
	_        struct{} `cbor:",toarray"`
	Scope    scopeNo
	Timeline feed.Timeline
	Seq      feed.Seq
	Ranges   []stretch
}

// came tells which frames of the other end this one has, by their numbers in the session, merged or not. Newest is 0
// from a program that does not tell.
type came struct {
	_       struct{} `cbor:",toarray"`
	Newest  uint64
	Missing []byte // bit i of byte k: Newest - 8k - i is missing; those beyond are not
}

// lacks counts a frame as missing, unless it is too old to be told of.
func (c *came) lacks(number uint64) {
	at := c.Newest - number
	if at >= cameNumbers {
		return
	}
	if need := int(at/8) + 1; len(c.Missing) < need {
		c.Missing = append(c.Missing, make([]byte, need-len(c.Missing))...)
	}
	c.Missing[at/8] |= 1 << (at % 8)
}

// has tells that a frame is there. Of those that are too old nothing is known.
func (c came) has(number uint64) bool {
	at := c.Newest - number
	if number == 0 || number > c.Newest || at >= cameNumbers {
		return false
	}
	return at/8 >= uint64(len(c.Missing)) || c.Missing[at/8]&(1<<(at%8)) == 0
}

type ack struct {
	Reports []report `cbor:"1,keyasint"`
	Credit  int      `cbor:"2,keyasint"`
	Skips   []skip   `cbor:"3,keyasint,omitempty"`
	Came    came     `cbor:"4,keyasint"`
}

type headInfo struct {
	_        struct{} `cbor:",toarray"`
	Scope    scopeNo
	Timeline feed.Timeline
	Head     feed.Seq
	Sent     feed.Seq
}

type beat struct {
	Heads   []headInfo  `cbor:"1,keyasint"`
	Reports []report    `cbor:"2,keyasint"`
	Credit  int         `cbor:"3,keyasint"`
	Skips   []skip      `cbor:"4,keyasint,omitempty"`
	Clock   int64       `cbor:"5,keyasint"`
	Number  uint64      `cbor:"6,keyasint"` // of this beat, over all sessions of its sender
	Answers uint64      `cbor:"7,keyasint"` // the greatest number heard
	Backlog backlogInfo `cbor:"8,keyasint"`
	Cloned  bool        `cbor:"9,keyasint,omitempty"`
}

type pull struct {
	Report report   `cbor:"1,keyasint"`
	Single feed.Seq `cbor:"2,keyasint,omitempty"` // one record a frame up to here: a batch could not be read
	Came   came     `cbor:"3,keyasint"`
}

type digestPhase uint8

const (
	digestSum     digestPhase = iota // are we equal?
	digestEqual                      // yes
	digestStale                      // one of us moved on; ask again
	digestBuckets                    // no; my buckets of an interval
	digestWant                       // send me the records of these buckets
)

type digest struct {
	Scope    scopeNo       `cbor:"1,keyasint"`
	Phase    digestPhase   `cbor:"2,keyasint"`
	Timeline feed.Timeline `cbor:"3,keyasint"`
	Head     feed.Seq      `cbor:"4,keyasint"`
	Theirs   feed.Timeline `cbor:"5,keyasint"` // what the sender holds of the other's feed
	Cursor   feed.Seq      `cbor:"6,keyasint"`
	Sum      [16]byte      `cbor:"7,keyasint"`
	Count    uint64        `cbor:"8,keyasint"`
	Low      string        `cbor:"9,keyasint,omitempty"`  // buckets from here
	High     string        `cbor:"10,keyasint,omitempty"` // up to and without this one; empty: all
	Buckets  []bucketInfo  `cbor:"11,keyasint,omitempty"`
}

type bucketInfo struct {
	_         struct{} `cbor:",toarray"`
	Kind, Day string
	Sum       [16]byte
	Count     uint64
}

type reject struct {
	Scope  scopeNo   `cbor:"1,keyasint"`
	Kind   string    `cbor:"2,keyasint"`
	ID     record.ID `cbor:"3,keyasint"`
	Reason string    `cbor:"4,keyasint"`
}

type byeCode uint8

const (
	byeLeaving byeCode = iota + 1 // the sender stops
	byeUnknown                    // no such session
	byeRevoked
	byeJoinUsed
	byeJoinExpired
	byeJoinSite
	byeVersion
)

type bye struct {
	Code    byeCode  `cbor:"1,keyasint"`
	RetryMs int64    `cbor:"2,keyasint,omitempty"`
	Hello   [16]byte `cbor:"3,keyasint,omitempty"` // the hello that is answered
}

var reasons = map[byeCode]Reason{
	byeRevoked: Revoked, byeJoinUsed: JoinUsed, byeJoinExpired: JoinExpired, byeJoinSite: JoinSite, byeVersion: BadVersion,
}
