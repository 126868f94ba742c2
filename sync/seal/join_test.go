package seal_test

import (
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/sync/seal"
)

func join(t testing.TB, site [16]byte) seal.Join {
	t.Helper()
	j, err := seal.NewJoin(rand.Reader, siteB, site)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestCodeReadsAsItWasWritten(t *testing.T) {
	for _, site := range [][16]byte{{}, siteA} {
		for range 200 {
			j := join(t, site)
			got, err := seal.ParseJoin(j.Code())
			if err != nil || got != j {
				t.Fatalf("%s: %v", j.Code(), err)
			}
		}
	}
}

func TestCodeIsGroupedAndHasNoLettersThatLookAlike(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{1,5})+$`)
	for _, site := range [][16]byte{{}, siteA} {
		if code := join(t, site).Code(); !shape.MatchString(code) {
			t.Errorf("code %s", code)
		}
	}
}

func TestCodeIsReadAsPeopleTypeIt(t *testing.T) {
	j := seal.Join{Hub: siteB, Site: siteA, Secret: seal.Secret{0, 0x10, 0x84, 0x21}} // many zeros and ones
	code := j.Code()
	for name, typed := range map[string]string{
		"lower case":       strings.ToLower(code),
		"no dashes":        strings.ReplaceAll(code, "-", ""),
		"spaces":           strings.ReplaceAll(code, "-", "  "),
		"line breaks":      strings.ReplaceAll(code, "-", "\r\n"),
		"dashes of a mail": strings.ReplaceAll(code, "-", "\u2013"),
		"around it":        "\t " + code + " \n",
		"O for 0":          strings.ReplaceAll(code, "0", "O"),
		"o for 0":          strings.ReplaceAll(code, "0", "o"),
		"l for 1":          strings.ReplaceAll(code, "1", "l"),
		"I for 1":          strings.ReplaceAll(code, "1", "I"),
	} {
		if got, err := seal.ParseJoin(typed); err != nil || got != j {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneWrongCharacterIsAlwaysNoticedAndItsGroupNamed(t *testing.T) {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	code := join(t, siteA).Code()
	for i := range code {
		if code[i] == '-' {
			continue
		}
		other := digits[(strings.IndexByte(digits, code[i])+11)%32]
		wrong := code[:i] + string(other) + code[i+1:]
		_, err := seal.ParseJoin(wrong)
		if !errors.Is(err, seal.ErrCodeTypo) {
			t.Fatalf("%s: %v, want ErrCodeTypo", wrong, err)
		}
		group := i / 6
		if want := strings.Split(wrong, "-")[group]; !strings.HasSuffix(err.Error(), " "+want) {
			t.Errorf("%s: %q does not point at group %s", wrong, err, want)
		}
	}
}

func TestSwappedCharactersAreNoticed(t *testing.T) {
	code := join(t, siteA).Code()
	for i := range len(code) - 1 {
		if code[i] == '-' || code[i+1] == '-' || code[i] == code[i+1] {
			continue
		}
		swapped := []byte(code)
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		if _, err := seal.ParseJoin(string(swapped)); !errors.Is(err, seal.ErrCodeTypo) || !strings.Contains(err.Error(), "group") {
			t.Errorf("%s: %v, want ErrCodeTypo with its group", swapped, err)
		}
	}
}

func TestEveryFaultOfACodeHasItsError(t *testing.T) {
	code, short := join(t, siteA).Code(), join(t, [16]byte{}).Code()
	for name, c := range map[string]struct {
		code string
		want error
	}{
		"nothing":                      {"", seal.ErrCodeTruncated},
		"only dashes":                  {" - - ", seal.ErrCodeTruncated},
		"half of it":                   {code[:len(code)/2], seal.ErrCodeTruncated},
		"one group less":               {code[:strings.LastIndexByte(code, '-')], seal.ErrCodeTruncated},
		"cut where a shorter one ends": {strings.ReplaceAll(code, "-", "")[:61], seal.ErrCodeTruncated},
		"one letter less":              {short[:len(short)-1], seal.ErrCodeTruncated},
		"one letter more":              {code + "7", seal.ErrCodeTooLong},
		"doubled letter":               {short + "7", seal.ErrCodeTooLong},
		"pasted twice":                 {code + code, seal.ErrCodeTooLong},
		"a whole book":                 {strings.Repeat(code, 1000), seal.ErrCodeTooLong},
		"newer version":                {"0" + "8" + code[2:20] + twoWrong(code)[20:], seal.ErrCodeVersion},
		"letter U":                     {strings.Replace(code, code[7:8], "U", 1), seal.ErrCodeTypo},
		"foreign letter":               {code[:10] + "\u0915" + code[11:], seal.ErrCodeTypo},
		"something else":               {"https://example.org/join", seal.ErrCodeTypo},
		"two letters wrong":            {twoWrong(code), seal.ErrCodeTypo},
	} {
		_, err := seal.ParseJoin(c.code)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err != nil && len(c.code) > 40 && strings.Contains(err.Error(), c.code[20:40]) {
			t.Errorf("%s: the error repeats the code: %v", name, err)
		}
	}
}

// twoWrong changes two characters far from each other.
func twoWrong(code string) string {
	b := []byte(code)
	for _, i := range []int{8, 50} {
		if b[i] == '7' {
			b[i] = '9'
		} else {
			b[i] = '7'
		}
	}
	return string(b)
}
