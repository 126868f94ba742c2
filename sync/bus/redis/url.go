package redis

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// ErrBadURL says that a bus URL cannot be read: wrong usage, which no retry cures.
var ErrBadURL = errors.New("the Redis URL cannot be read")

const urlForm = "expected redis://[user:password@]host[:port][/database], rediss:// for TLS, or unix:///path"

// parseURL never repeats the URL or a part of it that may be a password: with one unescaped character, what a
// parser calls the port or the path can be half of the password.
func parseURL(raw string) (*goredis.Options, error) {
	if strings.TrimSpace(raw) == "" {
		return nil, fmt.Errorf("%w: it is empty; %s", ErrBadURL, urlForm)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %s; in a password write %%40 for @, %%3A for : and %%2F for /", ErrBadURL, urlForm)
	}
	switch u.Scheme {
	case "redis", "rediss", "unix":
	default:
		return nil, fmt.Errorf("%w: it does not begin with redis://, rediss:// or unix://; %s", ErrBadURL, urlForm)
	}
	if u.Scheme != "unix" && u.Hostname() == "" {
		return nil, fmt.Errorf("%w: it names no host; %s", ErrBadURL, urlForm)
	}
	if u.RawQuery != "" && u.Scheme != "unix" {
		return nil, fmt.Errorf("%w: it has a part behind a question mark, which sangam does not read; in a password write %%3F for ?", ErrBadURL)
	}
	if u.Fragment != "" {
		return nil, fmt.Errorf("%w: it has a part behind #; in a password write %%23 for #", ErrBadURL)
	}
	o, err := goredis.ParseURL(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: what follows the host is not a database number; %s", ErrBadURL, urlForm)
	}
	return o, nil
}
