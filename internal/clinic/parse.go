package clinic

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aashram-care/sangam/sync/record"
)

// MaxDataBytes bounds the data of one command.
const MaxDataBytes = 64 << 10

// parse reads the data of a command and holds it to the limits that its fields' tags declare, which are the same tags
// that the OpenAPI document is made from. Fields it does not know are tolerated.
func parse[T any](data []byte, rules []rule) (T, error) {
	var in T
	if len(data) > MaxDataBytes {
		return in, refuse(CodeTooLarge, "The data of one action may have %d bytes; these are %d.", MaxDataBytes, len(data))
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		data = []byte("{}")
	}
	if data[0] != '{' {
		return in, refuse(CodeInvalid, "The data of an action is an object.")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&in); err != nil {
		return in, unreadable(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return in, refuse(CodeInvalid, "There is text after the data.")
	}
	return in, check(reflect.ValueOf(&in).Elem(), rules)
}

func unreadable(err error) *Error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return refuse(CodeInvalid, "%s cannot be a %s.", wrongType.Field, wrongType.Value)
	}
	if errors.Is(err, record.ErrBadID) {
		return refuse(CodeInvalid, "An id in the data is not a UUID.")
	}
	return refuse(CodeInvalid, "The data cannot be read as JSON of the right shape.")
}

// rule is what the tags of one field ask for.
type rule struct {
	field            int
	name             string
	maxRunes         int
	enum             []string
	bounded          bool
	minimum, maximum int64
	inside           []rule // of a struct
}

func rulesOf(t reflect.Type) []rule {
	var rules []rule
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		r := rule{field: i, name: name}
		r.maxRunes, _ = strconv.Atoi(field.Tag.Get("maxLength"))
		if enum := field.Tag.Get("enum"); enum != "" {
			r.enum = strings.Split(enum, ",")
		}
		if maximum, err := strconv.ParseInt(field.Tag.Get("maximum"), 10, 64); err == nil {
			r.bounded, r.maximum = true, maximum
			r.minimum, _ = strconv.ParseInt(field.Tag.Get("minimum"), 10, 64)
		}
		of := field.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct && of.PkgPath() == reflect.TypeFor[rule]().PkgPath() {
			r.inside = rulesOf(of)
		}
		if of.Kind() == reflect.String || r.bounded || r.inside != nil {
			rules = append(rules, r)
		}
	}
	return rules
}

// check trims every text of v in place and holds v to the rules. A field left out is not held to its enum or bounds:
// whether it may be missing is for the command to say.
func check(v reflect.Value, rules []rule) error {
	for _, r := range rules {
		field := v.Field(r.field)
		if field.Kind() == reflect.Pointer {
			if field.IsNil() {
				continue
			}
			field = field.Elem()
		} else if field.IsZero() {
			continue
		}
		if err := r.check(field); err != nil {
			return err
		}
	}
	return nil
}

func (r rule) check(field reflect.Value) error {
	switch {
	case r.inside != nil:
		return check(field, r.inside)
	case field.Kind() == reflect.String:
		text := strings.TrimSpace(field.String())
		field.SetString(text)
		if r.maxRunes > 0 && utf8.RuneCountInString(text) > r.maxRunes {
			return refuse(CodeTooLarge, "%s may have %d characters.", r.name, r.maxRunes)
		}
		if strings.ContainsFunc(text, unprintable) {
			return refuse(CodeInvalid, "%s holds characters that cannot be shown.", r.name)
		}
		if r.enum != nil && !slices.Contains(r.enum, text) {
			return refuse(CodeInvalid, "%s is one of %s.", r.name, strings.Join(r.enum, ", "))
		}
	case field.CanInt() && (field.Int() < r.minimum || field.Int() > r.maximum):
		return refuse(CodeInvalid, "%s lies between %d and %d.", r.name, r.minimum, r.maximum)
	}
	return nil
}

// Direction marks can make one token look like another; joiners are part of Devanagari and stay.
func unprintable(c rune) bool {
	return unicode.IsControl(c) && c != '\n' && c != '\t' || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == utf8.RuneError
}

// NormalName is the form in which names are compared: one space between words, no case.
func NormalName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// NormalPhone is the form in which telephone numbers are kept and compared: digits only, with the country's code;
// numbers of ten digits are Indian. It is empty for what cannot be a number.
func NormalPhone(phone string) string {
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, phone)
	if !strings.HasPrefix(strings.TrimSpace(phone), "+") {
		digits = strings.TrimPrefix(strings.TrimPrefix(digits, "00"), "0")
		if len(digits) == 10 {
			digits = "91" + digits
		}
	}
	if len(digits) < 6 || len(digits) > 15 {
		return ""
	}
	return digits
}
