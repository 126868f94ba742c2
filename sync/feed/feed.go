package feed

import (
	"errors"
	"fmt"

	"github.com/aashram-care/sangam/sync/record"
)

// Tx is one transaction of a store: a sorted map of bytes. A store need not
// give more than this.
type Tx interface {
	// Get returns the value under key, nil and no error when absent. The
	// bytes are valid until the transaction ends and must not be changed.
	Get(key []byte) ([]byte, error)
	// Put keeps neither key nor value after it returns.
	Put(key, value []byte) error
	// Delete of an absent key does nothing.
	Delete(key []byte) error
	// Scan calls fn for each key in [from, to) in ascending order until it
	// returns false or an error, which Scan returns. A nil to means the end.
	// The bytes are valid until fn returns; fn must not write.
	Scan(from, to []byte, fn func(key, value []byte) (more bool, err error)) error
}

// FreeKeys is the least first byte of keys that are not this package's.
const FreeKeys = 0x20

// Scope is the part of the world that one feed tells of.
type Scope string

// Network is the scope of what the centre writes for all sites.
const Network Scope = "network"

// SiteScope is the scope of one site's own records.
func SiteScope(site record.ID) Scope { return Scope("site:" + site.String()) }

// LocalScope is the scope that never leaves the node.
func LocalScope(node string) Scope { return Scope("local:" + node) }

// Seq numbers the committed states of a scope's records, from 1.
type Seq uint64

// Rules are what a node's writes go by.
type Rules struct {
	Schema record.Schema
	// Writer is the opening of the store that edits; see record.Writer.
	Writer record.Writer
	// Home takes the conflict records that a merge of the network scope
	// finds, where this node may not write to network: a site's own scope.
	// Empty: they go to the scope in which they were found.
	Home Scope
	// Ablated is for a simulation only.
	Ablated Ablation
}

// Change is one committed state of a record.
type Change struct {
	Scope  Scope
	Seq    Seq
	Before *record.Record // nil: the record is new
	After  record.Record
}

// Source tells where a merged record came from, so that it is not sent back.
// The zero Source is a file or a person: nothing is remembered.
type Source struct {
	Peer     string
	Timeline Timeline
	Seq      Seq
}

// Errors of this package. Those of sync/record come through wrapped.
var (
	// ErrCorrupt tells that rows contradict each other: the store is damaged.
	ErrCorrupt = errors.New("the store contradicts itself")
	// ErrNoTimeline tells that a scope was written before it was minted.
	ErrNoTimeline = errors.New("the scope has no timeline: nothing may be written before one is minted")
	// ErrParked tells that a record cannot be merged here, now or later. It
	// must be kept apart with Park and shown, and the cursor must move on.
	ErrParked = errors.New("the record cannot be merged")
)

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}
