// Package keyfile reads what TLSA records are made of and says which (RFC 7671 §5,
// RFC 7672 §3.1): certificates, chains, requests, public and private keys, as PEM (RFC
// 7468) or DER.
package keyfile

import (
	"bytes"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
)

// File is what was read, each thing once, in the order given.
type File struct {
	// Certificates are in DER.
	Certificates [][]byte
	// Keys are the public keys of what is no certificate: SubjectPublicKeyInfo in DER
	// (RFC 5280 §4.1).
	Keys [][]byte
}

// Kind says why a file is refused.
type Kind string

// The kinds.
const (
	NoKey        Kind = "no-key"          // nothing of what this package reads
	Encrypted    Kind = "encrypted"       // a private key under a passphrase
	PKCS12       Kind = "pkcs12"          // a PFX or P12 file (RFC 7292)
	PKCS7        Kind = "pkcs7"           // a P7B file, certificates in a message (RFC 5652)
	OpenSSH      Kind = "openssh"         // a key in a form of SSH's own (RFC 4716)
	UnknownBlock Kind = "unknown-block"   // PEM of another kind only
	Unsupported  Kind = "unsupported-key" // a key for something else than signing, or on an unknown curve
	Damaged      Kind = "damaged"         // a block that its label belies, or that has no end
	TooLarge     Kind = "too-large"       // over 256 KiB, or over 32 blocks
	// Of what was read well, and of which the record that was asked for can't be made.
	NoServer Kind = "no-certificate" // ErrNoCertificate
	NoAnchor Kind = "no-anchor"      // ErrNoAnchor
	Breaks   Kind = "short-lived"    // ErrShortLived
)

// KindOf gives the kind of an error of Read or Publish, "" for one that comes of the
// numbers that were asked for.
func KindOf(err error) Kind {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Kind
	case errors.Is(err, ErrNoCertificate):
		return NoServer
	case errors.Is(err, ErrNoAnchor):
		return NoAnchor
	case errors.Is(err, ErrShortLived):
		return Breaks
	}
	return ""
}

// Refusal is the error of Read.
type Refusal struct {
	Kind  Kind
	Block string // the label of the PEM block, at most 64 octets; "" where there is none
}

func (r *Refusal) Error() string { return "keyfile: " + string(r.Kind) + " " + r.Block }

// Limits. A file of certificates that a server sends has a few kilobytes; what has
// more is a store of roots.
const (
	maxFile   = 256 << 10
	maxBlocks = 32
	maxLabel  = 64
	// maxPrivate is a private key's octets; RSA of 16384 bits has fewer. To check one
	// that has more would take long.
	maxPrivate = 12 << 10
)

// Read reads a file. When something in it can't be read, the rest counts, unless it
// is damaged: what is missing then could be the server's own certificate. The error
// is a *Refusal.
//
// Of a private key only the public half is kept. When there is one, data and the
// copies made here are overwritten; what the parsers of the standard library took
// out of it is garbage when Read returns, and nothing refers to it.
func Read(data []byte) (File, error) {
	if len(data) > maxFile {
		return File{}, &Refusal{Kind: TooLarge}
	}
	r := &reader{}
	text := plain(data)
	defer func() {
		if r.private {
			clear(data)
			clear(text)
		}
	}()
	switch {
	case r.take(data):
	case bytes.Contains(text, []byte(beginning)):
		r.blocks(text)
	case isSSH(text):
		r.refuse(OpenSSH)
	}
	if r.fatal || len(r.file.Certificates)+len(r.file.Keys) == 0 {
		if r.refusal == nil {
			r.refuse(NoKey)
		}
		return File{}, r.refusal
	}
	return r.file, nil
}

// reader gathers what Read finds.
type reader struct {
	file    File
	label   string   // of the block that is being read
	refusal *Refusal // the first, but that a fatal one comes before others
	fatal   bool
	private bool // a private key was among it
}

func (r *reader) refuse(kind Kind) {
	fatal := kind == Damaged || kind == TooLarge
	if r.refusal == nil || fatal && !r.fatal {
		r.refusal = &Refusal{kind, r.label[:min(len(r.label), maxLabel)]}
	}
	r.fatal = r.fatal || fatal
}

// beginning begins a line before a block of PEM.
const beginning = "-----BEGIN "

// blocks reads PEM.
func (r *reader) blocks(text []byte) {
	begun := bytes.Count(text, []byte("\n"+beginning))
	if bytes.HasPrefix(text, []byte(beginning)) {
		begun++
	}
	if begun > maxBlocks {
		r.refuse(TooLarge)
		return
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		begun--
		r.block(block)
	}
	if r.label = ""; begun > 0 {
		r.refuse(Damaged)
	}
}

// block reads one block. Its label says that there is something to read; what it is
// shows in the octets.
func (r *reader) block(b *pem.Block) {
	r.label = b.Type
	private := strings.HasSuffix(b.Type, "PRIVATE KEY")
	r.private = r.private || private
	switch b.Type {
	case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST",
		"PUBLIC KEY", "RSA PUBLIC KEY", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		switch {
		case b.Headers["DEK-Info"] != "": // RFC 1421 §4.6.1.3
			r.refuse(Encrypted)
		case private && len(b.Bytes) > maxPrivate:
			r.refuse(TooLarge)
		case !r.take(b.Bytes):
			r.refuse(Damaged)
		}
	case "PKCS7", "PKCS #7 SIGNED DATA", "CMS":
		r.refuse(PKCS7)
	case "PKCS12":
		r.refuse(PKCS12)
	case "OPENSSH PRIVATE KEY":
		r.refuse(OpenSSH)
	case "EC PARAMETERS", "DH PARAMETERS": // OpenSSL writes them beside a key
	default:
		r.refuse(UnknownBlock)
	}
	if private {
		clear(b.Bytes)
	}
}

// add adds what isn't there yet.
func add(all *[][]byte, der []byte) {
	if !slices.ContainsFunc(*all, func(d []byte) bool { return bytes.Equal(d, der) }) {
		*all = append(*all, bytes.Clone(der))
	}
}
