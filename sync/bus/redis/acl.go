package redis

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/aashram-care/sangam/sync/bus"
)

// The users of an ACL. Each site has one of its own: see SiteUser.
const (
	HubUser      = "hub"
	OperatorUser = "operator"
	JoinUser     = "join" // for a site until it has joined and got a user of its own
	ServerUser   = "server"
)

// SiteUser is the user of a site.
func SiteUser(site [16]byte) string { return "site-" + uuid.UUID(site).String() }

// SiteAccount is a site and the password of its user.
type SiteAccount struct {
	Site     [16]byte
	Password string
}

// Access says who may use a Redis. Its File gives the hub and each site the channels they speak on, no keys, and no
// command but those that a Bus sends; the user without a name is switched off.
//
// Redis does not tell listening from publishing: a site could listen on its bucket, on which other sites speak too, and
// publish there as them. It would hear sealed frames of which it sees size and time, and be believed by nobody.
type Access struct {
	Kind  Kind // how the servers run that shall read the file
	Hub   string
	Sites []SiteAccount
	// Join is the password of who may speak and listen on the channels of any site, as the hub does, to join with a
	// code. Without one only sites that have a user can join.
	Join     string
	Operator string // password of a user who may do everything; without one nobody can look or load a new file
	// Servers is the password with which the servers of a Sentinel or Cluster follow each other (masteruser, masterauth)
	// and Sentinels watch them (sentinel auth-user, auth-pass).
	Servers string
}

// Commands that a Bus sends, beside HELLO and AUTH, which are free for all.
const (
	plainCommands   = "+publish +subscribe +ping +role +client|setname"
	shardedCommands = "+spublish +ssubscribe +ping +cluster|slots +client|setname"
)

// serverCommands are what replicas need of their master, and Sentinels of both, as Redis documents them.
const serverCommands = "&__sentinel__:hello -@all +psync +replconf +ping +multi +exec +slaveof +replicaof +subscribe +publish " +
	"+config|rewrite +role +info +client|setname +client|kill +script|kill"

// File is the content of an aclfile. Passwords are in it as SHA-256 only, for which they have to be long and random.
// The same access gives the same file. It fails when a password is missing, too short to withstand guessing, or used
// twice, when a site is named twice, and for a kind that is none.
func (a Access) File() (string, error) {
	if err := a.check(); err != nil {
		return "", fmt.Errorf("write the ACL: %w", err)
	}
	commands := plainCommands
	if a.Kind == Cluster {
		commands = shardedCommands
	}
	var lines []string
	user := func(name, password string, rules ...string) {
		lines = append(lines, fmt.Sprintf("user %s on #%x %s", name, sha256.Sum256([]byte(password)), strings.Join(rules, " ")))
	}
	lines = append(lines, "user default off resetkeys resetchannels -@all")
	user(HubUser, a.Hub, "resetkeys resetchannels", "&"+bus.HubLive, "&sangam:{*}:up", "&sangam:{site:*}:down", "-@all", commands)
	sites := slices.SortedFunc(slices.Values(a.Sites), func(x, y SiteAccount) int { return bytes.Compare(x.Site[:], y.Site[:]) })
	for _, s := range sites {
		user(SiteUser(s.Site), s.Password, "resetkeys resetchannels",
			"&"+bus.UpChannel(bus.Bucket(s.Site)), "&"+bus.DownChannel(s.Site), "-@all", commands)
	}
	if a.Join != "" {
		user(JoinUser, a.Join, "resetkeys resetchannels", "&sangam:{*}:up", "&sangam:{site:*}:down", "-@all", commands)
	}
	if a.Operator != "" {
		user(OperatorUser, a.Operator, "~* &* +@all")
	}
	if a.Servers != "" {
		user(ServerUser, a.Servers, "resetkeys resetchannels", serverCommands)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// minPassword is the least length of a password: SHA-256 is fast to try, and 16 random letters are too many to try.
const minPassword = 16

func (a Access) check() error {
	switch a.Kind {
	case Single:
	case Sentinel, Cluster:
		if a.Servers == "" {
			return fmt.Errorf("a %s needs a password for the servers among themselves", a.Kind)
		}
	default:
		return fmt.Errorf("unknown kind of Redis %q: expected %s, %s or %s", a.Kind, Single, Sentinel, Cluster)
	}
	owners := map[string]string{}
	take := func(user, password string) error {
		if len(password) < minPassword {
			return fmt.Errorf("the password of %s is shorter than %d", user, minPassword)
		}
		if other, taken := owners[password]; taken {
			return fmt.Errorf("%s and %s have the same password", other, user)
		}
		owners[password] = user
		return nil
	}
	errs := []error{take(HubUser, a.Hub)}
	seen := map[[16]byte]bool{}
	for _, s := range a.Sites {
		if seen[s.Site] {
			errs = append(errs, fmt.Errorf("%s is named twice", SiteUser(s.Site)))
			continue
		}
		seen[s.Site] = true
		errs = append(errs, take(SiteUser(s.Site), s.Password))
	}
	if a.Join != "" {
		errs = append(errs, take(JoinUser, a.Join))
	}
	if a.Operator != "" {
		errs = append(errs, take(OperatorUser, a.Operator))
	}
	if a.Servers != "" {
		errs = append(errs, take(ServerUser, a.Servers))
	}
	return errors.Join(errs...)
}
