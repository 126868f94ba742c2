package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aashram-care/sangam/internal/testkit"
)

// says runs a program of the system to its end, as its environment is with more, and returns all it said.
func says(t *testing.T, more []string, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), more...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// packed packs the program as a version, which git would describe so.
func packed(t *testing.T, described string) (file string) {
	t.Helper()
	arch := strings.TrimSpace(says(t, nil, "dpkg", "--print-architecture"))
	out := says(t, []string{"COMPRESSION=none", "SOURCE_DATE_EPOCH=1790000000"},
		"../../scripts/deb", testkit.Binary(t), described, arch, t.TempDir())
	return strings.TrimSpace(out)
}

func TestTheVersionsOfPackagesSortAsTheyWereMade(t *testing.T) {
	before := ""
	for _, c := range []struct{ described, want string }{
		{"1a2b3c4", "0~git202601050930.1a2b3c4"},
		{"1234567-dirty", "0~git202601050931.1234567+dirty"},
		{"0.0.0-unreleased", "0.0.0~unreleased"},
		{"v1.2.0-rc.1", "1.2.0~rc.1"},
		{"v1.2.0-rc.1-3-g1a2b3c4", "1.2.0~rc.1+3.g1a2b3c4"},
		{"v1.2.0", "1.2.0"},
		{"v1.2.0-5-g1a2b3c4", "1.2.0+5.g1a2b3c4"},
		{"v1.2.0-12-g0a2b3c4-dirty", "1.2.0+12.g0a2b3c4+dirty"},
		{"1.2.1", "1.2.1"},
	} {
		date := "202601050930"
		if strings.HasPrefix(c.described, "1234567") {
			date = "202601050931"
		}
		got := strings.TrimSpace(says(t, nil, "../../scripts/deb-version", c.described, date))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.described, got, c.want)
		}
		if before != "" {
			says(t, nil, "dpkg", "--compare-versions", before, "lt", got)
		}
		before = got
	}
}

func TestThePackageHoldsWhatASiteNeedsAndIsTheSameEachTime(t *testing.T) {
	file, again := packed(t, "v1.2.0"), packed(t, "v1.2.0")
	if read(t, file) != read(t, again) {
		t.Error("packed twice, it is not the same")
	}
	about := says(t, nil, "dpkg-deb", "--info", file)
	for _, want := range []string{"Package: sangam\n", "Version: 1.2.0\n", "conffiles", "md5sums", "postinst", "prerm", "postrm"} {
		if !strings.Contains(about, want) {
			t.Errorf("no %q in\n%s", want, about)
		}
	}
	held := map[string]string{}
	for line := range strings.Lines(says(t, nil, "dpkg-deb", "--contents", file)) {
		fields := strings.Fields(line)
		held[fields[5]] = fields[0] + " " + fields[1]
	}
	for path, want := range map[string]string{
		"./usr/bin/sangam": "-rwxr-xr-x root/root",
		"./usr/lib/systemd/system/sangam-edge.service": "-rw-r--r-- root/root",
		"./usr/lib/systemd/system/sangam-hub.service":  "-rw-r--r-- root/root",
		"./etc/sangam/":                                 "drwxr-xr-x root/root",
		"./etc/sangam/edge.env":                         "-rw------- root/root",
		"./etc/sangam/kiosk.env":                        "-rw-r--r-- root/root",
		"./usr/lib/systemd/system/sangam-kiosk.service": "-rw-r--r-- root/root",
		"./usr/lib/sysusers.d/sangam-kiosk.conf":        "-rw-r--r-- root/root",
		"./usr/share/doc/sangam/kiosk.md":               "-rw-r--r-- root/root",
		"./etc/sangam/hub.env":                          "-rw------- root/root",
		"./usr/share/doc/sangam/copyright":              "-rw-r--r-- root/root",
		"./usr/share/doc/sangam/licences.gz":            "-rw-r--r-- root/root",
		"./usr/share/doc/sangam/changelog.Debian.gz":    "-rw-r--r-- root/root",
		"./usr/share/doc/sangam/examples/redis.conf":    "-rw-r--r-- root/root",
		"./usr/share/doc/sangam/operations.md":          "-rw-r--r-- root/root",
	} {
		if held[path] != want {
			t.Errorf("%s is %q, want %q", path, held[path], want)
		}
	}
	terms := filepath.Join(t.TempDir(), "root")
	says(t, nil, "dpkg-deb", "--extract", file, terms)
	said := says(t, nil, "gzip", "-dc", filepath.Join(terms, "usr/share/doc/sangam/licences.gz"))
	for _, whose := range []string{"Go: LICENSE", "github.com/gin-gonic/gin v", "preact: LICENSE", "@fontsource/inter: LICENSE"} {
		if !strings.Contains(said, "==== "+whose) {
			t.Errorf("the terms of %s are missing", whose)
		}
	}
}

// machine is a file system of its own that dpkg installs to; what its scripts ask of systemd is written down.
type machine struct {
	t           *testing.T
	root, asked string
	environment []string
}

