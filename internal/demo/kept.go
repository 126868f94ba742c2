package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/aashram-care/sangam/internal/api"
)

// keptFile remembers between two runs on one directory what the nodes do not know: the accounts, and how far the
// clinic's clock had come, since a clinic's day never goes backwards.
const keptFile = "demo.json"

// keepEvery bounds how much of the clinic's time a crash forgets, in real time.
const keepEvery = 5 * time.Second

type kept struct {
	ClinicTime time.Time   `json:"clinicTime,omitzero"`
	Opens      time.Time   `json:"opens,omitzero"` // of the day that was played
	Sites      []*keptSite `json:"sites"`
}

type keptSite struct {
	Name     string             `json:"name"`
	Dir      string             `json:"dir"`
	Enrolled bool               `json:"enrolled"`
	Users    []api.DescribeUser `json:"users"`
}

// readKept reads what an earlier run kept; an empty directory begins anew.
func readKept(dir string) (*kept, error) {
	k := &kept{}
	text, err := os.ReadFile(filepath.Join(dir, keptFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "hub")); err == nil {
			return nil, fmt.Errorf("%s holds nodes but no %s: use an empty directory", dir, keptFile)
		}
	case err != nil:
		return nil, fmt.Errorf("read the accounts of the demo: %w", err)
	default:
		if err := json.Unmarshal(text, k); err != nil {
			return nil, fmt.Errorf("read the accounts of the demo: %w (use an empty directory)", err)
		}
	}
	for i, a := range cast {
		s := k.site(a.name)
		s.Dir = strconv.Itoa(i + 1)
		if len(s.Users) == 0 {
			s.Users = a.users()
		}
	}
	return k, writeKept(dir, k)
}

// site is what is kept of a site; it is added when it is missing.
func (k *kept) site(name string) *keptSite {
	for _, s := range k.Sites {
		if s.Name == name {
			return s
		}
	}
	s := &keptSite{Name: name}
	k.Sites = append(k.Sites, s)
	return s
}

// admin is who set the site up.
func (s *keptSite) admin() api.DescribeUser { return s.Users[0] }

func writeKept(dir string, k *kept) error {
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the accounts of the demo: %w", err)
	}
	return replaceFile(filepath.Join(dir, keptFile), append(text, '\n'))
}

// keep writes down how far the demo has come.
func (d *demo) keep() error {
	d.mu.Lock()
	d.kept.ClinicTime, d.kept.Opens = d.clock.Now().UTC(), d.today.opens.UTC()
	d.mu.Unlock()
	return writeKept(d.dir, d.kept)
}

// keepTime keeps the clinic's time until ctx ends.
func (d *demo) keepTime(ctx context.Context) error {
	for pause(ctx, keepEvery) == nil {
		if err := d.keep(); err != nil {
			return err
		}
	}
	return d.keep()
}

// replaceFile writes a file whole or not at all, for its owner only.
func replaceFile(path string, text []byte) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = temporary.Close()
			_ = os.Remove(temporary.Name())
		}
	}()
	if _, err := temporary.Write(text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
