package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrOverflow is the cause of a Gap when messages came faster than they were received.
var ErrOverflow = errors.New("the receiver is too slow")

// Defaults of a Queue. The bytes are a quarter of what Redis keeps for a subscriber before it cuts it off (32 MB),
// and enough for 32 frames of the greatest size.
const (
	DefaultQueueMessages = 4096
	DefaultQueueBytes    = 8 << 20
)

// Queue is what a driver puts between its connection and Receive, so that it can read the connection without ever
// waiting for the receiver: a subscriber that stops reading is cut off by Redis, with everything sent to it.
//
// It is bounded. When it is full, what arrives is dropped and a Gap takes its place, once, behind what is queued.
// It is safe for concurrent use, starts nothing and waits only in Receive.
type Queue struct {
	// Now stamps what is pushed, so that State can tell how old it is; nil stamps nothing. Set it before the first push.
	Now func() time.Time

	maxMessages, maxBytes int
	ready                 chan struct{} // holds a token when there may be something to take

	mu      sync.Mutex
	items   []item // what waits, oldest first
	bytes   int
	dropped int64
	final   error // why nothing more will come, once items is empty
}

// item is a message, or a gap when gap is set.
type item struct {
	message Message
	gap     *Gap
	at      time.Time // when it was pushed; zero without a clock
}

// QueueState is what waits in a queue, and what it had to drop since it was made.
type QueueState struct {
	Messages, Bytes int       // gaps count as messages of no bytes
	Oldest          time.Time // when the oldest that waits was pushed; zero when nothing waits or nothing is stamped
	Dropped         int64     // messages that found it full
}

// NewQueue returns an empty queue for so many messages and payload bytes; 0 means the default.
func NewQueue(messages, bytes int) *Queue {
	if messages <= 0 {
		messages = DefaultQueueMessages
	}
	if bytes <= 0 {
		bytes = DefaultQueueBytes
	}
	return &Queue{maxMessages: messages, maxBytes: bytes, ready: make(chan struct{}, 1)}
}

// Push adds a message, or a gap in its place when the queue is full. The queue owns m's payload from then on.
func (q *Queue) Push(m Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.final != nil {
		return
	}
	if len(q.items) >= q.maxMessages || q.bytes+len(m.Payload) > q.maxBytes {
		q.dropped++
		q.pushGap(&Gap{Connected: true, Cause: fmt.Errorf("%w: %d messages, %d bytes were waiting", ErrOverflow, len(q.items), q.bytes)})
		return
	}
	q.items = append(q.items, item{message: m, at: q.now()})
	q.bytes += len(m.Payload)
	q.wake()
}

// PushGap adds a gap. A gap right behind another replaces it, so that gaps take no room.
func (q *Queue) PushGap(g *Gap) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.final == nil {
		q.pushGap(g)
	}
}

// pushGap is called with mu held.
func (q *Queue) pushGap(g *Gap) {
	if last := len(q.items) - 1; last >= 0 && q.items[last].gap != nil {
		q.items[last].gap = g
		return
	}
	q.items = append(q.items, item{gap: g, at: q.now()})
	q.wake()
}

// Fail lets Receive return err for ever, once what is queued has been taken. The first call counts.
func (q *Queue) Fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.final == nil {
		q.final = err
		q.wake()
	}
}

// Close drops what is queued and lets Receive return ErrClosed from now on.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items, q.bytes, q.final = nil, 0, ErrClosed
	q.wake()
}

// Receive waits for the next message or gap, as Subscription.Receive does.
func (q *Queue) Receive(ctx context.Context) (Message, error) {
	for {
		if m, ok, err := q.TryReceive(); ok {
			return m, err
		}
		select {
		case <-q.ready:
		case <-ctx.Done():
			return Message{}, ctx.Err()
		}
	}
}

// TryReceive returns what Receive would return at once; ok is false when Receive would wait.
func (q *Queue) TryReceive() (m Message, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		if q.final == nil {
			return Message{}, false, nil
		}
		q.wake() // for whoever receives next: the end is reported for ever
		return Message{}, true, q.final
	}
	next := q.items[0]
	q.items[0] = item{} // or the array would hold on to the payload
	q.items = q.items[1:]
	q.bytes -= len(next.message.Payload)
	if len(q.items) > 0 {
		q.wake()
	}
	if next.gap != nil {
		return Message{}, true, next.gap
	}
	return next.message, true, nil
}

// State tells what waits at this moment.
func (q *Queue) State() QueueState {
	q.mu.Lock()
	defer q.mu.Unlock()
	state := QueueState{Messages: len(q.items), Bytes: q.bytes, Dropped: q.dropped}
	if len(q.items) > 0 {
		state.Oldest = q.items[0].at
	}
	return state
}

func (q *Queue) now() time.Time {
	if q.Now == nil {
		return time.Time{}
	}
	return q.Now()
}

// wake is called with mu held.
func (q *Queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
