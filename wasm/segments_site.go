//go:build !js

package main

import (
	"encoding/binary"
	"errors"
)

// Limits of the data: longestGap is how many octets of zeros are written out rather
// than a segment begun, since longer runs cost a browser more memory while it
// compiles than they save on the wire; mostMemory is how many octets are laid out.
const (
	longestGap = 1024
	mostMemory = 1 << 28
)

// errModule is a program whose data can't be read as the linker writes it.
var errModule = errors.New("not a WebAssembly module as the linker writes it")

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
			memory, err := layOut(content)
			if err != nil {
				return nil, err
			}
			content = cut(memory)
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

// layOut gives the memory that a data section makes, as an engine does: in the order
// of its segments, of which a later one may lie below an earlier, or over it.
func layOut(section []byte) ([]byte, error) {
	in := reader{rest: section}
	var memory []byte
	for range in.unsigned() {
		mode, op := in.octets(1), in.octets(1)
		at := in.signed()
		end, data := in.octets(1), in.octets(in.unsigned())
		if in.err != nil {
			return nil, in.err
		}
		last := at + int64(len(data))
		if mode[0] != activeInMemory0 || op[0] != i32Const || end[0] != endExpression || last > mostMemory {
			return nil, errModule
		}
		if last > int64(len(memory)) {
			memory = append(memory, make([]byte, last-int64(len(memory)))...)
		}
		copy(memory[at:], data)
	}
	if in.err != nil || len(in.rest) > 0 {
		return nil, errModule
	}
	return memory, nil
}

// cut gives a data section that makes this memory, with a segment for what lies
// between two long runs of zeros.
func cut(memory []byte) []byte {
	var segments []byte
	count := uint64(0)
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		end := at + 1 // behind the last octet that isn't zero
		for i := end; i < len(memory) && i-end <= longestGap; i++ {
			if memory[i] != 0 {
				end = i + 1
			}
		}
		segments = appendSegment(segments, at, memory[at:end])
		count++
		at = end
	}
	return append(binary.AppendUvarint(nil, count), segments...)
}

func appendSegment(out []byte, at int, data []byte) []byte {
	out = appendSigned(append(out, activeInMemory0, i32Const), at)
	out = binary.AppendUvarint(append(out, endExpression), uint64(len(data)))
	return append(out, data...)
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

// appendSigned writes an address below mostMemory as signed reads it.
func appendSigned(out []byte, at int) []byte {
	for ; at>>6 != 0; at >>= 7 {
		out = append(out, byte(at)|0x80)
	}
	return append(out, byte(at&0x7f))
}
