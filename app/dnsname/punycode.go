package dnsname

import (
	"strings"
	"unicode/utf8"
)

// toUnicode gives a name with its A-labels as U-labels; a label that doesn't
// decode stays as it is.
func toUnicode(name string) string {
	if !strings.Contains(name, "xn--") {
		return name
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if encoded, found := strings.CutPrefix(label, "xn--"); found {
			if decoded, ok := decodePunycode(encoded); ok {
				labels[i] = decoded
			}
		}
	}
	return strings.Join(labels, ".")
}

// digits are those of Punycode (RFC 3492 §5).
const digits = "abcdefghijklmnopqrstuvwxyz0123456789"

// decodePunycode decodes what follows xn-- in lower case (RFC 3492 §6.2, with
// the parameters of §5).
func decodePunycode(s string) (string, bool) {
	const base, tmin, tmax, skew, damp = 36, 1, 26, 38, 700
	var out []rune
	if hyphen := strings.LastIndexByte(s, '-'); hyphen >= 0 {
		out, s = []rune(s[:hyphen]), s[hyphen+1:]
	}
	n, i, bias := 128, 0, 72
	for len(s) > 0 {
		start, weight := i, 1
		for k := base; ; k += base {
			if s == "" {
				return "", false
			}
			digit := strings.IndexByte(digits, s[0])
			if s = s[1:]; digit < 0 || weight > 1<<25 {
				return "", false
			}
			i += digit * weight
			threshold := min(max(k-bias, tmin), tmax)
			if digit < threshold {
				break
			}
			weight *= base - threshold
		}
		delta, divisor := i-start, 2
		if start == 0 {
			divisor = damp
		}
		delta /= divisor
		delta += delta / (len(out) + 1)
		for bias = 0; delta > (base-tmin)*tmax/2; bias += base {
			delta /= base - tmin
		}
		bias += (base - tmin + 1) * delta / (delta + skew)
		n += i / (len(out) + 1)
		i %= len(out) + 1
		if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
	}
	return string(out), len(out) > 0
}
