//go:build !js

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

// module is a program of a type section, a data section and a custom one.
func module(all []segment) []byte {
	data := writeSegments(all)
	out := []byte("\x00asm\x01\x00\x00\x00\x01\x01\x00\x0b")
	out = append(binary.AppendUvarint(out, uint64(len(data))), data...)
	return append(out, 0, 3, 1, 'n', 7)
}

// laidOut lays segments out as an engine does: in their order.
func laidOut(all []segment) map[int64]byte {
	m := map[int64]byte{}
	for _, s := range all {
		for i, b := range s.data {
			if m[s.at+int64(i)] = b; b == 0 {
				delete(m, s.at+int64(i))
			}
		}
	}
	return m
}

// segmentsOf reads the data section of a module with joined segments, and sees
// that what stands behind it is untouched.
func segmentsOf(t *testing.T, program []byte) []segment {
	t.Helper()
	in := reader{rest: program[8+3+1:]}
	all, err := readSegments(in.octets(in.unsigned()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(in.rest, []byte{0, 3, 1, 'n', 7}) {
		t.Errorf("after the data section: %x", in.rest)
	}
	return all
}

func TestJoinedSegmentsAreTheSameMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var all []segment
		at := int64(rng.IntN(1 << 16))
		for range rng.IntN(40) {
			s := segment{at: at, data: make([]byte, 1+rng.IntN(50))}
			for i := range s.data {
				s.data[i] = byte(rng.IntN(4))
			}
			all = append(all, s)
			switch rng.IntN(10) {
			case 0:
				at = rng.Int64N(1 << 32) // back, far, or over what lies there
			case 1:
				at = s.end() + longestGap + 1
			case 2:
				at = s.end() + longestGap
			default:
				at = s.end() + int64(rng.IntN(30))
			}
		}
		before := module(all)
		after, err := joinSegments(before)
		if err != nil {
			t.Fatal(err)
		}
		joined := segmentsOf(t, after)
		want, have := laidOut(all), laidOut(joined)
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
	for gap, want := range map[int64]int{0: 1, 9: 1, longestGap: 1, longestGap + 1: 2, -1: 2} {
		joined, err := joinSegments(module([]segment{{4096, []byte{1, 2}}, {4098 + gap, []byte{3}}}))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(segmentsOf(t, joined)); n != want {
			t.Errorf("gap %d: %d segments, want %d", gap, n, want)
		}
	}
}

// A cut program, or one with segments of another kind, is refused: nothing is
// guessed.
func TestOtherModulesAreRefused(t *testing.T) {
	whole := module([]segment{{1 << 31, []byte{1, 2}}, {5, []byte{3}}})
	sections := map[int]bool{8: true, 11: true, len(whole) - 5: true} // where a module may end
	for n := range whole {
		if _, err := joinSegments(whole[:n]); (err == nil) != sections[n] {
			t.Errorf("cut to %d of %d octets: %v", n, len(whole), err)
		}
	}
	passive := bytes.Clone(whole)
	passive[14] = 1
	if _, err := joinSegments(passive); !errors.Is(err, errModule) {
		t.Errorf("a passive segment: %v", err)
	}
}
