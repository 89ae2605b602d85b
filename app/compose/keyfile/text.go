package keyfile

import "bytes"

// plain is a copy of text as PEM wants it: without what some editors put before it,
// one octet a character, and without white space around lines, which a paste from an
// indented file or a mail has.
func plain(data []byte) []byte {
	text := narrow(data)
	out := make([]byte, 0, len(text)+1)
	for line := range bytes.Lines(text) {
		out = append(append(out, bytes.TrimSpace(line)...), '\n')
	}
	clear(text)
	return out
}

// narrow makes one octet a character of UTF-16, as a shell of Windows writes it into
// a file, and takes a byte order mark away. PEM is ASCII.
func narrow(data []byte) []byte {
	first := -1
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		first = 2
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		first = 3
	}
	if first < 0 {
		return bytes.Clone(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	}
	text := make([]byte, 0, len(data)/2)
	for i := first; i < len(data); i += 2 {
		text = append(text, data[i])
	}
	return text
}

// isSSH tells whether text is a key in a form of SSH's own: a line of
// authorized_keys, RFC 4716, PuTTY.
func isSSH(text []byte) bool {
	for _, s := range []string{"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "---- BEGIN SSH2 ", "PuTTY-User-Key-File-"} {
		if bytes.HasPrefix(text, []byte(s)) {
			return true
		}
	}
	return false
}
