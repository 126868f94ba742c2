package hub

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/commit"
	"github.com/aashram-care/sangam/sync/bus/redis"
	"github.com/aashram-care/sangam/sync/feed"
	"github.com/aashram-care/sangam/sync/record"
)

// purposeRedis marks the password of one user of the Redis between hub and sites. Its fields: purpose, user, password.
const purposeRedis = "redis"

// AccessRequest are the arguments of hub.acl.
type AccessRequest struct {
	Kind string `json:"kind"` // single, sentinel or cluster; empty means single
}

// Access says who may use the Redis between the centre and its sites.
type Access struct {
	File     string    `json:"file"` // an aclfile of Redis
	Accounts []Account `json:"accounts"`
}

// Account is what one user of the Redis signs in with.
type Account struct {
	Name     string `json:"name"` // of the site; or what it is for
	User     string `json:"user"`
	Password string `json:"password"`
}

// access writes the ACL of all sites that are not revoked. Passwords are drawn once and kept, so that the file changes
// only for sites that come and go.
func (g *register) access(ctx context.Context, in AccessRequest) (any, error) {
	kind := redis.Kind(in.Kind)
	if kind == "" {
		kind = redis.Single
	}
	sites, err := g.sites()
	if err != nil {
		return nil, err
	}
	out := Access{Accounts: []Account{{Name: "hub", User: redis.HubUser}, {Name: "operator", User: redis.OperatorUser}, {Name: "a site that joins", User: redis.JoinUser}}}
	if kind != redis.Single {
		out.Accounts = append(out.Accounts, Account{Name: "servers", User: redis.ServerUser})
	}
	fixed := len(out.Accounts)
	var enrolled []enrolledSite
	for _, s := range sites {
		if !s.revoked {
			enrolled = append(enrolled, s)
			out.Accounts = append(out.Accounts, Account{Name: s.name, User: redis.SiteUser(s.id)})
		}
	}
	if err := g.passwords(ctx, out.Accounts); err != nil {
		return nil, err
	}
	rules := redis.Access{Kind: kind, Hub: out.Accounts[0].Password, Operator: out.Accounts[1].Password, Join: out.Accounts[2].Password}
	if kind != redis.Single {
		rules.Servers = out.Accounts[3].Password
	}
	for i, s := range enrolled {
		rules.Sites = append(rules.Sites, redis.SiteAccount{Site: s.id, Password: out.Accounts[fixed+i].Password})
	}
	if out.File, err = rules.File(); err != nil {
		return nil, &clinic.Error{Code: clinic.CodeInvalid, Message: err.Error()}
	}
	return out, nil
}

// passwords fills in what is kept, and draws what is missing.
func (g *register) passwords(ctx context.Context, accounts []Account) error {
	return g.node.Committer.Write(ctx, func(w *commit.Writer) error {
		for i := range accounts {
			a := &accounts[i]
			key := record.Key{Kind: clinic.KindKey, ID: record.Derive(purposeRedis, a.User)}
			r, _, known, err := feed.Load(w.Tx(), g.node.Local, key)
			if err != nil {
				return fmt.Errorf("read the password of %s: %w", a.User, err)
			}
			if known {
				a.Password = r.Get("password").Text()
				continue
			}
			a.Password = rand.Text()
			if _, err := w.Edit(g.node.Local, record.Edit{Kind: key.Kind, ID: key.ID, Set: map[string]record.Value{
				"purpose": record.Text(purposeRedis), "user": record.Text(a.User), "password": record.Text(a.Password),
			}}); err != nil {
				return fmt.Errorf("keep the password of %s: %w", a.User, err)
			}
		}
		return nil
	})
}
