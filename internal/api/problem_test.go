package api_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
)

func TestADomainErrorKeepsItsCodeAndRowThroughWrapping(t *testing.T) {
	err := fmt.Errorf("decide queue.recall: %w", &clinic.Error{Code: clinic.CodeStale, Message: "somebody was faster", Current: 7})
	p := api.ProblemOf(err)
	if p.Code != "stale" || p.Message != "somebody was faster" || p.Current != 7 || p.HTTPStatus() != 409 {
		t.Errorf("got %+v, status %d", p, p.HTTPStatus())
	}
}

func TestAnUnknownErrorSaysNothingAboutItself(t *testing.T) {
	p := api.ProblemOf(errors.New("bolt: page 77 of /var/lib is bad"))
	if p.Code != "internal" || strings.Contains(p.Message, "bolt") || p.HTTPStatus() != 500 {
		t.Errorf("got %+v", p)
	}
}

func TestEveryCodeOfTheDomainIsInTheContract(t *testing.T) {
	field, _ := reflect.TypeFor[api.Problem]().FieldByName("Code")
	var codes []string
	for _, c := range clinic.Codes {
		codes = append(codes, string(c))
		if c != clinic.CodeInternal && (&api.Problem{Code: string(c)}).HTTPStatus() == 500 {
			t.Errorf("code %s is answered as our own fault", c)
		}
	}
	if got, want := field.Tag.Get("enum"), strings.Join(codes, ","); got != want {
		t.Errorf("the enum of Problem.Code is\n%s\nthe domain has\n%s", got, want)
	}
}
