package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aashram-care/sangam/internal/node"
	"github.com/aashram-care/sangam/storage/bolt"
)

// How a finding stands.
const (
	Fine  = "fine"
	Note  = "note"  // worth knowing; nobody has to act
	Wrong = "wrong" // somebody has to act
)

// Finding is one thing that was looked at, in words.
type Finding struct {
	About string `json:"about"` // directory, disk, store, tokens, clock, node, port, redis, line, staff
	State string `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"`
}

// Doctor looks at a node's directory, at the node if it runs, and at what stands around it. It changes nothing. What
// is empty is not looked at.
type Doctor struct {
	Dir                 string
	Listen, AdminListen string
	HTTPSListen         string
	Redis               string
	Archive             string // folder of what a site empties
	Now                 func() time.Time
}

// How much room a node wants beside its store.
const (
	tooLittleRoom = 64 << 20
	littleRoom    = 512 << 20
)

// Look returns what it found, in the order in which one would mend it.
func (d Doctor) Look(ctx context.Context) []Finding {
	found := d.directory()
	if len(found) > 0 && found[0].State == Wrong {
		return append(found, d.redis(ctx)...) // there is no node to look at
	}
	found = append(found, d.disk()...)
	inside, running := d.inside(ctx)
	found = append(found, inside...)
	if !running {
		found = append(found, d.stopped()...)
	}
	found = append(found, d.tokens()...)
	found = append(found, d.clock()...)
	found = append(found, d.archives()...)
	found = append(found, d.ports(ctx, running)...)
	return append(found, d.redis(ctx)...)
}

func fine(about, format string, args ...any) Finding {
	return Finding{About: about, State: Fine, Says: fmt.Sprintf(format, args...)}
}

// sentence ends the text of an error as a sentence ends.
func sentence(err error) string { return strings.TrimRight(err.Error(), ". ") + "." }

func note(about, says, do string) Finding  { return Finding{about, Note, says, do} }
func wrong(about, says, do string) Finding { return Finding{about, Wrong, says, do} }

// directory tells whether this is a node's directory, and whether it can be written.
func (d Doctor) directory() []Finding {
	const about = "directory"
	if _, err := os.Stat(d.Dir); err != nil {
		return []Finding{wrong(about, fmt.Sprintf("There is no directory %s: %v.", d.Dir, err), "Name the one that --data or SANGAM_DATA of the node names.")}
	}
	role, err := node.RoleOf(d.Dir)
	if errors.Is(err, os.ErrPermission) {
		return []Finding{wrong(about, d.Dir+" belongs to another user.", "Run this as root, or as the user of the node.")}
	}
	if err != nil {
		return []Finding{wrong(about, d.Dir+" is not the directory of a node: there is no file "+node.RoleFile+" in it.", "Name the one that --data or SANGAM_DATA of the node names. A node that starts makes the file.")}
	}
	if err := tryToWrite(d.Dir); err != nil {
		return []Finding{fine(about, "%s is the directory of %s.", d.Dir, roleTitle(role)), unwritable(d.Dir, err)}
	}
	return []Finding{fine(about, "%s is the directory of %s, and can be written.", d.Dir, roleTitle(role))}
}

// tryToWrite writes a block of its own and brings it to the disk: a full, broken or read-only one says so now.
func tryToWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}

func unwritable(dir string, err error) Finding {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return wrong("disk", "The disk is full: "+sentence(err), "Make room on the disk of "+dir+". The node refuses new edits until then and goes on by itself.")
	case errors.Is(err, syscall.EROFS):
		return wrong("disk", "The disk is read-only: "+sentence(err), "Linux makes it so when a disk fails. Look at dmesg, take a backup, check the disk (fsck), mount it for writing.")
	case errors.Is(err, os.ErrPermission):
		return wrong("directory", "This user may not write in "+dir+".", "Run this as root, or as the user of the node. If the node itself cannot write: chown -R its user "+dir+".")
	}
	return wrong("disk", "The disk does not take what is written: "+sentence(err), "Look at dmesg, take a backup, and change the disk.")
}

