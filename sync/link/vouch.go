package link

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// A site can give a network record back only in a state that the hub itself made, with the hub's MAC on it. Usually
// that is the state held. When a restored hub went on from an old one, the held state is a union that the hub never
// made; then the states it came from are kept beside it, and each is given back as it was.

// maxVouched is how many states of one record are kept; the newest stay.
const maxVouched = 8

type vouchedState struct {
	_     struct{} `cbor:",toarray"`
	MAC   []byte
	State []byte // canonical form
}

func vouchKey(key record.Key) string { return fmt.Sprintf("vouched %s %s", key.Kind, key.ID) }

// Vouch remembers the hub's MACs of network records that are about to be merged, 16 bytes each, so that the site can
// give them back to a hub that was restored.
func Vouch(tx feed.Tx, records []feed.Sequenced, macs []byte) error {
	for i := range records {
		key := records[i].Record.Key()
		states, err := vouchedStates(tx, key)
		if err != nil {
			return err
		}
		states = withState(states, vouchedState{
			MAC: macs[i*seal.MACSize : (i+1)*seal.MACSize], State: record.Canonical(&records[i].Record),
		})
		if err := feed.SetMeta(tx, vouchKey(key), encode(states)); err != nil {
			return err
		}
	}
	return nil
}

// withState adds a state, and leaves out those that another one contains.
func withState(states []vouchedState, fresh vouchedState) []vouchedState {
	var out []vouchedState
	for _, s := range states {
		if contains(s.State, fresh.State) {
			return states
		}
		if !contains(fresh.State, s.State) {
			out = append(out, s)
		}
	}
	out = append(out, fresh)
	return out[max(0, len(out)-maxVouched):]
}

// contains tells that merging b into a leaves a as it is. No schema is needed for that: values that a's author had
// not seen would be listed as dropped, whatever the policy.
func contains(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	one, err := record.Decode(a)
	if err != nil {
		return false
	}
	other, err := record.Decode(b)
	if err != nil {
		return false
	}
	merged, _, err := record.Merge(nil, &one, &other)
	return err == nil && bytes.Equal(record.Canonical(&merged), a)
}

func vouchedStates(tx feed.Tx, key record.Key) ([]vouchedState, error) {
	row, err := feed.Meta(tx, vouchKey(key))
	if err != nil || row == nil {
		return nil, err
	}
	var states []vouchedState
	if err := decMode.Unmarshal(row, &states); err != nil {
		return nil, fmt.Errorf("read what is vouched for %s %s: %w", key.Kind, key.ID, err)
	}
	return states, nil
}

// vouchedOnly puts the states that the hub vouched for in the place of the records held.
func vouchedOnly(tx feed.Tx, records []feed.Sequenced) ([]feed.Sequenced, []byte, error) {
	var out []feed.Sequenced
	var macs []byte
	for i := range records {
		states, err := vouchedStates(tx, records[i].Record.Key())
		if err != nil {
			return nil, nil, err
		}
		for _, s := range states {
			r, err := record.Decode(s.State)
			if err != nil || len(s.MAC) != seal.MACSize {
				return nil, nil, fmt.Errorf("read a state that was vouched for: %w", err)
			}
			out = append(out, feed.Sequenced{Seq: records[i].Seq, Record: r})
			macs = append(macs, s.MAC...)
		}
	}
	return out, macs, nil
}

// MACs signs a hub's own network records.
func MACs(key seal.MACKey, records []feed.Sequenced) []byte {
	out := make([]byte, 0, len(records)*seal.MACSize)
	for i := range records {
		mac := seal.MAC(key, record.Canonical(&records[i].Record))
		out = append(out, mac[:]...)
	}
	return out
}

// ownOnly leaves out the records that do not carry the hub's own MAC, and tells how many.
func ownOnly(key seal.MACKey, records []feed.Sequenced, macs []byte) (own []feed.Sequenced, foreign int) {
	for i := range records {
		mac := macs[i*seal.MACSize : (i+1)*seal.MACSize]
		if seal.VerifyMAC(key, record.Canonical(&records[i].Record), mac) == nil {
			own = append(own, records[i])
		}
	}
	return own, len(records) - len(own)
}

// fill draws random bytes. A source that fails leaves nothing that could be trusted.
func fill(random interface{ Read([]byte) (int, error) }, b []byte) {
	for n := 0; n < len(b); {
		m, err := random.Read(b[n:])
		if err != nil {
			panic(fmt.Sprintf("link: read random bits: %v", err))
		}
		n += m
	}
}

// fraction draws a number in [0, 1).
func fraction(random interface{ Read([]byte) (int, error) }) float64 {
	var b [8]byte
	fill(random, b[:])
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53)
}
