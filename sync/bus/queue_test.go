package bus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aashram-care/sangam/sync/bus"
)

func text(s string) bus.Message { return bus.Message{Channel: "c", Payload: []byte(s)} }

// drain takes all that waits and writes it as one line: payloads, "gap" for a gap, the error that ended it.
func drain(q *bus.Queue) (line string) {
	for {
		m, ok, err := q.TryReceive()
		switch {
		case !ok:
			return line
		case errors.Is(err, bus.ErrGap):
			line += "gap "
		case err != nil:
			return line + err.Error()
		default:
			line += string(m.Payload) + " "
		}
	}
}

func TestFullQueueTellsOfTheGapWhereItIs(t *testing.T) {
	q := bus.NewQueue(2, 100)
	for i := range 5 {
		q.Push(text(fmt.Sprint(i)))
	}
	if got, want := drain(q), "0 1 gap "; got != want {
		t.Errorf("received %q, want %q", got, want)
	}
	q.Push(text("6"))
	if got, want := drain(q), "6 "; got != want {
		t.Errorf("after the gap received %q, want %q", got, want)
	}
}

func TestQueueIsBoundedInBytes(t *testing.T) {
	q := bus.NewQueue(100, 10)
	q.Push(text("12345678"))
	q.Push(text("too much"))
	q.Push(text("x")) // would fit, and would hide where the gap is if it came before it
	if got, want := drain(q), "12345678 gap x "; got != want {
		t.Errorf("received %q, want %q", got, want)
	}
	for range 1000 { // bytes are given back as messages are taken
		q.Push(text("12345678"))
		if got, want := drain(q), "12345678 "; got != want {
			t.Fatalf("received %q, want %q", got, want)
		}
	}
}

func TestGapsInARowAreOne(t *testing.T) {
	q := bus.NewQueue(10, 100)
	q.PushGap(&bus.Gap{})
	q.PushGap(&bus.Gap{Connected: true})
	_, _, err := q.TryReceive()
	if g := new(bus.Gap); !errors.As(err, &g) || !g.Connected {
		t.Errorf("got %v, want the latest gap, which is connected", err)
	}
	if got := drain(q); got != "" {
		t.Errorf("then %q, want nothing", got)
	}
}

func TestFailureComesAfterWhatWasReceived(t *testing.T) {
	q := bus.NewQueue(10, 100)
	q.Push(text("a"))
	q.Fail(errors.New("broken"))
	q.Push(text("late"))
	if got, want := drain(q), "a broken"; got != want {
		t.Errorf("received %q, want %q", got, want)
	}
	if _, err := q.Receive(context.Background()); err == nil || err.Error() != "broken" {
		t.Errorf("again: %v, want the same error for ever", err)
	}
}

func TestCloseEndsAWaitingReceive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := bus.NewQueue(10, 100)
		got := make(chan error)
		for range 2 {
			go func() {
				_, err := q.Receive(context.Background())
				got <- err
			}()
		}
		synctest.Wait()
		q.Close()
		for range 2 {
			if err := <-got; !errors.Is(err, bus.ErrClosed) {
				t.Errorf("Receive = %v, want ErrClosed", err)
			}
		}
	})
}

func TestReceiveEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := bus.NewQueue(10, 100)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := q.Receive(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Receive = %v, want the context's error", err)
		}
		q.Push(text("a"))
		if got, want := drain(q), "a "; got != want {
			t.Errorf("then received %q, want %q", got, want)
		}
	})
}

func TestQueueTellsWhatWaitsAndWhatItDropped(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	q := bus.NewQueue(2, 100)
	q.Now = func() time.Time { return at }
	first := at
	for range 3 {
		q.Push(text("1234"))
		at = at.Add(time.Second)
	}
	// Two messages and the gap in the third's place.
	if got, want := q.State(), (bus.QueueState{Messages: 3, Bytes: 8, Oldest: first, Dropped: 1}); got != want {
		t.Errorf("state %+v, want %+v", got, want)
	}
	drain(q)
	if got, want := q.State(), (bus.QueueState{Dropped: 1}); got != want {
		t.Errorf("drained: state %+v, want %+v", got, want)
	}
}
