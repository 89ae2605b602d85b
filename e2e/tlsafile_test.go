package e2e

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
)

// keyKinds are the keys that mail servers have, as OpenSSL makes them.
var keyKinds = []struct {
	name    string
	genpkey []string
}{
	{"RSA 2048", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}},
	{"RSA 3072", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"}},
	{"RSA 4096", []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"}},
	{"P-256", []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}},
	{"P-384", []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"}},
	{"Ed25519", []string{"-algorithm", "ed25519"}},
}

// keyFiles are files of OpenSSL's: root.key, root.pem, mx.key, mx.csr, mx.pem, mx.pub
// and chain.pem.
type keyFiles string

func (k keyFiles) path(name string) string { return filepath.Join(string(k), name) }

// openssl runs OpenSSL; arguments that begin with "@" are files.
func (k keyFiles) openssl(t *testing.T, args ...string) {
	t.Helper()
	for i, a := range args {
		if name, found := strings.CutPrefix(a, "@"); found {
			args[i] = k.path(name)
		}
	}
	must(t, "openssl", args...)
}

func (k keyFiles) read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(k.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// newKeyFiles makes a server's key, request, certificate and chain.
func newKeyFiles(t *testing.T, genpkey []string) keyFiles {
	t.Helper()
	k := keyFiles(t.TempDir())
	k.openssl(t, append([]string{"genpkey", "-quiet", "-out", "@root.key"}, genpkey...)...)
	k.openssl(t, append([]string{"genpkey", "-quiet", "-out", "@mx.key"}, genpkey...)...)
	k.openssl(t, "req", "-x509", "-new", "-key", "@root.key", "-subj", "/CN=Example Root", "-days", "3650", "-out", "@root.pem")
	k.openssl(t, "req", "-new", "-key", "@mx.key", "-subj", "/CN=mx.example.com", "-out", "@mx.csr")
	k.openssl(t, "x509", "-req", "-in", "@mx.csr", "-CA", "@root.pem", "-CAkey", "@root.key", "-set_serial", "7", "-days", "90", "-out", "@mx.pem")
	k.openssl(t, "pkey", "-in", "@mx.key", "-pubout", "-out", "@mx.pub")
	write(t, k.path("chain.pem"), 0o644, string(k.read(t, "mx.pem"))+string(k.read(t, "root.pem")))
	return k
}

// subject reads a file that has one subject.
func (k keyFiles) subject(t *testing.T, name string) keyfile.Subject {
	t.Helper()
	file, err := keyfile.Read(k.read(t, name))
	if err != nil || len(file.Subjects()) != 1 {
		t.Fatalf("%s: %v, %+v", name, err, file)
	}
	return file.Subjects()[0]
}

// data is a record's association data as OpenSSL and the checksum programs make it
// (RFC 6698 §2.1).
func (k keyFiles) data(t *testing.T, certificate string, selector, matching uint8) string {
	t.Helper()
	k.openssl(t, "x509", "-in", "@"+certificate, "-outform", "DER", "-out", "@0.der")
	k.openssl(t, "x509", "-in", "@"+certificate, "-pubkey", "-noout", "-out", "@1.pem")
	k.openssl(t, "pkey", "-pubin", "-in", "@1.pem", "-outform", "DER", "-out", "@1.der")
	name := fmt.Sprintf("%d.der", selector)
	switch matching {
	case dane.SHA256:
		return strings.Fields(must(t, "sha256sum", k.path(name)))[0]
	case dane.SHA512:
		return strings.Fields(must(t, "sha512sum", k.path(name)))[0]
	}
	return hex.EncodeToString(k.read(t, name))
}

// Every record is that of OpenSSL with sha256sum or sha512sum, of danetool and of
// hash-slinger's tlsa. danetool makes no records in full.
func TestRecordsAsOthersMakeThem(t *testing.T) {
	end2end(t)
	need(t, "tlsatools")
	for _, kind := range keyKinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			k := newKeyFiles(t, kind.genpkey)
			subject := k.subject(t, "chain.pem")
			for i := range uint8(12) {
				usage, selector, matching := 2+i/6, i/3%2, i%3
				certificate := map[uint8]string{dane.DANETA: "root.pem", dane.DANEEE: "mx.pem"}[usage]
				choice, err := subject.Record(usage, selector, matching)
				want := fmt.Sprintf("%d %d %d %s", usage, selector, matching, k.data(t, certificate, selector, matching))
				if err != nil || choice.Record.String() != want {
					t.Errorf("%v, %v, want %s", choice.Record, err, want)
				}
				k.asTLSA(t, choice.Record, certificate)
				if matching != dane.Full {
					k.asDanetool(t, choice.Record, certificate)
				}
			}
		})
	}
}

