package simulation

import (
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
)

// Profile is a kind of bad day.
type Profile struct {
	Name     string
	Span     time.Duration // under the nemesis
	Records  int           // that the writers of a scope share
	Rate     float64       // actions a second of each writer
	Moves    float64       // how many edits of an entry move its status
	Requests float64       // how many of the hub's edits are requests
	Replicas int           // of the hub; 0: one or two
	OneByOne bool          // frames carry one record
	Digest   bool
	Skew     bool // some run the older program
	Foreign  bool // and write what others cannot take

	Loss      float64       // up to so many messages are lost
	LossAfter float64       // and so many when all else is well
	Delay     time.Duration // a message takes up to so long
	Barrier   float64       // how many transactions a process dies at
	Calmness  time.Duration
	blows     []blow
}

// Off are the rules that are switched off in a play, to show what they are for. The zero Off is the program.
type Off struct {
	Link link.Ablation
	Feed feed.Ablation
	// What a node brings to the feed and the link.
	Probe       bool // nobody listens to oneself
	Boots       bool // a run is named by a number in the store
	Ranks       bool // statuses merge as any value
	Effects     bool // an outcome carries a part of a record
	Tombstones  bool // what is deleted is forgotten after a while
	Incarnation bool // nobody compares the store with the one that was opened
}

// Profiles are the days that are played, each for what it finds.
func Profiles() []Profile {
	brutal := Profile{
		Name: "brutal", Span: 120 * time.Second, Records: 10, Rate: 0.45, Moves: 0.3, Requests: 0.1, Skew: true, Foreign: true,
		Loss: 0.9, Delay: 6 * time.Second, Barrier: 0.004, Calmness: 4 * time.Second, blows: brutalBlows,
	}
	rollback := brutal
	rollback.Name, rollback.OneByOne, rollback.blows, rollback.Loss, rollback.Calmness = "rollback", true, rollbackBlows, 0.4, 3*time.Second
	hub := brutal
	hub.Name, hub.Replicas, hub.blows, hub.Loss = "hub-rollback", 2, hubBlows, 0.4
	clocks := brutal
	clocks.Name, clocks.Records, clocks.Moves, clocks.blows, clocks.Loss = "clocks", 3, 0.7, clockBlows, 0.5
	lossy := brutal
	lossy.Name, lossy.Loss, lossy.LossAfter, lossy.Delay = "lossy", 0.1, 0.05, 300*time.Millisecond
	lossy.blows = lossyBlows
	digest := brutal
	digest.Name, digest.Digest, digest.Foreign = "digest", true, false
	clean := Profile{Name: "clean", Span: 60 * time.Second, Records: 30, Rate: 1, Moves: 0.3, Requests: 0.05, Calmness: time.Minute}
	return []Profile{brutal, rollback, hub, clocks, lossy, digest, clean}
}

// ProfileNamed finds a profile; ok is false when there is none.
func ProfileNamed(name string) (p Profile, ok bool) {
	for _, p := range Profiles() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}
