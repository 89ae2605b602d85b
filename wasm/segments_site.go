//go:build !js

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// longestGap is how many octets of zeros joinSegments writes out rather than
// begin another segment. Longer runs cost a browser more memory while it
// compiles than they save on the wire.
const longestGap = 1024

// errModule is a program whose data can't be read as the linker writes it.
var errModule = errors.New("not a WebAssembly module as the linker writes it")

// segment is one piece of a program's memory at its start.
type segment struct {
	at   int64 // octets from the beginning of memory
	data []byte
}

// end is the address of the first octet after the segment.
func (s segment) end() int64 { return s.at + int64(len(s.data)) }

// joinSegments gives the same WebAssembly module with few data segments. Go's
// linker leaves out each run of more than eight zeros and so writes a hundred
// thousand of them: their headers are 6 % of the program as brotli sends it.
// Memory at the start of the program is the same (WebAssembly Core
// Specification 2.0, §5.5.14).
func joinSegments(program []byte) ([]byte, error) {
	const header, dataSection = 8, 11
	if len(program) < header {
		return nil, errModule
	}
	joined := program[:header:header]
	for in := (reader{rest: program[header:]}); len(in.rest) > 0; {
		id := in.octets(1)
		content := in.octets(in.unsigned())
		if in.err != nil {
			return nil, in.err
		}
		if id[0] == dataSection {
			all, err := readSegments(content)
			if err != nil {
				return nil, err
			}
			content = writeSegments(all)
		}
		joined = append(joined, id[0])
		joined = binary.AppendUvarint(joined, uint64(len(content)))
		joined = append(joined, content...)
	}
	return joined, nil
}

// The octets around a segment's address: memory 0, i32.const, end (§5.4.6).
const (
	activeInMemory0 = 0x00
	i32Const        = 0x41
	endExpression   = 0x0b
)

// readSegments reads a data section, joining what follows closely.
func readSegments(section []byte) ([]segment, error) {
	in := reader{rest: section}
	var all []segment
	for range in.unsigned() {
		mode, op := in.octets(1), in.octets(1)
		at := in.signed()
		end, data := in.octets(1), in.octets(in.unsigned())
		if in.err != nil {
			return nil, in.err
		}
		if mode[0] != activeInMemory0 || op[0] != i32Const || end[0] != endExpression {
			return nil, fmt.Errorf("%w: segment %d", errModule, len(all))
		}
		if n := len(all); n > 0 && at >= all[n-1].end() && at-all[n-1].end() <= longestGap {
			last := &all[n-1]
			last.data = append(append(last.data, make([]byte, at-last.end())...), data...)
			continue
		}
		all = append(all, segment{at, append([]byte(nil), data...)})
	}
	if in.err != nil || len(in.rest) > 0 {
		return nil, errModule
	}
	return all, nil
}

func writeSegments(all []segment) []byte {
	out := binary.AppendUvarint(nil, uint64(len(all)))
	for _, s := range all {
		out = append(out, activeInMemory0, i32Const)
		out = append(appendSigned(out, s.at), endExpression)
		out = binary.AppendUvarint(out, uint64(len(s.data)))
		out = append(out, s.data...)
	}
	return out
}

// reader reads the parts of a module (§5.2). After a failure it gives zeros.
type reader struct {
	rest []byte
	err  error
}

// octets takes n octets, of which the first is there even after a failure.
func (r *reader) octets(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.rest)) {
		r.err = errModule
		return []byte{0}
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) unsigned() uint64 {
	value, n := binary.Uvarint(r.rest)
	if r.err != nil || n <= 0 {
		r.err = errModule
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

// signed reads LEB128 in two's complement; an address is read as it is written,
// of 32 bits without a sign.
func (r *reader) signed() int64 {
	var value int64
	for shift := 0; shift < 35; shift += 7 {
		b := r.octets(1)[0]
		value |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 {
				value |= -1 << (shift + 7)
			}
			return int64(uint32(value))
		}
	}
	r.err = errModule
	return 0
}

// appendSigned writes a 32-bit address as signed reads it.
func appendSigned(out []byte, at int64) []byte {
	for value := int64(int32(uint32(at))); ; value >>= 7 {
		b := byte(value & 0x7f)
		if value>>6 == 0 || value>>6 == -1 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}
