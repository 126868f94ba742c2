// Package bus carries sealed frames between a site and the centre, and promises nothing.
//
// A Bus may lose a message, repeat it, reorder it or hold it back, and may do so without an error. What it does
// promise: Subscribe returns only once the server has confirmed every channel, a payload arrives whole or not at
// all, and a gap the driver can see is reported in its place among the messages. It stores nothing, knows no
// site from another, and neither reads nor seals what it carries. A connection that went silent without closing
// looks healthy from here: whoever needs to know sends a message to itself and waits for it.
package bus

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// MaxPayload is the largest payload in bytes that a bus carries.
const MaxPayload = 256 << 10

var (
	// ErrGap is matched by a *Gap.
	ErrGap = errors.New("messages may have been missed")
	// ErrClosed says that this side closed the bus or the subscription.
	ErrClosed = errors.New("closed")
	// ErrUnreachable says that the server did not answer. Trying again later is the cure.
	ErrUnreachable = errors.New("the bus is unreachable")
	// ErrAuth says that the server answered and refused the user, the password or what they may do.
	// Only a person can cure it.
	ErrAuth = errors.New("the bus refused the credentials")
	// ErrUnsuitable says that what answered cannot serve as the bus (a replica, a Sentinel).
	ErrUnsuitable = errors.New("the server cannot serve as the bus")
	// ErrTooLarge says that a payload is longer than MaxPayload. Nothing was sent.
	ErrTooLarge = errors.New("payload too large for the bus")
)

// Message is one payload on one channel.
type Message struct {
	Channel string
	Payload []byte
}

// Bus publishes and subscribes. It is safe for concurrent use.
type Bus interface {
	// Publish hands payload to the server. The bus does not keep payload after it returns. receivers is how many
	// subscriptions the server counted, -1 when unknown, and never an acknowledgement: a deaf subscription counts.
	// An error means that the message probably did not go out; it may have.
	Publish(ctx context.Context, channel string, payload []byte) (receivers int, err error)

	// PublishAll hands over several messages in one round trip, those of a channel in their order. After an error any of
	// them may have gone out.
	PublishAll(ctx context.Context, messages []Message) error

	// Subscribe returns after the server has confirmed all channels; what is published from then on is delivered
	// as far as the bus delivers anything. It needs at least one channel. The caller closes the subscription.
	Subscribe(ctx context.Context, channels ...string) (Subscription, error)

	// Close ends the bus and every subscription of it, and returns once all they ran has ended.
	Close() error
}

// Subscription is a stream of messages with the known gaps in their places. One goroutine receives; any may close.
type Subscription interface {
	// Receive blocks for the next message, which the caller then owns.
	//
	// An error that Is ErrGap is a *Gap: the subscription lives, go on receiving. ctx's error: likewise.
	// Any other error is final: the subscription is dead, close it and subscribe again, after a wait.
	Receive(ctx context.Context) (Message, error)

	// Close ends the subscription; a waiting Receive returns ErrClosed. Closing twice is harmless.
	Close() error
}

// Gap reports that messages may have been missed between what was received before it and what comes after it.
type Gap struct {
	// Connected says whether the subscription is confirmed by the server as the gap is reported. If so, whoever
	// depends on what was missed should ask for it now. If not, another gap follows once it is confirmed again.
	Connected bool
	// Cause is why: a lost connection, a full queue.
	Cause error
}

func (g *Gap) Error() string {
	state := "subscribed again"
	if !g.Connected {
		state = "not subscribed"
	}
	if g.Cause == nil {
		return fmt.Sprintf("%v (%s)", ErrGap, state)
	}
	return fmt.Sprintf("%v (%s): %v", ErrGap, state, g.Cause)
}

// Is matches ErrGap.
func (g *Gap) Is(target error) bool { return target == ErrGap }

// Unwrap returns the cause.
func (g *Gap) Unwrap() error { return g.Cause }

// Buckets is how many channels all sites together send up on, so that a hub holds 64 subscriptions and not one a site.
const Buckets = 64

// HubLive is the channel on which the replicas of one hub tell each other how far a scope has come.
const HubLive = "sangam:hub:live"

// Bucket is the bucket that a site sends up on, from 0 to Buckets-1.
func Bucket(site [16]byte) int {
	sum := sha256.Sum256(site[:])
	return int(sum[0]) % Buckets
}

// UpChannel carries frames from every site of a bucket to the hub. The braces make Redis Cluster keep a bucket on one node.
func UpChannel(bucket int) string { return fmt.Sprintf("sangam:{%d}:up", bucket) }

// UpChannels are the channels of all buckets.
func UpChannels() []string {
	channels := make([]string, Buckets)
	for i := range channels {
		channels[i] = UpChannel(i)
	}
	return channels
}

// DownChannel carries frames from the hub to one site.
func DownChannel(site [16]byte) string {
	return fmt.Sprintf("sangam:{site:%s}:down", uuid.UUID(site))
}
