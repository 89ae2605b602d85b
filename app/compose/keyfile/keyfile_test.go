package keyfile_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dane"
)

// From a certificate, a request, a public and a private key of any form the same key
// is read, as PEM and as DER.
func TestReadsTheSameKey(t *testing.T) {
	short := newRSA(t)
	for name, key := range map[string]*made{
		"RSA":     issue{cn: "mx", key: short}.make(t),
		"P-256":   issue{cn: "mx", key: newEC(t, elliptic.P256())}.make(t),
		"P-384":   issue{cn: "mx", key: newEC(t, elliptic.P384())}.make(t),
		"Ed25519": issue{cn: "mx", key: newEd25519(t)}.make(t),
	} {
		want := spki(t, key.key)
		forms := map[string][]byte{
			"CERTIFICATE": key.der, "CERTIFICATE REQUEST": request(t, key.key),
			"PUBLIC KEY": want, "PRIVATE KEY": pkcs8(t, key.key),
		}
		switch name {
		case "RSA":
			forms["RSA PUBLIC KEY"], forms["RSA PRIVATE KEY"] = x509.MarshalPKCS1PublicKey(&short.PublicKey), x509.MarshalPKCS1PrivateKey(short)
		case "P-256", "P-384":
			forms["EC PRIVATE KEY"] = sec1(t, key.key)
		}
		for label, der := range forms {
			for _, data := range [][]byte{bytes.Clone(der), []byte(block(label, der))} {
				file, err := keyfile.Read(data)
				if err != nil || len(file.Subjects()) != 1 || !bytes.Equal(file.Subjects()[0].SPKI, want) {
					t.Errorf("%s, %s: %v, %+v", name, label, err, file)
				}
				if strings.HasSuffix(label, "PRIVATE KEY") != (bytes.Count(data, []byte{0}) == len(data)) {
					t.Errorf("%s, %s: data is %d octets, of which %d are zero", name, label, len(data), bytes.Count(data, []byte{0}))
				}
			}
		}
	}
}

// utf16 writes text as Windows does.
func utf16(text string, big bool) []byte {
	out := []byte{0xff, 0xfe}
	if big {
		out = []byte{0xfe, 0xff}
	}
	for _, c := range []byte(text) {
		pair := []byte{c, 0}
		if big {
			pair = []byte{0, c}
		}
		out = append(out, pair...)
	}
	return out
}

// However the text came, what is in it is read, in its order and once.
func TestReadsText(t *testing.T) {
	root := issue{cn: "Root", ca: true}.make(t)
	leaf := issue{cn: "mx.example.com", by: root}.make(t)
	chain := block("CERTIFICATE", leaf.der) + block("CERTIFICATE", root.der)
	for name, text := range map[string]string{
		"plain":                         chain,
		"between text":                  "Bag Attributes\n    friendlyName: mx\nsubject=CN = mx\n" + chain + "-- \nkind regards\n",
		"CRLF":                          strings.ReplaceAll(chain, "\n", "\r\n"),
		"byte order":                    "\xef\xbb\xbf" + chain,
		"UTF-16":                        string(utf16(chain, false)),
		"UTF-16BE":                      string(utf16(chain, true)),
		"indented":                      "cert: |\n  " + strings.ReplaceAll(chain, "\n", "\n  "),
		"no final break":                strings.TrimSpace(chain),
		"twice":                         chain + chain,
		"its key too":                   chain + block("EC PARAMETERS", []byte{6, 0}) + block("EC PRIVATE KEY", sec1(t, leaf.key)),
		"a key we can't open beside it": chain + "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
		"an unknown block beside it":    block("X509 CRL", []byte{0x30, 0}) + chain,
		"old labels":                    strings.ReplaceAll(chain, " CERTIFICATE", " X509 CERTIFICATE"),
		"OpenSSL's trust behind it":     block("TRUSTED CERTIFICATE", append(bytes.Clone(leaf.der), 0x30, 0)) + block("CERTIFICATE", root.der),
	} {
		file, err := keyfile.Read([]byte(text))
		if err != nil || !slices.EqualFunc(file.Certificates, [][]byte{leaf.der, root.der}, bytes.Equal) || len(file.Subjects()) != 1 {
			t.Errorf("%s: %v, %d certificates, %d subjects", name, err, len(file.Certificates), len(file.Subjects()))
		}
	}
}

