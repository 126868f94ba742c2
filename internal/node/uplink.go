package node

import (
	"fmt"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
)

// UplinkChanged is the event of a line that came into another state. boot sets apart what two openings of a node saw.
func UplinkChanged(boot string, site record.ID, was, is link.State, reason link.Reason, at time.Time) clinic.Event {
	data := map[string]any{"state": string(is), "was": string(was)}
	if reason != "" {
		data["reason"] = string(reason)
	}
	return clinic.Event{
		ID: record.Derive("uplink.changed", boot, site.String(), string(is), fmt.Sprint(at.UnixMilli())).String(), Type: "uplink.changed",
		At: api.At(at).Time, Site: site.String(), Subject: clinic.Subject{Kind: clinic.KindSite, ID: site.String()}, Data: data,
	}
}
