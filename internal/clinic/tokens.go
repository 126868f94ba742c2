package clinic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aashram-care/sangam/sync/record"
)

// TokenRange is what may be given out of a series today: the numbers Next to Last of its Epoch. The first epoch of a
// letter reads A001, the second, after a restore, A2-001.
type TokenRange struct {
	Epoch, Next, Last int
}

// deviceSeries is the letter no guruji gets: K2 is the series of kiosk 2.
const deviceSeries = 'K'

// A label is what stands before the number. Those of devices have a dot where letters need none, so that the second
// epoch of kiosk 2 (K2.2) is no kiosk's first.
func tokenLabel(series string, epoch int) string {
	if epoch <= 1 {
		return series
	}
	if series != "" && series[0] == deviceSeries {
		return series + "." + strconv.Itoa(epoch)
	}
	return series + strconv.Itoa(epoch)
}

// tokenText is the token with number n.
func tokenText(series string, epoch, n int) string {
	label := tokenLabel(series, epoch)
	switch {
	case series != "" && series[0] == deviceSeries:
		return fmt.Sprintf("%s-%02d", label, n)
	case epoch > 1:
		return fmt.Sprintf("%s-%03d", label, n)
	}
	return fmt.Sprintf("%s%03d", label, n)
}

// splitToken takes a token apart; ok is false for text that no tokenText made.
func splitToken(token string) (label string, n int, ok bool) {
	label, digits, dashed := strings.Cut(token, "-")
	if !dashed {
		label = strings.TrimRight(token, "0123456789")
		digits = token[len(label):]
	}
	if label == "" || len(digits) < 2 || len(digits) > 9 {
		return "", 0, false
	}
	n, err := strconv.Atoi(digits)
	return label, n, err == nil && n > 0
}

func (d *Day) sawToken(token string) {
	label, n, ok := splitToken(token)
	if !ok || n <= d.highest[label] {
		return
	}
	d.highest[label] = n
	for series, r := range d.Tokens {
		if tokenLabel(series, r.Epoch) == label && r.Next <= n {
			r.Next = n + 1
			d.Tokens[series] = r
		}
	}
}

// HighestToken is the greatest number of a series and epoch that the Day has ever seen in a record of its date.
func (d *Day) HighestToken(series string, epoch int) int { return d.highest[tokenLabel(series, epoch)] }

// nextToken is the next free token of a series. It takes nothing: the number is used once an entry with it is applied.
func (d *Day) nextToken(series string) (string, error) {
	r, ok := d.Tokens[series]
	if !ok || r.Next > r.Last {
		return "", &TokensNeeded{Day: d.date, Series: series, Count: 1}
	}
	return tokenText(series, r.Epoch, r.Next), nil
}

// lease is a block of numbers that a device may give out by itself.
type lease struct {
	device, prefix string
	from, to       int
}

func (l lease) covers(device, token string) bool {
	label, n, ok := splitToken(token)
	return ok && l.device == device && l.prefix == label && n >= l.from && n <= l.to
}

func (d *Day) applyLease(id record.ID, after *record.Record) {
	if after == nil {
		delete(d.leases, id)
		return
	}
	l := lease{device: after.Get("device").Text(), prefix: after.Get("prefix").Text(),
		from: int(after.Get("from").Int()), to: int(after.Get("to").Int())}
	d.leases[id] = l
	if l.to >= l.from {
		d.sawToken(fmt.Sprintf("%s-%02d", l.prefix, l.to))
	}
}

// nextSeries is the next letter that no guruji has, A to Z without K and then AA and on.
func (d *Day) nextSeries() string {
	taken := map[string]bool{}
	for _, g := range d.gurujis {
		taken[g.series] = true
	}
	for n := 0; ; n++ {
		if series := letters(n); series[0] != deviceSeries && !taken[series] {
			return series
		}
	}
}

func letters(n int) string {
	text := string(rune('A' + n%26))
	if n < 26 {
		return text
	}
	return letters(n/26-1) + text
}
