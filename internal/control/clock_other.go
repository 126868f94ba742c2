//go:build !linux

package control

// keptByNetwork cannot be asked here; desktops keep their clocks.
func keptByNetwork() bool { return true }
