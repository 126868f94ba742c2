// Package testkit runs the real things that tests of several packages need: servers, lines between them, and nodes.
//
// Whatever it starts ends with the test that started it, and whatever it cannot start fails that test with the
// reason. Only tests import it.
package testkit