func (d Doctor) disk() []Finding {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.Dir, &fs); err != nil {
		return nil // the system does not say
	}
	free, whole := int64(fs.Bavail)*int64(fs.Bsize), int64(fs.Blocks)*int64(fs.Bsize)
	room := fmt.Sprintf("%s of %s are free", bytesText(free), bytesText(whole))
	const do = "Make room: old backups, logs (journalctl --vacuum-size=100M), packages (apt-get clean)."
	switch {
	case fs.Files > 0 && fs.Ffree == 0:
		return []Finding{wrong("disk", "The disk takes no more files (it has no free inodes).", "Remove files that are not needed.")}
	case free < tooLittleRoom:
		return []Finding{wrong("disk", "The disk is full, or nearly: "+room+".", do)}
	case free < littleRoom:
		return []Finding{note("disk", "The disk has little room: "+room+".", do)}
	}
	return []Finding{fine("disk", "%s.", room)}
}

func bytesText(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}

// inside asks the node how it is, if it runs.
func (d Doctor) inside(ctx context.Context) (found []Finding, running bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, running, err := callRunning(ctx, d.Dir, "doctor.look", []byte("{}"), Files{In: strings.NewReader(""), Out: io.Discard, Progress: func(int, int) {}})
	switch {
	case !running:
		return nil, false
	case errors.Is(err, os.ErrPermission):
		return []Finding{wrong("node", "The node's control socket belongs to another user.", "Run this as root, or as the user of the node.")}, true
	case err != nil:
		return []Finding{wrong("node", "The node runs and does not answer: "+sentence(err), "Look at its log (journalctl -u sangam-edge, or sangam-hub), and restart it.")}, true
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return []Finding{wrong("node", "The node's answer cannot be read: it is of another version.", "Use the program that the node runs, or restart the node.")}, true
	}
	return found, true
}

// stopped reads the store of a node that does not run, every page of it, and writes nothing.
func (d Doctor) stopped() []Finding {
	found := []Finding{note("node", "The node does not run.", "Start it: systemctl start sangam-edge, or sangam-hub.")}
	path := filepath.Join(d.Dir, node.StoreFile)
	store, err := bolt.Open(path, bolt.Options{ReadOnly: true, VerifyUpTo: 1 << 62})
	if err != nil {
		return append(found, unopened(err))
	}
	defer store.Close()
	s := store.Stats()
	found = append(found, fine("store", "Every page of it was read: %d rows, %s, all sound.", s.Rows, bytesText(s.FileBytes)))
	if !s.Clean {
		found = append(found, note("store", "It did not end well the last time, as after a power cut.", "Nothing: the next start reads what the log has, and nothing acknowledged is lost."))
	}
	return append(found, leftovers(path)...)
}

// unopened tells why a store does not open; most errors of the store say by themselves what to do.
func unopened(err error) Finding {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return wrong("store", "There is no store in the directory.", "Restore the last backup (sangam restore), or start the node to begin anew.")
	case errors.Is(err, bolt.ErrLocked):
		return wrong("node", "A process has the store open and does not answer on the control socket: "+sentence(err), "If it hangs, end that process and start the node again.")
	case errors.Is(err, bolt.ErrOlder):
		return note("store", sentence(err), "Start the node; it makes a copy of the file first.")
	case errors.Is(err, bolt.ErrCorrupt):
		return wrong("store", sentence(err), "Copy the whole directory away, then: sangam restore --data DIR --file BACKUP --replace.")
	}
	return wrong("store", sentence(err), "")
}

// leftovers are files that a restore or an update set aside; they take room.
func leftovers(path string) []Finding {
	aside, _ := filepath.Glob(path + ".*") // the pattern is good
	var names []string
	for _, file := range aside {
		if !slices.Contains(bolt.Files(path), file) {
			names = append(names, filepath.Base(file))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{note("store", "Files of an earlier state lie beside it: "+strings.Join(names, ", ")+".", "Remove them when all works as it should.")}
}
