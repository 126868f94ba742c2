package clinic

import (
	"encoding/json"
	"time"

	"github.com/aashram-care/sangam/sync/record"
)

// News are the events that no change of a record implies: the node that has them tells them, under these names and with
// this data, in its own log. An id is a hash of what is told, so news that is told twice is told once.
type News struct {
	Site record.ID // zero at the centre
	Node string
	At   time.Time
}

func (n News) tell(kind string, subject Subject, data map[string]any) Event {
	e := Event{Type: kind, At: n.At.UTC().Truncate(time.Millisecond), Subject: subject, Data: data}
	if !n.Site.IsZero() {
		e.Site = n.Site.String()
	}
	told, _ := json.Marshal(data) // words and numbers, which always encode
	e.ID = record.Derive("news", kind, n.Node, subject.Kind, subject.ID, stamp(e.At), string(told)).String()
	return e
}

// node is the node itself as a subject.
func (n News) node() Subject {
	return Subject{Kind: "node", ID: record.Derive("node", n.Node).String()}
}

// UplinkChanged says that the line between the site and the centre came into another state; reason is that of a
// rejected one.
func (n News) UplinkChanged(was, state, reason string) Event {
	data := map[string]any{"state": state, "was": was}
	if reason != "" {
		data["reason"] = reason
	}
	return n.tell("uplink.changed", Subject{Kind: KindSite, ID: n.Site.String()}, data)
}

// TimeSet says that the node's clock was set, by so much; forward is positive.
func (n News) TimeSet(by time.Duration) Event {
	return n.tell("server.time_update", n.node(), map[string]any{"byMs": by.Milliseconds()})
}

// Updated says that the node runs another version than at its last start.
func (n News) Updated(version string) Event {
	return n.tell("system.update", n.node(), map[string]any{"version": version})
}

// Maintenance says that the node will be away for about so long.
func (n News) Maintenance(away time.Duration) Event {
	return n.tell("system.maintenance", n.node(), map[string]any{"awaySeconds": int64(away.Seconds())})
}

// Trouble says that an admin must act; what is a word that clients translate, such as disk_full.
func (n News) Trouble(what string) Event {
	return n.tell("system.error", n.node(), map[string]any{"what": what})
}

// DeviceSilent says that a device was not heard since then.
func (n News) DeviceSilent(device record.ID, since time.Time) Event {
	return n.tell("device.silent", Subject{Kind: KindDevice, ID: device.String()}, map[string]any{"since": stamp(since)})
}
