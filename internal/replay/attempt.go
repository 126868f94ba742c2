package replay

import (
	"context"
	"fmt"

	"github.com/aashram-care/sangam/internal/api"
)

// move is attempt where only a fault matters.
func (p *player) move(ctx context.Context, who *caller, command, entry, status string, more map[string]any) error {
	_, err := p.attempt(ctx, who, command, entry, status, more)
	return err
}

// attempts is how often a person presses the same key while the row changes under their finger.
const attempts = 3

// attempt does one command on an entry that the screen shows in a status; when it never shows it, nothing is sent and
// the outcome has an error. Whoever is told that the row changed looks at it as it is now: while it still is in that
// status they try again, else somebody was faster. An applied command returns once the screen has followed, as a
// person acts on what they see and not on what they saw.
func (p *player) attempt(ctx context.Context, who *caller, command, entry, status string, more map[string]any) (out outcome, err error) {
	out.Error = &api.Problem{Code: "not_shown", Message: "the screen does not show the entry so"}
	r, ok := p.screen.shown(ctx, entry, func(r row) bool { return r.Status == status })
	for range attempts {
		if !ok || ctx.Err() != nil {
			return out, nil
		}
		data := map[string]any{"entry": entry}
		for k, v := range more {
			data[k] = v
		}
		if out, err = p.do(ctx, who, command, entry, data, saw(r, command)); err != nil {
			return out, err
		}
		if out.Error == nil {
			p.screen.reached(ctx, entry, uint64(out.Seq))
			return out, nil
		}
		now, stale := out.current()
		if !stale {
			return out, nil
		}
		p.tally.stale(command, r, now)
		r, ok = now, now.Status == status
	}
	return out, nil
}

// saw is what the command must have seen, as the row shows it.
func saw(r row, command string) map[string]any {
	seen := map[string]any{"status": r.Status, "generation": r.Generation}
	if command == "queue.transfer" {
		seen["guruji"] = r.Guruji
	}
	return seen
}

// do sends one action until it is acknowledged, and counts it.
func (p *player) do(ctx context.Context, who *caller, command, entry string, data any, saw map[string]any) (outcome, error) {
	action, err := newAction(command, data, saw)
	if err != nil {
		return outcome{}, err
	}
	out, err := who.act(ctx, p.journal, action)
	if err != nil {
		if ctx.Err() != nil {
			return out, nil
		}
		return out, err
	}
	if command == "queue.check_in" && out.Error == nil {
		var in struct {
			Entry string `json:"entry"`
			Token string `json:"token"`
			Day   string `json:"day"`
		}
		if err := out.decode(&in); err != nil {
			return out, fmt.Errorf("check_in answered %s: %w", out.data, err)
		}
		p.tally.token(in.Day, in.Token)
		entry = in.Entry
	}
	p.tally.count(command, out)
	if entry != "" {
		p.tally.watch(entry, out)
	}
	return out, nil
}
