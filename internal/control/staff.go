package control

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/internal/pin"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// AddStaff are the arguments of staff.add.
type AddStaff struct {
	Name string `json:"name"`
	Role string `json:"role"` // at a hub central_admin when left out
	Room string `json:"room,omitempty"`
	PIN  string `json:"pin"`
}

// StaffRef are the arguments of staff.reset_pin and staff.disable.
type StaffRef struct {
	Name string `json:"name"` // or id
	PIN  string `json:"pin,omitempty"`
}

// Staff is one member of staff.
type Staff struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Disabled bool   `json:"disabled"`
	HasPIN   bool   `json:"hasPin"`
}

// StaffOperations are staff.add, staff.list, staff.reset_pin and staff.disable of a node.
func StaffOperations(n *node.Node) Operations {
	s := &staff{node: n, pins: pin.New()}
	return Operations{
		"staff.add":       Op(s.add),
		"staff.list":      Op(func(context.Context, struct{}) (any, error) { return s.list() }),
		"staff.reset_pin": Op(s.resetPIN),
		"staff.disable":   Op(s.disable),
	}
}

type staff struct {
	node *node.Node
	pins *pin.Hasher
}

// where says in which scope and kind the people of this node are kept.
func (s *staff) where() (feed.Scope, string, clinic.Role) {
	if s.node.Role == node.Hub {
		return feed.Network, clinic.KindCentralStaff, clinic.RoleCentralAdmin
	}
	return feed.SiteScope(s.node.Site), clinic.KindStaff, clinic.RoleAdmin
}

// do runs a command as the operator of the box, who may do what an admin may.
func (s *staff) do(ctx context.Context, command string, data any, secret string) (id string, err error) {
	text, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	_, _, role := s.where()
	action := api.Action{ID: record.NewV7(time.Now(), rand.Reader).String(), Type: command, At: api.At(time.Now()).String(), Data: text}
	if secret != "" {
		if action.Secret, err = s.pins.Hash(ctx, secret); errors.Is(err, pin.ErrLength) {
			return "", &clinic.Error{Code: clinic.CodeInvalid, Message: "Not this PIN: " + err.Error() + "."}
		} else if err != nil {
			return "", err
		}
	}
	results, err := s.node.Committer.Act(ctx, clinic.Actor{ID: "operator", Name: "Operator at the box", Role: role}, []api.Action{action})
	if err != nil {
		return "", err
	}
	if p := results[0].Error; p != nil {
		return "", &clinic.Error{Code: clinic.Code(p.Code), Message: p.Message, Retryable: p.Retryable}
	}
	return action.ID, nil
}

func (s *staff) add(ctx context.Context, in AddStaff) (any, error) {
	_, _, role := s.where()
	if s.node.Role == node.Hub {
		in.Role = cmp.Or(in.Role, string(role))
	}
	id, err := s.do(ctx, "staff.create", clinic.StaffCreate{Name: in.Name, Role: clinic.Role(in.Role), Room: in.Room}, in.PIN)
	if err != nil {
		return nil, err
	}
	return s.find(id)
}

func (s *staff) resetPIN(ctx context.Context, in StaffRef) (any, error) {
	who, err := s.find(in.Name)
	if err != nil {
		return nil, err
	}
	id, err := record.ParseID(who.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.do(ctx, "staff.reset_pin", clinic.StaffRef{Staff: id}, in.PIN); err != nil {
		return nil, err
	}
	return s.find(who.ID)
}

func (s *staff) disable(ctx context.Context, in StaffRef) (any, error) {
	who, err := s.find(in.Name)
	if err != nil {
		return nil, err
	}
	id, err := record.ParseID(who.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.do(ctx, "staff.disable", clinic.StaffDisable{Staff: id}, ""); err != nil {
		return nil, err
	}
	return s.find(who.ID)
}

// find returns the member of staff with this name or id; of several with one name the one who may still sign in.
func (s *staff) find(name string) (Staff, error) {
	all, err := s.list()
	if err != nil {
		return Staff{}, err
	}
	slices.SortStableFunc(all, func(a, b Staff) int { return boolOrder(a.Disabled, b.Disabled) })
	for _, who := range all {
		if who.ID == name || clinic.NormalName(who.Name) == clinic.NormalName(name) {
			return who, nil
		}
	}
	return Staff{}, &clinic.Error{Code: clinic.CodeNotFound, Message: "There is nobody called " + name + ". See sangam staff list."}
}

func (s *staff) list() ([]Staff, error) {
	scope, kind, _ := s.where()
	all := []Staff{}
	err := s.node.Store.View(func(tx feed.Tx) error {
		return feed.ByKind(tx, scope, kind, func(r record.Record) (bool, error) {
			_, _, hasPIN, err := feed.Load(tx, s.node.Local, record.Key{Kind: clinic.KindCredential, ID: clinic.CredentialID(r.ID)})
			all = append(all, Staff{
				ID: r.ID.String(), Name: r.Get("name").Text(), Role: r.Get("role").Text(),
				Disabled: r.Get("disabled").Bool(), HasPIN: hasPIN,
			})
			return true, err
		})
	})
	slices.SortFunc(all, func(a, b Staff) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
