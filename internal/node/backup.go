package node

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aashram-care/sangam/internal/api"
)

// backupNote lies in the folder of a node and says when it was last backed up; it is in no backup.
const backupNote = "last-backup.json"

// NoteBackup keeps that a folder was backed up, for whoever looks at its node.
func NoteBackup(dir string, b api.BackupStatus) error {
	text, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	path := filepath.Join(dir, backupNote)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("note the backup: %w", err)
	}
	return nil
}

// LastBackup is the last backup of this node's folder that was read again and found sound, nil when none is known.
func (n *Node) LastBackup() *api.BackupStatus {
	text, err := os.ReadFile(filepath.Join(n.Dir, backupNote))
	if err != nil {
		return nil
	}
	var b api.BackupStatus
	if json.Unmarshal(text, &b) != nil || b.At.IsZero() {
		return nil
	}
	return &b
}
