package feed_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/feed/feedtest"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Keys of the tables whose rows are held back, of those beside them, and of a neighbour's.
var hotKeys = [][]byte{{2, 'a'}, {3, 'a'}, {3, 'b'}, {4, 'a'}, {5, 'a'}, {5, 'b'}, {6, 'a'}, {0x10, 'a'}, {0x20, 'a'}}

func TestRowsHeldBackLookAsIfTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plain, held feedtest.Memory
		for transaction := range 3 {
			steps := rapid.SliceOf(rapid.Custom(func(t *rapid.T) step { return drawStep(t, transaction) })).Draw(t, "steps")
			var want, got []string
			plain.Update(func(tx feed.Tx) error { want = playSteps(t, tx, steps); return nil })
			held.Update(func(tx feed.Tx) error {
				hot := feed.NewHot(tx)
				got = playSteps(t, hot, steps)
				return hot.Flush()
			})
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("transaction %d reads otherwise: %s", transaction, d)
			}
			if d := cmp.Diff(everything(t, &plain), everything(t, &held)); d != "" {
				t.Fatalf("transaction %d left other rows: %s", transaction, d)
			}
		}
	})
}

type step struct {
	what       string
	key, value []byte
}

func drawStep(t *rapid.T, transaction int) step {
	return step{
		what:  rapid.SampledFrom([]string{"put", "delete", "get", "scan"}).Draw(t, "what"),
		key:   rapid.SampledFrom(hotKeys).Draw(t, "key"),
		value: []byte(fmt.Sprint(transaction, rapid.IntRange(0, 3).Draw(t, "value"))),
	}
}

// playSteps tells all that the steps read.
func playSteps(t *rapid.T, tx feed.Tx, steps []step) (read []string) {
	for _, s := range steps {
		var err error
		switch s.what {
		case "put":
			value := bytes.Clone(s.value)
			err = tx.Put(s.key, value)
			clear(value) // it is the caller's again
		case "delete":
			err = tx.Delete(s.key)
		case "get":
			var value []byte
			value, err = tx.Get(s.key)
			read = append(read, fmt.Sprintf("%x is %q, there: %v", s.key, value, value != nil))
		case "scan":
			err = tx.Scan(s.key, nil, func(key, value []byte) (bool, error) {
				read = append(read, fmt.Sprintf("%x: %q", key, value))
				return true, nil
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return read
}

func everything(t *rapid.T, m *feedtest.Memory) (rows []string) {
	m.View(func(tx feed.Tx) error {
		rows = playSteps(t, tx, []step{{what: "scan", key: []byte{0}}})
		return nil
	})
	return rows
}

func TestATransactionPutsTheHeadOnce(t *testing.T) {
	n := open(t, "n")
	puts := map[string]int{}
	n.store.Update(func(tx feed.Tx) error {
		hot := feed.NewHot(counting{tx, puts})
		for i := range 5 {
			e := record.Edit{Kind: "entry", ID: entry(fmt.Sprint(i)), Day: day, Set: map[string]record.Value{"band": record.Int(1)}}
			if _, err := n.rules.Edit(hot, site, e, n.now); err != nil {
				t.Fatal(err)
			}
		}
		return hot.Flush()
	})
	for key, times := range puts {
		if times > 1 {
			t.Errorf("row %x was put %d times", key, times)
		}
	}
}

type counting struct {
	feed.Tx
	puts map[string]int
}

func (c counting) Put(key, value []byte) error {
	c.puts[string(key)]++
	return c.Tx.Put(key, value)
}
