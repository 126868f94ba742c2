package control

import "syscall"

// unsynchronised is the bit by which the kernel says that nobody has compared its clock with a better one.
const unsynchronised = 0x40

// keptByNetwork tells whether a time server keeps the clock.
func keptByNetwork() bool {
	var t syscall.Timex
	_, err := syscall.Adjtimex(&t) // with no mode set it only reads
	return err == nil && t.Status&unsynchronised == 0
}
