package redis

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// ErrBadURL says that a bus URL cannot be read: wrong usage, which no retry cures.
var ErrBadURL = errors.New("the Redis URL cannot be read")

const (
	urlForm      = "expected redis://[user:password@]host[:port][/database], rediss:// for TLS, or unix:///path"
	sentinelForm = "expected redis+sentinel://[user:password@]host[:port],host[:port].../master[/database], rediss+sentinel:// for TLS"
	clusterForm  = "expected redis+cluster://[user:password@]host[:port],host[:port]..., rediss+cluster:// for TLS"
)

// Kind is how Redis runs.
type Kind string

// The kinds. A managed service is a Single: whatever stands behind its one address is its own business.
const (
	Single   Kind = "single"
	Sentinel Kind = "sentinel" // a master with replicas, of which Sentinels choose the master
	Cluster  Kind = "cluster"  // Redis 7 or later: channels are spread over masters by their slots
)

// target is what a URL says.
type target struct {
	kind   Kind
	seeds  []string // host:port of servers or Sentinels to ask; for a Single the one server, or a socket's path
	master string   // the name by which Sentinels know the master
	dial   goredis.Options
}

// address is fit for logs and screens: it has no credentials.
func (g target) address() string {
	all := strings.Join(g.seeds, ",")
	if g.kind == Sentinel {
		return all + " for " + g.master
	}
	return all
}

// parseURL never repeats the URL or a part of it that may be a password: with one unescaped character, what a
// parser calls the port or the path can be half of the password.
func parseURL(raw string) (target, error) {
	if strings.TrimSpace(raw) == "" {
		return target{}, fmt.Errorf("%w: it is empty; %s", ErrBadURL, urlForm)
	}
	scheme, _, _ := strings.Cut(raw, "://")
	plain, kind, form := scheme, Single, urlForm
	switch scheme {
	case "redis", "rediss", "unix":
	case "redis+sentinel", "rediss+sentinel":
		kind, form = Sentinel, sentinelForm
	case "redis+cluster", "rediss+cluster":
		kind, form = Cluster, clusterForm
	default:
		return target{}, fmt.Errorf("%w: it does not begin with redis://, rediss:// or unix://, nor with redis+sentinel:// or redis+cluster://; %s", ErrBadURL, urlForm)
	}
	if kind == Single {
		o, err := parsePlain(raw, form)
		if err != nil {
			return target{}, err
		}
		return target{kind: Single, seeds: []string{o.Addr}, dial: *o}, nil
	}
	plain, _, _ = strings.Cut(scheme, "+")
	return parseSeeds(kind, form, plain, strings.TrimPrefix(raw, scheme+"://"))
}

// parsePlain reads a URL of one server.
func parsePlain(raw, form string) (*goredis.Options, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %s; in a password write %%40 for @, %%3A for : and %%2F for /", ErrBadURL, form)
	}
	if u.Scheme != "unix" && u.Hostname() == "" {
		return nil, fmt.Errorf("%w: it names no host; %s", ErrBadURL, form)
	}
	if u.RawQuery != "" && u.Scheme != "unix" {
		return nil, fmt.Errorf("%w: it has a part behind a question mark, which sangam does not read; in a password write %%3F for ?", ErrBadURL)
	}
	if u.Fragment != "" {
		return nil, fmt.Errorf("%w: it has a part behind #; in a password write %%23 for #", ErrBadURL)
	}
	o, err := goredis.ParseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: what follows the host is not a database number; %s", ErrBadURL, form)
	}
	return o, nil
}

// parseSeeds reads what follows the scheme of a URL with several hosts, which url.Parse alone would take for one.
func parseSeeds(kind Kind, form, plain, rest string) (target, error) {
	authority, tail := rest, ""
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, tail = rest[:end], rest[end:]
	}
	user, hosts := "", authority
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, hosts = authority[:at+1], authority[at+1:]
	}
	g := target{kind: kind}
	port := "6379"
	if kind == Sentinel {
		port = "26379"
	}
	for host := range strings.SplitSeq(hosts, ",") {
		u, err := url.Parse("redis://" + host)
		if err != nil || u.Hostname() == "" || u.Host != host {
			return target{}, fmt.Errorf("%w: one of its hosts is empty or is none; %s; in a password write %%40 for @ and %%2F for /", ErrBadURL, form)
		}
		seed := net.JoinHostPort(u.Hostname(), port)
		if u.Port() != "" {
			seed = u.Host
		}
		if !slices.Contains(g.seeds, seed) {
			g.seeds = append(g.seeds, seed)
		}
	}
	tail, err := g.parseTail(tail, form)
	if err != nil {
		return target{}, err
	}
	o, err := parsePlain(plain+"://"+user+g.seeds[0]+tail, form)
	if err != nil {
		return target{}, err
	}
	g.dial = *o
	return g, nil
}

// parseTail takes the master's name from what follows the hosts, and returns what a URL of one server would have there.
func (g *target) parseTail(tail, form string) (string, error) {
	path, isPath := strings.CutPrefix(tail, "/")
	if g.kind == Cluster {
		if isPath && path != "" && path[0] != '?' && path[0] != '#' {
			return "", fmt.Errorf("%w: a cluster has no databases, yet something follows the hosts; %s", ErrBadURL, clusterForm)
		}
		return tail, nil
	}
	end := strings.IndexAny(path, "/?#")
	if end < 0 {
		end = len(path)
	}
	name, err := url.PathUnescape(path[:end])
	if !isPath || err != nil || name == "" {
		return "", fmt.Errorf("%w: it does not name the master that the Sentinels watch; %s", ErrBadURL, form)
	}
	g.master = name
	return path[end:], nil
}
