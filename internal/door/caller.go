package door

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/aashram-care/sangam/internal/clinic"
)

// caller is who sent a request, as far as the request proves it.
type caller struct {
	address  string    // without the port
	screen   string    // which of the tabs or screens of one browser
	session  *signedIn // nil: signed out
	byBearer bool      // the token came in a header that no browser sends unasked
	host     string
	agent    string // what the browser calls itself
	secure   bool   // over https, wherever that ends
	ownTLS   bool   // which ends here, beside plain http
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

// ActorOf returns who a request's session belongs to, for the node's own operations; false when signed out.
func ActorOf(ctx context.Context) (clinic.Actor, bool) {
	s := callerOf(ctx).session
	if s == nil {
		return clinic.Actor{}, false
	}
	return s.rights().actor, true
}

// signedInAs returns the session of a request, or a problem; with roles it must have one of them.
func signedInAs(ctx context.Context, roles ...clinic.Role) (*signedIn, error) {
	s := callerOf(ctx).session
	if s == nil {
		return nil, errSignIn
	}
	for _, role := range roles {
		if s.rights().actor.Role == role {
			return s, nil
		}
	}
	if len(roles) > 0 {
		return nil, forbidden("Your role may not do this.")
	}
	return s, nil
}

const defaultScreen = "web"

var screenName = regexp.MustCompile(`^[a-z0-9-]{1,24}$`)

// identify finds out who calls. A token that is not valid (any more) makes the caller signed out, not refused: the
// way to sign in again must stay open.
func (d *Door) identify(c *gin.Context) {
	r := c.Request
	who := &caller{address: addressOf(r), screen: r.Header.Get("Sangam-Screen"), host: r.Host, agent: r.UserAgent(), secure: d.o.Secure || r.TLS != nil, ownTLS: r.TLS != nil}
	if who.screen == "" {
		who.screen = c.Query("screen")
	}
	if who.screen == "" {
		who.screen = defaultScreen
	}
	if !screenName.MatchString(who.screen) {
		invalid("A screen is named by 1 to 24 of a-z, 0-9 and -.").write(c)
		return
	}
	token := d.tokenOf(r, who)
	if token != "" && d.running() {
		session, err := d.sessions.find(token, r.Method != http.MethodGet || r.URL.Path == sessionPath)
		if err != nil {
			d.Answer(err).(*refusal).write(c)
			return
		}
		who.session = session
	}
	if !who.byBearer && d.crossing.Check(r) != nil {
		forbidden("A page of another origin may not act here.").write(c)
		return
	}
	c.Request = r.WithContext(context.WithValue(r.Context(), callerKey{}, who))
}

// tokenOf takes the bearer token, the query's for sockets of clients that cannot set headers, or the screen's cookie.
func (d *Door) tokenOf(r *http.Request, who *caller) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		who.byBearer = true
		return strings.TrimSpace(token)
	}
	if r.URL.Path == socketPath {
		if token := r.URL.Query().Get("token"); token != "" {
			return token
		}
	}
	if cookie, err := r.Cookie(d.cookieName(who)); err == nil {
		return cookie.Value
	}
	return ""
}

// cookieName carries node and screen, since ports share cookies and tabs share origins. One that was set over https
// has another name: a browser would let plain http neither read nor replace it (RFC 6265bis, 5.7), and whoever had
// signed in there once could not do so here.
func (d *Door) cookieName(who *caller) string {
	node := strings.ReplaceAll(d.o.Node, "-", "")
	name := "sangam_" + node[max(0, len(node)-8):] + "_" + who.screen
	if who.ownTLS {
		name += "_tls"
	}
	return name
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