var mxOwner = dane.Owner(dnsname.MustParse("mx.example.com")).FQDN()

// asTLSA holds a record to hash-slinger's, and the recommended ones in the generic form too.
func (k keyFiles) asTLSA(t *testing.T, r dane.TLSA, certificate string) {
	t.Helper()
	says := func(form, want string) {
		out := must(t, "tlsa", "--create", "--port", "25", "--usage", fmt.Sprint(r.Usage), "--selector", fmt.Sprint(r.Selector),
			"--mtype", fmt.Sprint(r.Matching), "--certificate", k.path(certificate), "--output", form, "mx.example.com")
		if !slices.Contains(strings.Split(out, "\n"), want) {
			t.Errorf("tlsa says\n%s, want %s", out, want)
		}
	}
	says("rfc", mxOwner+" IN TLSA "+r.String())
	if r.Matching == dane.SHA256 && r.Selector == dane.SPKISelector {
		says("generic", mxOwner+" IN "+dane.GenericType+" "+r.Generic())
	}
}

// asDanetool holds a record of a digest to danetool's.
func (k keyFiles) asDanetool(t *testing.T, r dane.TLSA, certificate string) {
	t.Helper()
	args := []string{"--tlsa-rr", "--host", "mx.example.com", "--port", "25", "--hash", map[uint8]string{dane.SHA256: "SHA256", dane.SHA512: "SHA512"}[r.Matching]}
	if r.Usage == dane.DANETA {
		args = append(args, "--ca")
	}
	if r.Selector == dane.CertSelector {
		args = append(args, "--x509")
	}
	want := fmt.Sprintf("%s IN TLSA ( %02x %02x %02x %x )", mxOwner, r.Usage, r.Selector, r.Matching, r.Data)
	if got := strings.TrimSpace(must(t, "danetool", append(args, "--load-certificate", k.path(certificate))...)); got != want {
		t.Errorf("danetool says %s, want %s", got, want)
	}
}

// The same "3 1 1" comes of the certificate, chain, request, public key and private
// key, in each form that OpenSSL writes.
func TestTheSameRecordFromEveryFile(t *testing.T) {
	end2end(t)
	need(t, "tlsatools")
	for _, kind := range keyKinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			k := newKeyFiles(t, kind.genpkey)
			k.openssl(t, "x509", "-in", "@mx.pem", "-outform", "DER", "-out", "@mx.pem.der")
			k.openssl(t, "x509", "-in", "@mx.pem", "-text", "-out", "@text.pem")
			k.openssl(t, "x509", "-in", "@mx.pem", "-trustout", "-setalias", "mx", "-out", "@trust.pem")
			k.openssl(t, "req", "-in", "@mx.csr", "-outform", "DER", "-out", "@mx.csr.der")
			k.openssl(t, "pkey", "-pubin", "-in", "@mx.pub", "-outform", "DER", "-out", "@mx.pub.der")
			k.openssl(t, "pkcs8", "-topk8", "-nocrypt", "-in", "@mx.key", "-outform", "DER", "-out", "@mx.key.der")
			k.openssl(t, "pkcs12", "-export", "-passout", "pass:", "-inkey", "@mx.key", "-in", "@mx.pem", "-certfile", "@root.pem", "-out", "@mx.pfx")
			k.openssl(t, "pkcs12", "-passin", "pass:", "-nodes", "-in", "@mx.pfx", "-out", "@bags.pem")
			names := []string{"mx.pem", "chain.pem", "mx.csr", "mx.pub", "mx.key", "mx.pem.der", "text.pem", "trust.pem", "mx.csr.der", "mx.pub.der", "mx.key.der", "bags.pem"}
			switch kind.genpkey[1] {
			case "RSA":
				k.openssl(t, "rsa", "-pubin", "-in", "@mx.pub", "-RSAPublicKey_out", "-out", "@old.pub")
				names = append(names, "old.pub")
				fallthrough
			case "EC":
				k.openssl(t, "pkey", "-traditional", "-in", "@mx.key", "-out", "@old.key")
				k.openssl(t, "pkey", "-traditional", "-in", "@mx.key", "-outform", "DER", "-out", "@old.key.der")
				names = append(names, "old.key", "old.key.der")
			}
			want := "3 1 1 " + k.data(t, "mx.pem", dane.SPKISelector, dane.SHA256)
			for _, name := range names {
				if got := k.subject(t, name).Recommended().Record.String(); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		})
	}
}

