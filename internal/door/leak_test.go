package door_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
)

// visitor is a person whose every word can be found again in a stream of bytes.
type visitor struct {
	checkedIn
	name, phone, reason, note, remedy string
}

func newVisitor(i int) visitor {
	return visitor{
		name: fmt.Sprintf("Nameof%dq", i), phone: fmt.Sprintf("98765%05d", i), reason: fmt.Sprintf("reasonof%dq", i),
		note: fmt.Sprintf("noteof%dq", i), remedy: fmt.Sprintf("remedyof%dq", i),
	}
}

func (v visitor) words() map[string]string {
	return map[string]string{"name": v.name, "phone": v.phone, "reason": v.reason, "note": v.note, "remedy": v.remedy}
}

// watched is a reader of a role by socket and by poll, and what of each visitor it may be told.
type watched struct {
	socket, poll *screen
	may          func(v int, word string) bool
}

func TestNoRoleIsToldMoreThanItsOwn(t *testing.T) {
	n := startNode(t, nil)
	c := n.crew()
	app, _, err := n.door.NewAppKey(t.Context(), "old app", "queue.*")
	if err != nil {
		t.Fatal(err)
	}
	visitors := []visitor{newVisitor(1), newVisitor(2), newVisitor(3), newVisitor(4)}
	queueOf := func(i int) string { // 0 and 2 wait for Chandra, 1 and 3 for Deva
		return []string{c.gurujiID, c.otherID}[i%2]
	}
	come := func(i int) {
		v := &visitors[i]
		v.checkedIn = n.checkIn(c.coordinator, map[string]any{"guruji": queueOf(i), "person": person(v.name, v.phone), "reason": v.reason})
	}
	come(0)
	var patient api.Session
	n.call("POST", "/api/v1/session", "", api.SessionRequest{Link: visitors[0].Link}, nil).into(200, &patient)

	never := func(int, string) bool { return false }
	desk := func(_ int, word string) bool { return word == "name" || word == "phone" }
	healer := func(own int) func(int, string) bool {
		return func(v int, word string) bool { return v%2 == own && word != "phone" }
	}
	roles := map[string]*watched{}
	watch := func(role, token, view string, may func(int, string) bool) {
		w := &watched{n.screen(token, view), n.screen(token, view), may}
		w.socket.connect()
		roles[role+" "+view] = w
	}
	for _, view := range []string{"board", "queue"} {
		watch("board", c.board, view, never)
	}
	watch("kiosk", c.kiosk, "kiosk", never)
	watch("app", app, "queue", never)
	for _, view := range []string{"coordinator", "queue"} {
		watch("coordinator", c.coordinator, view, desk)
		watch("admin", c.admin, view, desk)
	}
	watch("admin", c.admin, "admin", desk)
	watch("coordinator", c.coordinator, "board", never)
	watch("chandra", c.guruji, "guruji", healer(0))
	watch("chandra", c.guruji, "queue", healer(0))
	watch("deva", c.other, "guruji", healer(1))
	watch("patient", patient.Token, "patient", func(v int, _ string) bool { return v == 0 })

	for i := 1; i < len(visitors); i++ {
		come(i)
	}
	for i, token := range []string{c.guruji, c.other} {
		v := visitors[i]
		n.done(token, "queue.call_next", map[string]any{}, nil)
		n.move(token, "queue.start", v.Entry, "called")
		n.done(token, "consultation.note", map[string]any{"entry": v.Entry, "text": v.note}, nil)
		n.done(token, "remedy.prescribe", map[string]any{"entry": v.Entry, "type": "ayurvedic", "name": v.remedy, "dosage": v.remedy, "days": 3}, nil)
		n.move(token, "queue.complete", v.Entry, "in_service")
	}
	n.done(c.coordinator, "person.register", map[string]any{"name": "Bystander", "phone": "9876500009"}, nil)
	n.done(c.kiosk, "emergency.raise", map[string]any{"place": "gate", "note": "fainted"}, nil)

	last := n.checkIn(c.kiosk, map[string]any{"guruji": c.gurujiID})
	for role, w := range roles {
		if reset := w.poll.poll(); reset != "" {
			t.Fatalf("%s: reset %s", role, reset)
		}
		w.socket.until(role+" is up to date", func() bool {
			return strings.Contains(w.socket.bytes.String(), last.Entry) || len(w.socket.events) >= len(w.poll.events)
		})
	}
	n.restart() // what is read back from the store goes another way than what was live
	for role, w := range roles {
		again := n.screen(w.poll.token, strings.Fields(role)[1])
		w.poll.bytes.WriteString(again.bytes.String())
		w.poll.cursor = w.socket.cursor
		if reset := w.poll.poll(); reset != "" {
			t.Fatalf("%s: reset %s", role, reset)
		}
		told := w.poll.bytes.String() + w.socket.bytes.String()
		for _, text := range []string{"Bystander", "9876500009"} { // who has no entry today is nobody's but the desk's
			if strings.Contains(told, text) && !w.may(1, "phone") {
				t.Errorf("%s was told %s", role, text)
			}
		}
		staff := strings.Contains("admin coordinator chandra deva", strings.Fields(role)[0])
		if strings.Contains(told, "fainted") && (!staff || strings.HasSuffix(role, " board")) {
			t.Errorf("%s was told what happened to somebody", role)
		}
		for i, v := range visitors {
			for word, text := range v.words() {
				if strings.Contains(told, text) && !w.may(i, word) {
					t.Errorf("%s was told the %s of visitor %d", role, word, i)
				}
			}
		}
	}
	for role, want := range map[string]string{"coordinator coordinator": visitors[3].phone, "chandra guruji": visitors[2].reason, "patient patient": visitors[0].name, "board queue": visitors[3].Token} {
		if !strings.Contains(roles[role].socket.bytes.String(), want) {
			t.Errorf("%s was not told %s: the search would find nothing", role, want)
		}
	}
	for _, v := range visitors {
		for word, text := range v.words() {
			if strings.Contains(n.log.String(), text) {
				t.Errorf("the log has the %s %s", word, text)
			}
		}
	}
}

// move runs a queue command on an entry that is shown in a status of its first generation.
func (n *node) move(token, kind, entry, status string) {
	n.t.Helper()
	shot := n.screen(token, "")
	shown := shot.rows["row "+entry]
	if shown["status"] != status {
		n.t.Fatalf("%s is %v, want %s", entry, shown["status"], status)
	}
	if r := n.saw(token, kind, map[string]any{"entry": entry}, shown); r.Status != api.Applied {
		n.t.Fatalf("%s: %+v", kind, r.Error)
	}
}
