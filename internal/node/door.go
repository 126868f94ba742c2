package node

import (
	"context"
	"syscall"

	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/internal/door"
	"github.com/aashram-care/sangam/sync/feed"
)

// NewDoor makes the door in front of the node's committer. It fills in what follows from the node and hooks the door
// to its commits; the rest of o is the caller's.
func (n *Node) NewDoor(o door.Options) (*door.Door, error) {
	o.Node, o.Boot, o.Role, o.Site, o.Local = n.ID, n.Boot, n.Role, n.Site, n.Local
	o.Core = n.Committer
	o.Write = func(ctx context.Context, fn func(door.Writer) error) error {
		return n.Committer.Write(ctx, func(w *commit.Writer) error { return fn(w) })
	}
	o.Events = commit.Events
	o.Ready = n.Committer.Healthy
	d, err := door.New(o)
	if err != nil {
		return nil, err
	}
	n.Committer.OnCommit(func(c commit.Committed) {
		heads := make(map[feed.Scope]door.Head, len(c.Heads))
		for scope, head := range c.Heads {
			heads[scope] = door.Head(head)
		}
		d.Committed(door.Commit{Changes: c.Changes, Events: c.Events, Heads: heads})
	})
	return d, nil
}

// FreeBytes is the room left beside the store, or nil when the system does not say.
func (n *Node) FreeBytes() *int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(n.Dir, &fs); err != nil {
		return nil
	}
	free := int64(fs.Bavail) * int64(fs.Bsize)
	return &free
}