func newMachine(t *testing.T) *machine {
	dir := t.TempDir()
	m := &machine{t: t, root: filepath.Join(dir, "root"), asked: filepath.Join(dir, "asked")}
	m.write("var/lib/dpkg/status", "")
	for _, folder := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates"} {
		if err := os.MkdirAll(filepath.Join(m.root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(dir, "bin")
	for _, program := range []string{"systemctl", "systemd-sysusers"} {
		m.writeAt(filepath.Join(bin, program), "#!/bin/sh\necho "+program+" \"$@\" >>'"+m.asked+"'\n", 0o755)
	}
	m.environment = []string{"PATH=" + bin + ":" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "LC_ALL=C"}
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.root, name) }

func (m *machine) write(name, text string) { m.writeAt(m.path(name), text, 0o600) }

func (m *machine) writeAt(path, text string, mode os.FileMode) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) dpkg(args ...string) (said string) {
	m.t.Helper()
	all := []string{"--root=" + m.root, "--force-script-chrootless", "--force-not-root"}
	return says(m.t, m.environment, "dpkg", append(all, args...)...)
}

// has tells whether there is such a file.
func (m *machine) has(name string) bool {
	_, err := os.Lstat(m.path(name))
	return err == nil
}

// askedOfSystemd is what the scripts asked of systemd since it was last asked.
func (m *machine) askedOfSystemd() []string {
	text, _ := os.ReadFile(m.asked)
	_ = os.Remove(m.asked)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func TestAnUpdateRestartsWhatRunsAndPurgingLeavesWhatPeopleEntrusted(t *testing.T) {
	m := newMachine(t)
	first, next := packed(t, "v1.2.0"), packed(t, "v1.2.0-3-g1a2b3c4")

	if said := m.dpkg("--install", first); !strings.Contains(said, "systemctl enable --now sangam-edge") {
		t.Errorf("how to begin is not said:\n%s", said)
	}
	if got := m.askedOfSystemd(); !slices.Equal(got, []string{""}) {
		t.Errorf("without a systemd it was asked %q", got)
	}
	if m.has("etc/systemd/system/multi-user.target.wants/sangam-edge.service") {
		t.Error("the node was enabled by itself")
	}

	m.write("etc/sangam/edge.env", "SANGAM_LISTEN=:80\n")
	m.write("etc/systemd/system/multi-user.target.wants/sangam-edge.service", "")
	m.write("var/lib/private/sangam-edge/sangam.db", "names")
	m.write("usr/local/bin/sangam", "of old")
	m.write("run/systemd/system/x", "")
	updated := []string{"systemd-sysusers sangam-kiosk.conf", "systemctl daemon-reload", "systemctl try-restart sangam-edge.service sangam-hub.service"}
	for _, file := range []string{next, next} {
		if said := m.dpkg("--install", file); !strings.Contains(said, "/usr/local/bin/sangam was installed by hand") {
			t.Errorf("a program that goes before the package's is not named:\n%s", said)
		}
		if got := m.askedOfSystemd(); !slices.Equal(got, updated) {
			t.Errorf("an update asked systemd %q", got)
		}
	}
	if got := read(t, m.path("etc/sangam/edge.env")); got != "SANGAM_LISTEN=:80\n" {
		t.Errorf("after an update the settings are %q", got)
	}

	m.dpkg("--remove", "sangam")
	if got := m.askedOfSystemd(); !slices.Equal(got, []string{"systemctl stop sangam-edge.service sangam-hub.service sangam-kiosk.service", "systemctl daemon-reload"}) {
		t.Errorf("a removal asked systemd %q", got)
	}
	if m.has("usr/bin/sangam") || !m.has("etc/sangam/edge.env") {
		t.Error("a removal takes the program and leaves the settings")
	}
	script := m.path("var/lib/dpkg/info/sangam.postrm")
	twice := says(t, append(m.environment, "DPKG_ROOT="+m.root), script, "purge")
	if said := m.dpkg("--purge", "sangam"); !strings.Contains(said, twice) || !strings.Contains(said, "is still in /var/lib/private/sangam-edge;") {
		t.Errorf("a purge says\n%s", said)
	}
	if read(t, m.path("var/lib/private/sangam-edge/sangam.db")) != "names" {
		t.Error("a purge took what people entrusted")
	}
	if m.has("etc/sangam") || m.has("etc/systemd/system/multi-user.target.wants/sangam-edge.service") {
		t.Error("a purge left settings")
	}
}

func TestWhatThePackageInstallsStarts(t *testing.T) {
	m := newMachine(t)
	m.dpkg("--install", packed(t, "v1.2.0"))
	for _, role := range []string{"edge", "hub"} {
		settings := []string{"SANGAM_DATA=/var/lib/sangam-" + role}
		for line := range strings.Lines(read(t, m.path("etc/sangam/"+role+".env"))) {
			if setting, found := strings.CutPrefix(strings.TrimSpace(line), "#"); found && strings.Contains(setting, "=") && !strings.HasPrefix(setting, " ") {
				settings = append(settings, setting)
			}
		}
		if len(settings) < 4 {
			t.Errorf("%s.env has only %q", role, settings)
		}
		said := says(t, settings, m.path("usr/bin/sangam"), "config", "check", role)
		if !strings.Contains(said, "SANGAM_REDIS") {
			t.Errorf("%s: %s", role, said)
		}
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("the units were not verified: no systemd-analyze")
		return
	}
	for _, program := range []string{"cage", "chromium"} {
		m.writeAt(m.path("usr/bin/"+program), "", 0o755)
	}
	for _, target := range []string{"sysinit", "basic", "network", "shutdown", "multi-user"} {
		m.write("usr/lib/systemd/system/"+target+".target", "[Unit]\nDescription="+target+"\n")
	}
	if said := says(t, nil, "systemd-analyze", "verify", "--root="+m.root, "sangam-edge.service", "sangam-hub.service", "sangam-kiosk.service"); said != "" {
		t.Errorf("systemd says of the units:\n%s", said)
	}
}
