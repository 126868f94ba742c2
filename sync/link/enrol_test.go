package link_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/link"
	"github.com/aashram-care/sangam/sync/record"
	"github.com/aashram-care/sangam/sync/seal"
)

// enrolling is a hub with one invitation, and a site that holds it.
func enrolling(t *testing.T) (p *pair, refuse *error, enrolments *[]link.Enrolment) {
	p = newPair(t)
	p.keys = map[record.ID][]link.SiteKey{}
	p.edge.held = nil
	join, err := seal.NewJoin(bits{p.random}, hubID, [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	p.edge.join = &join
	p.secrets[join.Secret.KeyID()] = join.Secret
	refuse, enrolments = new(error), new([]link.Enrolment)
	p.enrol = func(e link.Enrolment) (link.SiteKey, error) {
		if *refuse != nil {
			return link.SiteKey{}, *refuse
		}
		*enrolments = append(*enrolments, e)
		if len(p.keys[e.Site]) == 0 {
			key, err := seal.NewSiteKey(bits{p.random})
			if err != nil {
				return link.SiteKey{}, err
			}
			p.keys[e.Site] = []link.SiteKey{{ID: 5, Key: key}}
		}
		return p.keys[e.Site][0], nil
	}
	return p, refuse, enrolments
}

func TestAJoinCodeBringsTheSiteItsKeyAndTheHubItsName(t *testing.T) {
	p, _, enrolments := enrolling(t)
	p.hub.start()
	p.edge.start()
	p.runUntil("live", time.Minute, func() bool { return p.atHub().State == link.Live && p.atEdge().InSync })
	if len(p.edge.held) != 1 || p.edge.held[0].ID != 5 || p.edge.join != nil {
		t.Errorf("the site holds %d keys, and the code %v", len(p.edge.held), p.edge.join)
	}
	if e := (*enrolments)[0]; e.Site != p.site || e.Name != "edge" || e.Node != "edge" {
		t.Errorf("the hub was told %+v", e)
	}
	p.arrives("the site's edit at the hub", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Second)
}

func TestALostAnswerToAJoinCodeIsGivenAgain(t *testing.T) {
	p, _, enrolments := enrolling(t)
	p.hub.start()
	f := p.net.Faults("edge", 1)
	f.Drop = 1 // probes too: the subscription is made anew now and then
	p.net.SetFaults("edge", 1, f)
	p.edge.start()
	p.runFor(30 * time.Second)
	f.Drop = 0
	p.net.SetFaults("edge", 1, f)
	p.runUntil("live", time.Minute, func() bool { return p.atHub().State == link.Live && p.atEdge().InSync })
	if len(*enrolments) < 2 {
		t.Errorf("the hub answered %d times; the first answers should have been lost", len(*enrolments))
	}
}

func TestARefusedJoinCodeIsToldAsWhy(t *testing.T) {
	for _, c := range []struct {
		err  error
		want link.Reason
	}{{link.ErrJoinUsed, link.JoinUsed}, {link.ErrJoinExpired, link.JoinExpired}, {link.ErrJoinSite, link.JoinSite}} {
		p, refuse, _ := enrolling(t)
		*refuse = c.err
		p.hub.start()
		p.edge.start()
		p.runUntil("rejected", time.Minute, func() bool { return p.atEdge().State == link.Rejected })
		if got := p.atEdge().Reason; got != c.want {
			t.Errorf("the site says %q, want %q", got, c.want)
		}
		*refuse = nil
		p.runUntil("live after all", 3*time.Minute, func() bool { return p.atEdge().State == link.Live })
	}
}

func TestACodeLeftInAStartScriptDoesNotStopASiteThatHasItsKey(t *testing.T) {
	p, refuse, _ := enrolling(t)
	join := p.edge.join
	p.hub.start()
	p.edge.start()
	p.runUntil("live", time.Minute, func() bool { return p.atEdge().State == link.Live })
	p.edge.crash()
	p.edge.join, *refuse = join, link.ErrJoinUsed
	p.edge.start()
	p.runUntil("live again", 10*time.Second, func() bool { return p.atEdge().State == link.Live })
}

func TestACodeForAnotherSiteIsRefusedAtOnce(t *testing.T) {
	w := newWorld(t, 1)
	join, err := seal.NewJoin(bits{w.random}, hubID, record.Derive("another site"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = link.NewEdgeMachine(link.EdgeConfig{Site: record.Derive("this site"), Join: &join, Random: bits{w.random}})
	if !errors.Is(err, link.ErrJoinSite) {
		t.Errorf("got %v", err)
	}
}

func TestAKeyIsRotatedWhileBothWork(t *testing.T) {
	p := startPair(t)
	fresh, err := seal.NewSiteKey(bits{p.random})
	if err != nil {
		t.Fatal(err)
	}
	p.keys[p.site] = append(p.keys[p.site], link.SiteKey{ID: 2, Key: fresh})
	p.hub.step(p.hub.sites[p.site], link.Rekeyed{Keys: p.keys[p.site]})
	p.runUntil("rotated", time.Minute, func() bool { return len(p.edge.held) == 2 && p.atEdge().InSync })
	if p.edge.held[1].Key != fresh {
		t.Error("the site holds another key")
	}
	p.arrives("the site's edit at the hub", p.hub, p.scope, p.write(p.edge, p.scope, "entry", 1), time.Second)

	p.edge.crash() // and the key is what it starts with
	p.edge.start()
	p.runUntil("live", 10*time.Second, func() bool { return p.atEdge().InSync })
}

func TestARevokedSiteGetsNothingAndIsToldSo(t *testing.T) {
	p := startPair(t)
	p.keys[p.site][0].Revoked = true
	p.hub.step(p.hub.sites[p.site], link.Rekeyed{Keys: p.keys[p.site]})
	p.runUntil("told", time.Second, func() bool { return p.atEdge().State == link.Rejected && p.atEdge().Reason == link.Revoked })
	if st := p.atHub(); st.State != link.Rejected || st.Reason != link.Revoked {
		t.Errorf("the hub says %+v", st)
	}
	up, down := p.write(p.edge, p.scope, "entry", 1), p.write(p.hub, feed.Network, "note", 1)
	p.runFor(3 * time.Minute)
	if has(t, p.hub.disk, p.scope, up) || has(t, p.edge.disk, feed.Network, down) {
		t.Error("something passed")
	}

	p.edge.crash() // it does not help to start anew
	p.edge.start()
	p.runUntil("told again", time.Minute, func() bool { return p.atEdge().Reason == link.Revoked })

	p.keys[p.site][0].Revoked = false
	p.hub.step(p.hub.sites[p.site], link.Rekeyed{Keys: p.keys[p.site]})
	p.arrives("the edit once the key is good again", p.hub, p.scope, up, 3*time.Minute)
}
