// Package e2e drives Sealane from outside, as a visitor does: the built
// program in a real Chromium, and the command line and the page against real
// servers (Unbound, Knot, Postfix, nginx) that speak RFC 8461, RFC 7672 and
// what they stand on. What Sealane makes of DNSSEC is held to other people's
// signers, servers and validators (BIND, Knot, ldns, Unbound); the zones, files and
// records that it makes are given to the programs that take them, and held to what
// others make of the same.
//
// The tests run when SEALANE_E2E is set, as `make test` does; without it each
// says in one line that it did not run.
package e2e
