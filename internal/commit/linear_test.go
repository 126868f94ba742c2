package commit_test

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

func TestAHundredWritersNeverCallOnePersonTwice(t *testing.T) {
	n := start(t)
	gurujis := []clinic.Actor{n.guruji("Ananda"), n.guruji("Bodhi")}
	const writers, calls = 100, 50
	came := map[string]bool{}
	for _, g := range gurujis {
		for range writers * calls / 2 / 100 {
			var batch []api.Action
			for range 100 {
				batch = append(batch, action(newID(), "queue.check_in", clinic.CheckIn{Guruji: g.Guruji}))
			}
			results, err := n.Act(t.Context(), desk, batch)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if r.Status != api.Applied {
					t.Fatal(r.Error)
				}
				came[dataOf[clinic.CheckInAnswer](t, r).Token] = true
			}
		}
	}
	if len(came) != writers*calls {
		t.Fatalf("%d tokens for %d people", len(came), writers*calls)
	}
	called := make([][]string, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range calls {
				g := gurujis[(i+j)%2]
				r := n.act(g, action(newID(), "queue.call_next", clinic.CallNext{}))
				if r.Status != api.Applied {
					t.Errorf("call %d of writer %d: %v", j, i, r.Error)
					return
				}
				called[i] = append(called[i], dataOf[clinic.EntryAnswer](t, r).Token)
			}
		})
	}
	all.Wait()
	times := map[string]int{}
	for _, tokens := range called {
		for _, token := range tokens {
			if times[token]++; times[token] > 1 || !came[token] {
				t.Errorf("%s was called %d times", token, times[token])
			}
		}
	}
	if len(times) != len(came) {
		t.Errorf("%d of %d people were called", len(times), len(came))
	}
}

// What a guruji's queue is asked and answers, for the model.
type asked struct {
	guruji  int
	checkIn string // id of the entry; empty for call_next
}

// queueState is the model: who waits, in order, and the number of the last token.
type queueState struct {
	waiting []string // entries, by id: all come at one moment of the clinic's clock
	tokens  map[string]string
	last    int
}

var queueModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := make([][]porcupine.Operation, 2)
		for _, op := range history {
			g := op.Input.(asked).guruji
			parts[g] = append(parts[g], op)
		}
		return parts
	},
	Init: func() any { return queueState{} },
	Step: func(state, input, output any) (bool, any) {
		s, in, token := state.(queueState), input.(asked), output.(string)
		if in.checkIn == "" {
			if len(s.waiting) == 0 {
				return token == "", s
			}
			return token == s.tokens[s.waiting[0]], queueState{s.waiting[1:], s.tokens, s.last}
		}
		next := queueState{slices.Clone(s.waiting), map[string]string{}, s.last + 1}
		for id, t := range s.tokens {
			next.tokens[id] = t
		}
		next.tokens[in.checkIn] = token
		i, _ := slices.BinarySearch(next.waiting, in.checkIn)
		next.waiting = slices.Insert(next.waiting, i, in.checkIn)
		return token == fmt.Sprintf("%s%03d", string(rune('A'+in.guruji)), next.last), next
	},
	Equal: func(a, b any) bool {
		x, y := a.(queueState), b.(queueState)
		return x.last == y.last && slices.Equal(x.waiting, y.waiting)
	},
	DescribeOperation: func(input, output any) string {
		in := input.(asked)
		if in.checkIn == "" {
			return "call_next " + strconv.Itoa(in.guruji) + " -> " + output.(string)
		}
		return "check_in " + strconv.Itoa(in.guruji) + " " + in.checkIn + " -> " + output.(string)
	},
}

func TestCallNextAndTokensAreLinearizable(t *testing.T) {
	n := start(t)
	gurujis := []clinic.Actor{n.guruji("Ananda"), n.guruji("Bodhi")}
	began := time.Now()
	var mu sync.Mutex
	var history []porcupine.Operation
	var all sync.WaitGroup
	for client := range 8 {
		all.Go(func() {
			for i := range 40 {
				in := asked{guruji: (client + i/3) % 2}
				g := gurujis[in.guruji]
				id := newID()
				a := action(id, "queue.call_next", clinic.CallNext{Guruji: g.Guruji})
				if (client+i)%5 < 3 {
					in.checkIn = id.String()
					a = action(id, "queue.check_in", clinic.CheckIn{Guruji: g.Guruji})
				}
				called := time.Since(began).Nanoseconds()
				r := n.act(desk, a)
				returned := time.Since(began).Nanoseconds()
				token := ""
				if r.Status == api.Applied {
					token = dataOf[clinic.EntryAnswer](t, r).Token
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: called, Output: token, Return: returned})
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if verdict := porcupine.CheckOperationsTimeout(queueModel, history, 30*time.Second); verdict != porcupine.Ok {
		t.Errorf("the history of %d operations is %s", len(history), verdict)
	}
}

// A model that accepts anything would prove nothing: it must refuse what a broken committer would answer.
func TestTheModelRefusesADoubleCall(t *testing.T) {
	op := func(at int64, in asked, out string) porcupine.Operation {
		return porcupine.Operation{Input: in, Call: at, Output: out, Return: at + 1}
	}
	history := []porcupine.Operation{
		op(0, asked{checkIn: "x"}, "A001"), op(10, asked{checkIn: "y"}, "A002"),
		op(20, asked{}, "A001"), op(30, asked{}, "A001"),
	}
	if porcupine.CheckOperations(queueModel, history) {
		t.Error("one person was called twice, and the model agrees")
	}
	history[3].Output = "A002"
	if !porcupine.CheckOperations(queueModel, history) {
		t.Error("the model refuses a right history")
	}
}
