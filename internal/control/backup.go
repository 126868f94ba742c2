package control

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/aashram-care/sangam/internal/api"
	"github.com/aashram-care/sangam/internal/clinic"
	"github.com/aashram-care/sangam/internal/node"
)

// A backup is a tar file: the store as one file, and last what it is. The file of tokens is never in it: it keeps
// numbers from being given twice by staying on the box.
const (
	backupFormat = 1
	manifestFile = "manifest.json"
	maxManifest  = 64 << 10
)

// Backup says what a backup is.
type Backup struct {
	Format int      `json:"format"`
	Role   string   `json:"role"`
	Node   string   `json:"node"`
	Site   string   `json:"site,omitempty"`
	Name   string   `json:"name,omitempty"` // of the site
	At     api.Time `json:"at"`
	Bytes  int64    `json:"bytes"` // of the store
	SHA256 string   `json:"sha256"`
}

// Title names a backup for people.
func (b Backup) Title() string {
	switch {
	case b.Role == node.Hub:
		return "the centre"
	case b.Name != "":
		return "the site " + b.Name
	}
	return "the site " + b.Site
}

// BackupOperations is backup.write of a node: its tar file goes to the caller, encrypted by nobody yet.
func BackupOperations(n *node.Node) Operations {
	return Operations{"backup.write": FileOp(func(ctx context.Context, _ struct{}, f Files) (any, error) { return writeBackup(ctx, n, f) })}
}

func writeBackup(ctx context.Context, n *node.Node, f Files) (Backup, error) {
	b := Backup{Format: backupFormat, Role: n.Role, Node: n.ID, At: api.At(time.Now())}
	if n.Role == node.Edge {
		b.Site = n.Site.String()
		n.Committer.Day(n.Site, func(day *clinic.Day) { b.Name = day.Settings().Name })
	}
	err := writeTar(ctx, n, &b, f)
	return b, err
}

// writeTar writes the store and completes what is said of it on the way.
func writeTar(ctx context.Context, n *node.Node, b *Backup, f Files) error {
	out := tar.NewWriter(f.Out)
	sum := sha256.New()
	size, err := n.Store.BackupSized(func(size int64) (io.Writer, error) {
		head := &tar.Header{Name: node.StoreFile, Mode: 0o600, Size: size, ModTime: b.At.Time}
		if err := out.WriteHeader(head); err != nil {
			return nil, err
		}
		return &counted{ctx: ctx, to: io.MultiWriter(out, sum), told: func(done int64) { f.Progress(int(done), int(size)) }}, nil
	})
	if err != nil {
		return err
	}
	b.Bytes, b.SHA256 = size, hex.EncodeToString(sum.Sum(nil))
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write what the backup is: %w", err)
	}
	if err := out.WriteHeader(&tar.Header{Name: manifestFile, Mode: 0o600, Size: int64(len(text)), ModTime: b.At.Time}); err != nil {
		return err
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	return out.Close()
}

// counted is a writer that tells how far it is, and stops with its context.
type counted struct {
	ctx  context.Context
	to   io.Writer
	n    int64
	told func(int64)
}

func (c *counted) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.to.Write(p)
	c.n += int64(n)
	c.told(c.n)
	return n, err
}
