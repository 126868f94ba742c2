package redis_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/sync/bus/redis"
)

func TestBadURLIsToldApartAndNeverRepeated(t *testing.T) {
	const secret = "hunter2"
	for _, raw := range []string{
		"",
		"   ",
		"localhost:6379",
		"http://user:" + secret + "@host",
		"redis://",
		"redis://user:" + secret + "@:6379",
		"redis://user:" + secret + "@host:port",
		"redis://user:" + secret + "@host:6379/many",
		"redis://user:" + secret + "@host:6379/1/2",
		"redis://user:" + secret + "/slash@host:6379",
		"redis://user:" + secret + "#hash@host:6379",
		"redis://user:" + secret + "?mark@host:6379",
		"redis://user:" + secret + "%zz@host:6379",
		"redis://user:" + secret + "@host:6379?dial_timeout=1s",
		"redis://user:" + secret + "@ho st:6379",
		"unix://user:" + secret + "@",
		"\x00",
		"redis+sentinel://",
		"redis+sentinel://user:" + secret + "@host:26379",
		"redis+sentinel://user:" + secret + "@host:26379/",
		"redis+sentinel://user:" + secret + "@host:26379,/master",
		"redis+sentinel://user:" + secret + "@host:26379,ho st/master",
		"redis+sentinel://user:" + secret + "@host/master/many",
		"redis+sentinel://user:" + secret + "@host/master/1/2",
		"redis+sentinel://user:" + secret + "@host/mas%zzter",
		"redis+sentinel://user:" + secret + "/slash@host/master",
		"redis+sentinel://user:" + secret + "#hash@host/master",
		"redis+sentinel://user:" + secret + "?mark@host/master",
		"redis+sentinel://user:" + secret + "%zz@host/master",
		"redis+sentinel://user:" + secret + "@host/master?db=1",
		"redis+cluster://",
		"redis+cluster://user:" + secret + "@",
		"redis+cluster://user:" + secret + "@host/1",
		"redis+cluster://user:" + secret + "@host,host:port",
		"redis+cluster://user:" + secret + "@host:1,:2",
		"redis+cluster://user:" + secret + "/slash@host",
		"redis+cluster://host,user:" + secret + "@",
		"redis+cluster://user:" + secret + "#hash@host",
		"unix+cluster:///run/redis.sock",
		"redis+ring://user:" + secret + "@host",
	} {
		b, err := redis.Open(raw, redis.Options{})
		if !errors.Is(err, redis.ErrBadURL) {
			t.Errorf("Open(%q) = %v, want ErrBadURL", raw, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("Open(%q) repeats the password: %v", raw, err)
		}
		if b != nil {
			b.Close()
		}
	}
}

func TestGoodURLsOpenWithoutAServer(t *testing.T) {
	for raw, address := range map[string]string{
		"redis://localhost":                               "localhost:6379",
		"redis://10.0.0.5:7000/3":                         "10.0.0.5:7000",
		"redis://[::1]:7000":                              "[::1]:7000",
		"rediss://user:p%40ss%2Fword@host:6380":           "host:6380",
		"redis://:only-a-password@host":                   "host:6379",
		"unix:///run/redis/redis.sock":                    "/run/redis/redis.sock",
		"unix://user:secret@/run/redis.sock?db=1":         "/run/redis.sock",
		"redis+sentinel://user:p%40ss@a:1,b,[::1]:3/care": "a:1,b:26379,[::1]:3 for care",
		"rediss+sentinel://a/the%20care/2":                "a:26379 for the care",
		"redis+cluster://user:p%2Fss@a:1,b,a:1":           "a:1,b:6379",
		"rediss+cluster://[fe80::1],b:7/":                 "[fe80::1]:6379,b:7",
	} {
		b, err := redis.Open(raw, redis.Options{})
		if err != nil {
			t.Errorf("Open(%q): %v", raw, err)
			continue
		}
		if got := b.Address(); got != address {
			t.Errorf("Open(%q).Address() = %q, want %q", raw, got, address)
		}
		b.Close()
	}
}
