package dnsname

import (
	"strings"
	"unicode/utf8"
)

// FromUnicode reads a name with U-labels, lowers its letters and writes the
// labels as A-labels (RFC 5891 §4.4). It maps nothing else and takes no
// combining marks, so it is for a proposal that somebody looks at, not for
// lookups. False for what is no name.
func FromUnicode(s string) (Name, bool) {
	if len(s) > 1000 || !utf8.ValidString(s) {
		return Name{}, false
	}
	labels := strings.Split(strings.ToLower(s), ".")
	for i, label := range labels {
		if isASCII(label) {
			continue
		}
		encoded := encodePunycode([]rune(label))
		if back, ok := decodePunycode(encoded); !ok || back != label || strings.IndexFunc(label, unlabelled) >= 0 {
			return Name{}, false
		}
		labels[i] = "xn--" + encoded
	}
	n, err := Parse(strings.Join(labels, "."))
	return n, err == nil
}

// unlabelled tells whether a character is a combining mark, a symbol or
// punctuation of those that come along with copied text.
func unlabelled(r rune) bool {
	return r >= 0x80 && r < 0xC0 && r != 0xB7 || r == 0xD7 || r == 0xF7 || r >= 0x300 && r <= 0x36F || r >= 0x2000 && r <= 0x2BFF ||
		r >= 0x3000 && r <= 0x3004 || r >= 0xFE00 && r <= 0xFFFF || r >= 0x1F000 && r <= 0x1FAFF
}

// encodePunycode encodes a label (RFC 3492 §6.3, with the parameters of §5).
func encodePunycode(label []rune) string {
	const base, tmin, tmax, skew, damp = 36, 1, 26, 38, 700
	var out []byte
	for _, r := range label {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		}
	}
	handled := len(out)
	basic := handled
	if basic > 0 {
		out = append(out, '-')
	}
	n, delta, bias := rune(128), 0, 72
	for handled < len(label) {
		next := rune(utf8.MaxRune)
		for _, r := range label {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (handled + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := base; ; k += base {
				threshold := min(max(k-bias, tmin), tmax)
				if q < threshold {
					break
				}
				out = append(out, digits[threshold+(q-threshold)%(base-threshold)])
				q = (q - threshold) / (base - threshold)
			}
			out = append(out, digits[q])
			if delta /= 2; handled == basic {
				delta = delta * 2 / damp
			}
			delta += delta / (handled + 1)
			for bias = 0; delta > (base-tmin)*tmax/2; bias += base {
				delta /= base - tmin
			}
			bias += (base - tmin + 1) * delta / (delta + skew)
			delta, handled = 0, handled+1
		}
		delta++
		n++
	}
	return string(out)
}