// What OpenSSL writes and nothing is read from is refused for what it is.
func TestRefusesOthersFiles(t *testing.T) {
	end2end(t)
	need(t, "tlsatools")
	k := newKeyFiles(t, keyKinds[0].genpkey)
	k.openssl(t, "pkcs12", "-export", "-passout", "pass:x", "-inkey", "@mx.key", "-in", "@mx.pem", "-out", "@mx.pfx")
	k.openssl(t, "crl2pkcs7", "-nocrl", "-certfile", "@chain.pem", "-out", "@chain.p7b")
	k.openssl(t, "crl2pkcs7", "-nocrl", "-certfile", "@chain.pem", "-outform", "DER", "-out", "@chain.p7b.der")
	k.openssl(t, "pkcs8", "-topk8", "-passout", "pass:x", "-in", "@mx.key", "-out", "@encrypted.key")
	k.openssl(t, "pkcs8", "-topk8", "-passout", "pass:x", "-in", "@mx.key", "-outform", "DER", "-out", "@encrypted.der")
	k.openssl(t, "pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", "pass:x", "-in", "@mx.key", "-outform", "DER", "-out", "@pbe.der")
	k.openssl(t, "rsa", "-traditional", "-aes128", "-passout", "pass:x", "-in", "@mx.key", "-out", "@old.key")
	k.openssl(t, "genpkey", "-quiet", "-algorithm", "X25519", "-out", "@x25519.key")
	k.openssl(t, "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1", "-out", "@brainpool.key")
	k.openssl(t, "pkey", "-in", "@brainpool.key", "-pubout", "-out", "@brainpool.pub")
	k.openssl(t, "ecparam", "-name", "prime256v1", "-out", "@parameters.pem")
	write(t, k.path("cut.pem"), 0o644, string(k.read(t, "chain.pem")[:700])+string(k.read(t, "root.pem")))
	for name, want := range map[string]keyfile.Kind{
		"mx.pfx": keyfile.PKCS12, "chain.p7b": keyfile.PKCS7, "chain.p7b.der": keyfile.PKCS7,
		"encrypted.key": keyfile.Encrypted, "encrypted.der": keyfile.Encrypted, "pbe.der": keyfile.Encrypted, "old.key": keyfile.Encrypted,
		"x25519.key": keyfile.Unsupported, "brainpool.pub": keyfile.Unsupported, "parameters.pem": keyfile.NoKey, "cut.pem": keyfile.Damaged,
	} {
		var refusal *keyfile.Refusal
		if file, err := keyfile.Read(k.read(t, name)); !errors.As(err, &refusal) || refusal.Kind != want {
			t.Errorf("%s: %v, %+v, want %s", name, err, file, want)
		}
	}
}
