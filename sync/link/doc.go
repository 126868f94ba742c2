// Package link keeps the scopes of a site the same at the site and at the hub, over a bus that may lose, repeat, delay
// and reorder everything.
//
// It promises that nothing a store acknowledged is skipped: a cursor moves only in the transaction that merged what it
// speaks of, frames of another session are dropped before they are merged, and whatever was missed is asked for again,
// without anybody's help. It promises a commit a way out at once, however long the backlog, and that a hub's memory
// and its Redis are bounded whatever its sites send.
//
// What decides is a Machine: events in, effects out, with no goroutine, clock, socket, disk or chance of its own. Edge
// and Hub are the shells that run machines over a bus.Bus and a Store. The package refuses to know what a record
// means, where keys are kept, and which other scopes there are: two travel, a site's own and the network's.
package link
