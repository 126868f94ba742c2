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
const maxVouched = 4

type vouchedState struct {
	_     struct{} `cbor:",toarray"`
	MAC   []byte
	State []byte // canonical form
}

func vouchKey(key record.Key) string { return fmt.Sprintf("vouched %s %s", key.Kind, key.ID) }

// vouch remembers the MACs of states that are about to be merged.
func vouch(tx feed.Tx, records []feed.Sequenced, macs []byte) error {
	for i := range records {
		r := &records[i].Record
		state := record.Canonical(r)
		states, err := vouchedStates(tx, r.Key())
		if err != nil {
			return err
		}
		held, _, ok, err := feed.Load(tx, feed.Network, r.Key())
		if err != nil {
			return fmt.Errorf("load what is vouched for: %w", err)
		}
		states = append(standing(states, &held, ok, state), vouchedState{MAC: macs[i*seal.MACSize : (i+1)*seal.MACSize], State: state})
		if n := len(states); n > maxVouched {
			states = states[n-maxVouched:]
		}
		if err := feed.SetMeta(tx, vouchKey(r.Key()), encode(states)); err != nil {
			return err
		}
	}
	return nil
}

// standing leaves out the states that another one contains: when the record held equals one of them, all others went
// into it. An equal state is left out too, since it comes again.
func standing(states []vouchedState, held *record.Record, ok bool, fresh []byte) []vouchedState {
	var canonical []byte
	if ok {
		canonical = record.Canonical(held)
	}
	var out []vouchedState
	for _, s := range states {
		if ok && bytes.Equal(s.State, canonical) {
			out = []vouchedState{s}
			break
		}
		out = append(out, s)
	}
	kept := out[:0]
	for _, s := range out {
		if !bytes.Equal(s.State, fresh) {
			kept = append(kept, s)
		}
	}
	return kept
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
		for _, s := range standing(states, &records[i].Record, true, nil) {
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

// macsOf signs a hub's own records.
func macsOf(key seal.MACKey, records []feed.Sequenced) []byte {
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
