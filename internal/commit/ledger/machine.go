package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Machine is a fingerprint of the hardware this process runs on: equal after a restart or a kernel update, different
// on another box that was given a copy of the disk. It prefers what is soldered in (a board's serial number, else the
// addresses of built-in network cards) and mixes in the installation's own id. Only files any user may read take part,
// so that it does not change with who asks.
func Machine() string {
	h := sha256.New()
	for _, part := range []string{readTrimmed("/etc/machine-id"), hardware()} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func hardware() string {
	if serial := readTrimmed("/sys/firmware/devicetree/base/serial-number"); serial != "" {
		return serial
	}
	cards, err := filepath.Glob("/sys/class/net/*/device")
	if err != nil {
		return ""
	}
	var addresses []string
	for _, device := range cards {
		target, err := filepath.EvalSymlinks(device)
		if err != nil || strings.Contains(target, "/usb") {
			continue // a dongle may be pulled out and would look like another machine
		}
		card := filepath.Dir(device)
		if readTrimmed(filepath.Join(card, "addr_assign_type")) == "0" {
			addresses = append(addresses, readTrimmed(filepath.Join(card, "address")))
		}
	}
	slices.Sort(addresses)
	return strings.Join(addresses, " ")
}

func readTrimmed(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.Trim(string(data), "\x00 \n")
}
