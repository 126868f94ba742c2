package redis

import "strings"

// slots is how many parts a cluster spreads its channels over.
const slots = 16384

// slot is the part of a cluster that carries a channel: CRC-16/XMODEM of what stands between the first braces, if
// anything does, else of the whole name.
func slot(channel string) int {
	if _, rest, ok := strings.Cut(channel, "{"); ok {
		if tag, _, ok := strings.Cut(rest, "}"); ok && tag != "" {
			channel = tag
		}
	}
	var crc uint16
	for i := range len(channel) {
		crc ^= uint16(channel[i]) << 8
		for range 8 {
			carry := crc & 0x8000
			crc <<= 1
			if carry != 0 {
				crc ^= 0x1021
			}
		}
	}
	return int(crc) % slots
}