// What can't be used is refused for what it is.
func TestRefuses(t *testing.T) {
	leaf := issue{cn: "mx.example.com"}.make(t)
	good := block("CERTIFICATE", leaf.der)
	pfx := []byte{0x30, 0x82, 1, 0, 2, 1, 3, 0x30, 0x82, 0, 0xf0}
	message := append([]byte{0x30, 0x82, 1, 0}, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0"...)
	pbes2 := append([]byte{0x30, 0x81, 0xf0, 0x30, 0x5f}, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d\x30"...)
	// SubjectPublicKeyInfo of X25519 (RFC 8410 §10.2), and one on an unknown curve.
	x25519 := append([]byte{0x30, 42, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 33, 0}, make([]byte, 32)...)
	flipped := x509.MarshalPKCS1PrivateKey(newRSA(t))
	flipped[30] ^= 4 // in the modulus
	brainpool := append([]byte{0x30, 26, 0x30, 20, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7, 3, 2, 0, 4}, nil...)
	for name, c := range map[string]struct {
		data  string
		kind  keyfile.Kind
		label string
	}{
		"nothing":               {"", keyfile.NoKey, ""},
		"prose":                 {"the certificate is attached", keyfile.NoKey, ""},
		"other DER":             {"\x30\x03\x02\x01\x05", keyfile.NoKey, ""},
		"zeros":                 {strings.Repeat("\x00", 500), keyfile.NoKey, ""},
		"PFX":                   {string(pfx), keyfile.PKCS12, ""},
		"PFX in BER":            {"\x30\x80\x02\x01\x03\x30\x80", keyfile.PKCS12, ""},
		"P7B":                   {string(message), keyfile.PKCS7, ""},
		"P7B in PEM":            {block("PKCS7", message), keyfile.PKCS7, "PKCS7"},
		"passphrase":            {block("ENCRYPTED PRIVATE KEY", pbes2), keyfile.Encrypted, "ENCRYPTED PRIVATE KEY"},
		"passphrase in DER":     {string(pbes2), keyfile.Encrypted, ""},
		"old passphrase":        {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", keyfile.Encrypted, "RSA PRIVATE KEY"},
		"OpenSSH":               {block("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), keyfile.OpenSSH, "OPENSSH PRIVATE KEY"},
		"authorized_keys":       {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@example.com\n", keyfile.OpenSSH, ""},
		"RFC 4716":              {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n", keyfile.OpenSSH, ""},
		"PGP":                   {block("PGP PUBLIC KEY BLOCK", []byte{1}), keyfile.UnknownBlock, "PGP PUBLIC KEY BLOCK"},
		"parameters only":       {block("EC PARAMETERS", []byte{6, 0}), keyfile.NoKey, ""},
		"X25519":                {block("PUBLIC KEY", x25519), keyfile.Unsupported, "PUBLIC KEY"},
		"unknown curve":         {string(brainpool), keyfile.Unsupported, ""},
		"no end":                {good + good[:len(good)/2], keyfile.Damaged, ""},
		"another end":           {strings.Replace(good, "END CERTIFICATE", "END PUBLIC KEY", 1), keyfile.Damaged, ""},
		"a letter lost":         {good[:60] + good[61:], keyfile.Damaged, ""},
		"a label that isn't so": {block("CERTIFICATE", []byte("hello")) + good, keyfile.Damaged, "CERTIFICATE"},
		"half a private key":    {block("PRIVATE KEY", pkcs8(t, leaf.key)[:40]), keyfile.Damaged, "PRIVATE KEY"},
		"a private key's bit":   {block("RSA PRIVATE KEY", flipped), keyfile.Damaged, "RSA PRIVATE KEY"},
		"a private key's size":  {block("PRIVATE KEY", make([]byte, 20000)), keyfile.TooLarge, "PRIVATE KEY"},
		"a store of roots":      {strings.Repeat(good, 33), keyfile.TooLarge, ""},
		"a film":                {strings.Repeat("x", 256<<10+1), keyfile.TooLarge, ""},
		"a long label":          {"-----BEGIN " + strings.Repeat("A", 99) + "-----\nAAAA\n-----END " + strings.Repeat("A", 99) + "-----\n", keyfile.UnknownBlock, strings.Repeat("A", 64)},
	} {
		file, err := keyfile.Read([]byte(c.data))
		var refusal *keyfile.Refusal
		if !errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.Block != c.label || len(file.Certificates)+len(file.Keys) > 0 {
			t.Errorf("%s: %v, want %s %q", name, err, c.kind, c.label)
		}
	}
	for name, data := range map[string]string{ // close, and read
		"32 times the same": strings.Repeat(good, 32),
		"256 KiB":           good + strings.Repeat("\n", 256<<10-len(good)),
		"PFX, so it says":   "PFX\n" + good,
	} {
		if _, err := keyfile.Read([]byte(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readSeeds are files of each kind.
func readSeeds(t testing.TB) [][]byte {
	root := issue{cn: "Root", ca: true}.make(t)
	leaf := issue{cn: "mx.example.com", by: root}.make(t)
	short := newRSA(t)
	var seeds [][]byte
	for label, der := range map[string][]byte{
		"CERTIFICATE": leaf.der, "CERTIFICATE REQUEST": request(t, leaf.key), "PUBLIC KEY": spki(t, leaf.key),
		"PRIVATE KEY": pkcs8(t, newEd25519(t)), "EC PRIVATE KEY": sec1(t, leaf.key), "RSA PUBLIC KEY": x509.MarshalPKCS1PublicKey(&short.PublicKey),
		"RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(short), "ENCRYPTED PRIVATE KEY": {0x30, 0},
	} {
		seeds = append(seeds, der, []byte(block(label, der)))
	}
	return append(seeds, []byte(block("CERTIFICATE", leaf.der)+block("CERTIFICATE", root.der)), utf16(block("CERTIFICATE", root.der), false),
		[]byte("ssh-rsa AAAA"), []byte{0x30, 0x80, 2, 1, 3, 0x30})
}

func TestSeeds(t *testing.T) {
	if n := len(readSeeds(t)); n != 20 {
		t.Errorf("%d seeds of FuzzRead, want 20", n)
	}
}

// What is read is what crypto/x509 and dane find there, makes records, and is read
// again as the same; what isn't is refused for a reason.
func FuzzRead(f *testing.F) {
	for _, s := range readSeeds(f) {
		f.Add(s)
	}
	kinds := []keyfile.Kind{keyfile.NoKey, keyfile.Encrypted, keyfile.PKCS12, keyfile.PKCS7, keyfile.OpenSSH, keyfile.UnknownBlock, keyfile.Unsupported, keyfile.Damaged, keyfile.TooLarge}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := keyfile.Read(bytes.Clone(data))
		if err != nil {
			var refusal *keyfile.Refusal
			if !errors.As(err, &refusal) || !slices.Contains(kinds, refusal.Kind) {
				t.Fatalf("%v", err)
			}
			return
		}
		var again bytes.Buffer
		for _, der := range file.Certificates {
			key, err := dane.SPKI(der)
			if parsed, refused := x509.ParseCertificate(der); err != nil || refused == nil && !bytes.Equal(parsed.RawSubjectPublicKeyInfo, key) {
				t.Fatalf("%x: %v, %v", der, err, refused)
			}
			must(t, 0, pem.Encode(&again, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
		}
		for _, der := range file.Keys {
			if _, err := x509.ParsePKIXPublicKey(der); err != nil {
				t.Fatalf("%x: %v", der, err)
			}
			must(t, 0, pem.Encode(&again, &pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		}
		second, err := keyfile.Read(again.Bytes())
		if err != nil || !slices.EqualFunc(second.Certificates, file.Certificates, bytes.Equal) || !slices.EqualFunc(second.Keys, file.Keys, bytes.Equal) {
			t.Fatalf("read again: %v", err)
		}
		if len(file.Certificates) > 0 || len(file.Keys) > 0 {
			for _, choice := range recommended(t, file) {
				if kind := choice.Record.Unusable(); kind != "" {
					t.Fatalf("%v is %s", choice.Record, kind)
				}
			}
		}
	})
}
