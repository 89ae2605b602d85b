//go:build !js

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

// segment is one piece of a program's memory at its start.
type segment struct {
	at   int // octets from the beginning of memory
	data []byte
}

// module is a program of a type section, a data section and a custom one.
func module(all []segment) []byte {
	data := binary.AppendUvarint(nil, uint64(len(all)))
	for _, s := range all {
		data = appendSegment(data, s.at, s.data)
	}
	out := []byte("\x00asm\x01\x00\x00\x00\x01\x01\x00\x0b")
	out = append(binary.AppendUvarint(out, uint64(len(data))), data...)
	return append(out, 0, 3, 1, 'n', 7)
}

// octetsOf gives what segments make of a memory of zeros: octets that aren't, by address.
func octetsOf(all []segment) map[int]byte {
	m := map[int]byte{}
	for _, s := range all {
		for i, b := range s.data {
			if m[s.at+i] = b; b == 0 {
				delete(m, s.at+i)
			}
		}
	}
	return m
}

// segmentsOf reads a module as the specification says, one segment after another, and
// sees that the other sections are untouched.
func segmentsOf(t *testing.T, program []byte) []segment {
	t.Helper()
	if !bytes.HasPrefix(program, []byte("\x00asm\x01\x00\x00\x00\x01\x01\x00\x0b")) || !bytes.HasSuffix(program, []byte{0, 3, 1, 'n', 7}) {
		t.Fatalf("other sections: % x", program)
	}
	in := reader{rest: program[12:]}
	section := reader{rest: in.octets(in.unsigned())}
	var all []segment
	for range section.unsigned() {
		section.octets(2)
		at := int(section.signed())
		section.octets(1)
		all = append(all, segment{at, section.octets(section.unsigned())})
	}
	if section.err != nil || len(section.rest) > 0 {
		t.Fatal("no data section")
	}
	return all
}

func TestJoinedSegmentsAreTheSameMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var all []segment
		at := rng.IntN(1 << 16)
		for range rng.IntN(40) {
			s := segment{at: at, data: make([]byte, 1+rng.IntN(50))}
			for i := range s.data {
				s.data[i] = byte(rng.IntN(4))
			}
			all = append(all, s)
			end := at + len(s.data)
			switch rng.IntN(10) {
			case 0:
				at = rng.IntN(1 << 20) // far
			case 1:
				at = end + longestGap + rng.IntN(3)
			case 2:
				at = max(0, end-rng.IntN(600)) // back, over what lies there or before it
			default:
				at = end + rng.IntN(30)
			}
		}
		after, err := joinSegments(module(all))
		if err != nil {
			t.Fatal(err)
		}
		want, have := octetsOf(all), octetsOf(segmentsOf(t, after))
		if len(want) != len(have) {
			t.Fatalf("%d octets that aren't zero, want %d", len(have), len(want))
		}
		for at, b := range want {
			if have[at] != b {
				t.Fatalf("octet %d is %d, want %d", at, have[at], b)
			}
		}
		if again, err := joinSegments(after); err != nil || !bytes.Equal(again, after) {
			t.Errorf("joining twice changes it: %v", err)
		}
	}
}

func TestSegmentsJoinUpToAGap(t *testing.T) {
	for gap, want := range map[int]int{0: 1, 9: 1, longestGap: 1, longestGap + 1: 2, -1: 1} {
		for _, at := range []int{0, 63, 64, 8191, 8192, 1 << 20} {
			joined, err := joinSegments(module([]segment{{at, []byte{1, 2}}, {at + 2 + gap, []byte{3}}}))
			if err != nil {
				t.Fatal(err)
			}
			if all := segmentsOf(t, joined); len(all) != want || all[0].at != at {
				t.Errorf("gap %d: %d segments, want %d; the first at %d, want %d", gap, len(all), want, all[0].at, at)
			}
		}
	}
}

// A cut program, one with segments of another kind, or with more memory than any
// program of ours, is refused: nothing is guessed.
func TestOtherModulesAreRefused(t *testing.T) {
	whole := module([]segment{{1 << 20, []byte{1, 2}}, {5, []byte{3}}})
	sections := map[int]bool{8: true, 11: true, len(whole) - 5: true} // where a module may end
	for n := range whole {
		if _, err := joinSegments(whole[:n]); (err == nil) != sections[n] {
			t.Errorf("cut to %d of %d octets: %v", n, len(whole), err)
		}
	}
	passive := bytes.Clone(whole)
	passive[14] = 1
	for name, program := range map[string][]byte{"passive": passive, "far": module([]segment{{mostMemory, []byte{1}}})} {
		if _, err := joinSegments(program); !errors.Is(err, errModule) {
			t.Errorf("a %s segment: %v", name, err)
		}
	}
}
