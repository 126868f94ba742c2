package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
)

// Restore puts the store of a backup into a data directory. The file of tokens that lies there stays as it is.
type Restore struct {
	Dir      string
	From     *os.File
	With     []age.Identity
	Replace  bool // set a store aside that is there already
	Progress func(done, total int)
}

// Restored is what became of it.
type Restored struct {
	Backup
	Dir   string   `json:"dir"`
	Aside []string `json:"aside"` // what lay there before, under other names
}

// ErrInTheWay says that there is something in the directory which a restore would overwrite.
var ErrInTheWay = errors.New("nothing was restored")

// Run reads the backup to its end before it touches the directory, and checks the store again where it then lies. It
// refuses a directory whose node runs, that is another role's, or that holds a store which nobody said to replace; after
// an error all is as before.
func (r Restore) Run(ctx context.Context) (out Restored, err error) {
	if err := r.mayTake(); err != nil {
		return out, err
	}
	if out.Backup, err = CheckBackup(r.From, r.With...); err != nil {
		return out, err
	}
	if role, err := node.RoleOf(r.Dir); err == nil && role != out.Role {
		return out, fmt.Errorf("%w: %s is the directory of %s, and the backup is of %s", ErrInTheWay, r.Dir, roleTitle(role), roleTitle(out.Role))
	}
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return out, fmt.Errorf("make the data directory: %w", err)
	}
	fresh, err := r.unpack(ctx)
	if err != nil {
		return out, err
	}
	defer os.Remove(fresh) // gone by then if all went well
	out.Dir = r.Dir
	out.Aside, err = r.putInPlace(fresh, out.Role)
	return out, err
}

func roleTitle(role string) string {
	if role == node.Hub {
		return "a centre (hub)"
	}
	return "a site (edge)"
}

// mayTake tells what in the directory speaks against a restore.
func (r Restore) mayTake() error {
	entries, err := os.ReadDir(r.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into the data directory: %w", err)
	}
	release, err := bolt.Hold(r.store())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case errors.Is(err, bolt.ErrLocked):
		return fmt.Errorf("%w: the node of %s runs, stop it first (%w)", ErrInTheWay, r.Dir, err)
	case err != nil:
		return err
	default:
		if err := release(); err != nil {
			return fmt.Errorf("look into the data directory: %w", err)
		}
	}
	if _, err := node.RoleOf(r.Dir); err == nil {
		if !r.Replace && len(r.present()) > 0 {
			return fmt.Errorf("%w: %s holds the data of a node; with --replace they are set aside under other names", ErrInTheWay, r.Dir)
		}
		return nil
	}
	for _, e := range entries {
		if e.Name() != node.TokensFile && !slices.Contains(bolt.Files(r.store()), filepath.Join(r.Dir, e.Name())) {
			return fmt.Errorf("%w: %s is not empty and no data directory of a node (%s lies there)", ErrInTheWay, r.Dir, e.Name())
		}
	}
	if !r.Replace && len(r.present()) > 0 {
		return fmt.Errorf("%w: %s holds a store already; with --replace it is set aside under another name", ErrInTheWay, r.Dir)
	}
	return nil
}

func (r Restore) store() string { return filepath.Join(r.Dir, node.StoreFile) }

// present are the files of a store that lies there already.
func (r Restore) present() (files []string) {
	for _, path := range bolt.Files(r.store()) {
		if _, err := os.Lstat(path); err == nil {
			files = append(files, path)
		}
	}
	return files
}

// unpack writes the store of the backup beside its place, whole and on the disk, and opens it: a store that this
// program could not use is found now.
func (r Restore) unpack(ctx context.Context) (path string, err error) {
	o, err := openBackup(r.From, r.With)
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp(r.Dir, node.StoreFile+".restored-*")
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	path = file.Name()
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("restore: %w", err), os.Remove(path))
		}
	}()
	to := &counted{ctx: ctx, to: file, told: func(done int64) {
		if r.Progress != nil {
			r.Progress(int(done), int(o.backup.Bytes))
		}
	}}
	_, err = io.Copy(to, o.store())
	if err = errors.Join(err, file.Sync()); err == nil {
		err = bolt.VerifyFile(file, o.backup.Bytes)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	opened, err := bolt.Open(path, bolt.Options{ReadOnly: true, VerifyUpTo: -1})
	if errors.Is(err, bolt.ErrOlder) { // the node brings it up to date
		return path, nil
	}
	if err != nil {
		return "", err
	}
	return path, opened.Close()
}

// putInPlace gives what is there other names, and the new store its own.
func (r Restore) putInPlace(fresh, role string) (aside []string, err error) {
	release := func() error { return nil }
	if held, err := bolt.Hold(r.store()); err == nil {
		release = held
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := r.belongToDir(fresh); err != nil {
		return nil, err
	}
	aside = []string{}
	suffix := ".before-restore-" + time.Now().UTC().Format("20060102-150405")
	for _, path := range r.present() {
		if err := os.Rename(path, path+suffix); err != nil {
			return aside, fmt.Errorf("set %s aside: %w", path, err)
		}
		aside = append(aside, path+suffix)
	}
	if err := os.Rename(fresh, r.store()); err != nil {
		return aside, fmt.Errorf("put the store in its place: %w", err)
	}
	rolePath := filepath.Join(r.Dir, node.RoleFile)
	if err := os.WriteFile(rolePath, []byte(role+"\n"), 0o600); err != nil {
		return aside, fmt.Errorf("note the role of the directory: %w", err)
	}
	return aside, errors.Join(r.belongToDir(rolePath), syncDir(r.Dir))
}

// belongToDir gives a file to whom the directory belongs: root restores for the user that the node runs as.
func (r Restore) belongToDir(path string) error {
	info, err := os.Stat(r.Dir)
	if err != nil {
		return fmt.Errorf("whose is the data directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	if err := os.Lchown(path, int(owner.Uid), int(owner.Gid)); err != nil {
		return fmt.Errorf("give %s to the node's user: %w", filepath.Base(path), err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) { // a file system that cannot
		err = nil
	}
	return errors.Join(err, d.Close())
}

// ReadKeys reads age identities from a file that age-keygen wrote.
func ReadKeys(path string) ([]age.Identity, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return age.ParseIdentities(file)
}

// Recipients reads whom a backup is encrypted for: public keys of age, and files that hold one a line.
func Recipients(keys []string, files []string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, key := range keys {
		r, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil {
			return nil, fmt.Errorf("%q is no public key of age: it begins with age1", key)
		}
		all = append(all, r...)
	}
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		r, err := age.ParseRecipients(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, r...)
	}
	return all, nil
}
