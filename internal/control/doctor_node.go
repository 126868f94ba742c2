package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
)

// longLog is a log that should have been folded into the file long ago.
const longLog = 12 << 20

// DoctorOperations is doctor.look of a running node: what it knows of itself. lines are those of LinkOperations.
func DoctorOperations(n *node.Node, lines func(site string) ([]Line, error)) Operations {
	return Operations{"doctor.look": Op(func(context.Context, struct{}) (any, error) {
		found := []Finding{fine("node", "The node runs.")}
		if err := n.Committer.Healthy(); err != nil {
			found[0] = wrong("node", "The node runs and cannot write: "+sentence(err), "It goes on by itself once the disk takes what is written; after a fault of the disk, restart it.")
		}
		found = append(found, ofStore(n)...)
		staff, err := ofStaff(n)
		if err != nil {
			return nil, err
		}
		found = append(found, staff)
		if lines == nil {
			return found, nil
		}
		all, err := lines("")
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			found = append(found, l.finding(n.Role))
		}
		if n.Role == node.Hub && len(all) == 0 {
			found = append(found, note("line", "No site has joined yet.", "sangam hub enrol --data "+n.Dir+" --site NAME prints a join code."))
		}
		return found, nil
	})}
}

func ofStore(n *node.Node) []Finding {
	err := n.Store.Verify()
	switch {
	case errors.Is(err, bolt.ErrCorrupt):
		return []Finding{wrong("store", sentence(err), "Copy the whole directory away; then stop the node and restore a backup: sangam restore --replace.")}
	case err != nil: // the log could not be folded, as on a full disk
		return []Finding{wrong("store", "It cannot be looked at: "+sentence(err), "See to the disk first, and ask again.")}
	}
	s := n.Store.Stats()
	found := []Finding{fine("store", "Every page of it was read: %d rows, %s, all sound.", s.Rows, bytesText(s.FileBytes))}
	if s.LogBytes > longLog {
		found = append(found, wrong("store", fmt.Sprintf("Its log is not folded into the file: %s wait.", bytesText(s.LogBytes)), "The disk is full or too slow: make room, or change it. Nothing is lost."))
	}
	if s.Torn {
		found = append(found, note("store", "One of its two roots was damaged when the node started, as after a power cut; the other one was used.", "Nothing, if it happens once. If it happens again, the disk is failing."))
	}
	return found
}

func ofStaff(n *node.Node) (Finding, error) {
	_, _, admin := (&staff{node: n}).where()
	all, err := (&staff{node: n}).list()
	if err != nil {
		return Finding{}, err
	}
	enter := 0
	for _, who := range all {
		if who.HasPIN && !who.Disabled {
			enter++
			if who.Role == string(admin) {
				return fine("staff", "An admin can sign in."), nil
			}
		}
	}
	return wrong("staff", fmt.Sprintf("No admin can sign in (%d others can).", enter), "Enter the setup code of the node's log on its first page, or: sangam staff add --data "+n.Dir+" --name NAME --role "+string(admin)+"."), nil
}

// finding says how a line is doing, and what to do about it.
func (l Line) finding(role string) Finding {
	with := "The line to the centre"
	if role == node.Hub {
		with = "The line to " + l.Title()
	}
	waiting := fmt.Sprintf("%d changes wait", l.Backlog.Records)
	switch l.State {
	case "live":
		return fine("line", "%s is live; %s.", with, waiting)
	case "off":
		if role == node.Hub {
			return note("line", with+" is off: the centre runs without --redis.", "Give it the Redis between the centre and its sites.")
		}
		return note("line", "The site works alone: it has no Redis, or has not joined a centre.", "Start it with --redis URL --join CODE; the code comes from sangam hub enrol at the centre.")
	case "connecting", "never_seen":
		return note("line", with+" has not been heard since the node started; "+waiting+".", "Look at Redis (sangam doctor --redis URL), and at the other end.")
	case "silent":
		return wrong("line", fmt.Sprintf("%s is silent, last heard %s; %s.", with, l.heard(), waiting), "Nothing is lost. Look at the network, at Redis (sangam doctor --redis URL), and at the other end.")
	case "lagging":
		return note("line", fmt.Sprintf("%s is heard, but slow; %s.", with, waiting), "Wait: new edits go first.")
	case "clock_wrong":
		return wrong("line", with+" works, and the two clocks are more than two minutes apart ("+milliseconds(l.ClockOffsetMs)+").", "Set the clock that is wrong: timedatectl set-ntp true.")
	case "cloned":
		return wrong("line", with+": two boxes answer as one site.", "Switch one off. Nothing is lost; enrol the other one anew if it shall stay.")
	case "rejected":
		return wrong("line", with+" was turned away by the centre ("+l.Reason+").", "revoked, or a join code that is used or has expired: a new code of sangam hub enrol. version: update the older program.")
	}
	return note("line", with+" is "+l.State+".", "")
}

// Title is the name of the site, or its id while it has none.
func (l Line) Title() string {
	if l.Name != "" {
		return l.Name
	}
	return l.Site
}

func (l Line) heard() string {
	if l.LastHeard == nil {
		return "never"
	}
	return l.LastHeard.Local().Format(time.DateTime)
}

func milliseconds(ms *int64) string {
	if ms == nil {
		return "unknown"
	}
	return (time.Duration(*ms) * time.Millisecond).String()
}
