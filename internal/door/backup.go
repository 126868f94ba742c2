package door

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aashram-care/sangam/internal/clinic"
)

// Backup is a backup that lies on the disk, read again and found sound.
type Backup struct {
	Content io.ReadCloser
	Bytes   int64
	Name    string // of the file, of letters, digits, dots and dashes
	// Taken notes that somebody has the whole of it.
	Taken func()
}

const backupType = "application/octet-stream"

func (d *Door) backupOperations(a huma.API) {
	op := answersFile(Operation(http.MethodGet, "/api/v1/backup", "backup",
		"For an admin of a site: a backup of everything the node knows, locked with the keys it was started with; audited",
		false, http.StatusConflict), backupType, "age-encryption.org/v1")
	huma.Register(a, op, d.backup)
}

// backup makes the file before it answers, so that a slow line holds up nothing but itself.
func (d *Door) backup(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	s, err := signedInAs(ctx, clinic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	if d.o.Backup == nil {
		return nil, refuse(http.StatusConflict, clinic.CodeNotAllowed, "This box has no key to lock a backup with: start it with --backup-recipient.")
	}
	if !d.backingUp.TryLock() {
		return nil, retryLater(http.StatusServiceUnavailable, clinic.CodeUnavailable, "A backup is being made. Try again in a moment.", 5*time.Second)
	}
	defer d.backingUp.Unlock()
	if _, err := d.command(ctx, s, "data.export", clinic.Export{What: clinic.ExportBackup}); err != nil {
		return nil, d.Answer(err)
	}
	made, err := d.o.Backup(ctx)
	if err != nil {
		return nil, d.Answer(fmt.Errorf("make a backup: %w", err))
	}
	return &huma.StreamResponse{Body: func(to huma.Context) { d.send(to, made) }}, nil
}

func (d *Door) send(to huma.Context, made *Backup) {
	defer made.Content.Close()
	to.SetHeader("Content-Type", backupType)
	to.SetHeader("Content-Length", strconv.FormatInt(made.Bytes, 10))
	to.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", made.Name))
	sent, err := io.Copy(to.BodyWriter(), made.Content)
	if err != nil || sent != made.Bytes {
		d.o.Log.Info("a backup was not taken to its end", "sent", sent, "bytes", made.Bytes, "err", err)
		return
	}
	made.Taken()
}
