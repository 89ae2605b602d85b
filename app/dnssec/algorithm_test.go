package dnssec

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"testing"
)

// rsaKey makes an RSA key of any size and exponent.
func rsaKey(t *testing.T, bits int, e *big.Int) (n, d *big.Int) {
	t.Helper()
	one := big.NewInt(1)
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			t.Fatal(err)
		}
		q, err := rand.Prime(rand.Reader, bits-bits/2)
		if err != nil {
			t.Fatal(err)
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(e, phi); d != nil && p.Cmp(q) != 0 {
			return new(big.Int).Mul(p, q), d
		}
	}
}

// Keys that crypto/rsa refuses are keys all the same: short ones, and such with
// a long exponent; and what is no key is none (RFC 3110 §2).
func TestRSAKeys(t *testing.T) {
	data := []byte("data")
	sum := sha256.Sum256(data)
	for _, c := range []struct {
		name string
		bits int
		e    string // hexadecimal
		lead int    // zeros before the exponent
		long bool   // the exponent's length in three octets
		want bool
	}{
		{"common", 1024, "10001", 0, false, true},
		{"short", 512, "3", 0, false, true},
		{"odd size", 1021, "10001", 0, false, true},
		{"exponent of five octets", 512, "100000000f", 0, false, true},
		{"exponent of eight octets", 512, "800000000000001d", 0, false, true},
		{"exponent with zeros before it", 512, "10001", 2, false, true},
		{"length in three octets", 512, "10001", 0, true, true},
		{"exponent of nine octets", 512, "100000000000000001", 0, false, false},
		{"too short for the digest", 480, "10001", 0, false, false},
	} {
		e, _ := new(big.Int).SetString(c.e, 16)
		n, d := rsaKey(t, c.bits, e)
		exponent := append(make([]byte, c.lead), e.Bytes()...)
		public := append([]byte{byte(len(exponent))}, exponent...)
		if c.long {
			public = append([]byte{0, 0, byte(len(exponent))}, exponent...)
		}
		public = append(public, n.Bytes()...)
		size := (n.BitLen() + 7) / 8
		block := make([]byte, size)
		for i := range block {
			block[i] = 0xFF
		}
		block[0], block[1] = 0, 1
		tail := append([]byte("\x00"+prefixSHA256), sum[:]...)
		copy(block[size-len(tail):], tail)
		signature := new(big.Int).Exp(new(big.Int).SetBytes(block), d, n).FillBytes(make([]byte, size))
		if got := verifies(8, public, data, signature); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if bits := RSABits(8, public); bits != n.BitLen() {
			t.Errorf("%s: %d bits, want %d", c.name, bits, n.BitLen())
		}
		above := new(big.Int).Add(new(big.Int).SetBytes(signature), n) // the same number, modulo n
		if above.BitLen() <= 8*size && verifies(8, public, data, above.FillBytes(make([]byte, size))) {
			t.Errorf("%s: a signature over the modulus verifies", c.name)
		}
	}
}

func TestNoKeys(t *testing.T) {
	for _, public := range []string{
		"", "\x00", "\x01\x03", "\x03\x01\x00\x01", "\x00\x00\x00\xFF", "\x00\xFF\xFF\x01", "\x01\x01" + string(make([]byte, 64)),
	} {
		for algorithm := range algorithms {
			for _, size := range []int{0, 1, 64, 96, 128} {
				if verifies(algorithm, []byte(public), []byte("data"), make([]byte, size)) {
					t.Errorf("algorithm %d: %x verifies", algorithm, public)
				}
			}
		}
	}
	for algorithm := range 256 {
		if _, known := algorithms[uint8(algorithm)]; known != Supported(uint8(algorithm)) {
			t.Errorf("algorithm %d: supported %v", algorithm, !known)
		}
		if verifies(uint8(algorithm), make([]byte, 64), nil, make([]byte, 64)) {
			t.Errorf("algorithm %d: zeros verify", algorithm)
		}
	}
	if RSABits(13, []byte("\x01\x03\xFF")) != 0 || RSABits(8, nil) != 0 || RSABits(8, []byte("\x01\x03\xFF")) != 8 {
		t.Error("RSABits")
	}
}
