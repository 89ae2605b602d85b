package tlsrpt

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sealane/sealane/app/reports/mill"
)

// peeled is what lies in a file: for each report or fault its name, kind and repairs.
func peeled(t testing.TB, name string, in io.Reader, limits Limits) (all []string) {
	t.Helper()
	if err := Peel(name, in, limits, nil, func(f Found) error {
		line := f.Name + ":"
		if f.Err != nil {
			line += " " + string(f.Err.Kind)
		} else if strings.ReplaceAll(string(f.JSON), "\r", "") != clean {
			line += fmt.Sprintf(" %.40q", f.JSON)
		}
		if len(f.Repairs) > 0 {
			line += " " + brief(f.Repairs)
		}
		all = append(all, line)
		return nil
	}); err != nil {
		t.Error(err)
	}
	return all
}

// small are limits that a test can reach.
var small = Limits{Document: 4000, Unpacked: 200_000, Documents: 3, Depth: 8}

// utf16 writes a text in UTF-16.
func utf16Text(text string, little bool) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if little {
			b.WriteString(string([]byte{c, 0}))
		} else {
			b.WriteString(string([]byte{0, c}))
		}
	}
	return b.String()
}

// quoted writes the clean report in quoted-printable.
func quoted() string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	io.WriteString(w, clean)
	w.Close()
	return b.String()
}

// locked is a zip with the flag of encryption.
func locked() string {
	z := mill.Zip(map[string][]byte{"a.json": []byte(clean)})
	z[6] |= 1
	return string(z)
}

// stored is a zip without compression, of sizes that stand in front.
func stored(method uint16) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.CreateRaw(&zip.FileHeader{Name: "a.json", Method: method, CRC32: 0x1d0f0e5c, CompressedSize64: 3, UncompressedSize64: 3})
	io.WriteString(f, "{} ")
	w.Close()
	return b.String()
}

// noise is text that hardly packs.
func noise(n int) string {
	b, state := make([]byte, n), uint32(1)
	for i := range b {
		state = state*1664525 + 1013904223
		b[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"[state>>26]
	}
	return string(b)
}

const mailHead = "From: a@b.example\nTLS-Report-Domain: x\nTLS-Report-Submitter: mx.b.example\nDKIM-Signature: z\n"

func peelCases() []struct{ name, text, want string } {
	pack := func(s string) string { return string(mill.Gzip([]byte(s))) }
	mail := func(media, s string) string { return string(mill.Mail(media, []byte(s))) }
	archive := string(mill.Zip(map[string][]byte{"d/a.json": []byte(clean)}))
	return []struct{ name, text, want string }{
		{"a.json", clean, "a.json:"},
		{"a", clean, "a:"},
		{"a.json", "\xEF\xBB\xBF" + clean, "a.json: byte-order-mark"},
		{"a.json", "\xFF\xFE" + utf16Text(clean, true), "a.json: charset"},
		{"a.json", utf16Text(clean, false), "a.json: charset"},
		{"a.json.gz", pack(clean), "a.json.gz:"},
		{"a.json", pack(clean), "a.json: gzip-mislabelled"},
		{"a.json.gz", clean, "a.json.gz: gzip-mislabelled"},
		{"a.json.gz", pack(pack(clean)), "a.json.gz: gzip-twice"},
		{"a.json.gz", pack(clean[:50]) + pack(clean[50:]), "a.json.gz:"},
		{"a.json.gz", pack(clean) + "x", "a.json.gz: gzip-trailing"},
		{"a.json.gz", pack(clean)[:200], "a.json.gz: cut-off"},
		{"a.json.gz", pack(clean)[:5], "a.json.gz: cut-off"},
		{"a.json.gz", strings.Replace(pack(clean), "Company", "Company", 1)[:len(pack(clean))-8] + "12345678", "a.json.gz: gzip-invalid"},
		{"a.gz", "\x1F\x8B\x07" + pack(clean)[3:], "a.gz: gzip-invalid"},
		{"a.zip", archive, "a.zip/d/a.json:"},
		{"a.zip", archive[:len(archive)/2], "a.zip/d/a.json: cut-off"},
		{"a.zip", string(mill.Zip(map[string][]byte{"b.zip": []byte(archive)})), "a.zip/b.zip: too-nested"},
		{"a.zip", string(mill.Zip(nil)), "a.zip: empty"},
		{"a.zip", string(mill.Zip(map[string][]byte{"a.eml": mill.Mail("application/tlsrpt+gzip", mill.Gzip([]byte(clean)))})), "a.zip/a.eml:"},
		{"a.zip", locked(), "a.zip/a.json: zip-encrypted"},
		{"a.zip", stored(0), "a.zip/a.json: zip-invalid"},
		{"a.zip", stored(12), "a.zip/a.json: zip-method"},
		{"a.eml", mail("application/tlsrpt+json", clean), "a.eml:"},
		{"a.eml", mail("application/tlsrpt+gzip", pack(clean)), "a.eml:"},
		{"a.eml", mail("application/tlsrpt+gzip", clean), "a.eml: gzip-mislabelled"},
		{"a.eml", mail("application/tlsrpt+json", pack(clean)), "a.eml: gzip-mislabelled"},
		{"a.eml", mail("application/octet-stream", pack(clean)), "a.eml: media-type-unexpected"},
		{"a.eml", mail("application/zip", archive), "a.eml/d/a.json: media-type-unexpected"},
		{"a.eml", mail("text/plain", "hello"), "a.eml: mail-no-report"},
		{"a.eml", strings.Replace(mail("text/plain", "hello"), "tlsrpt", "feedback-report", 1), "a.eml: is-arf multipart-kind"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "multipart/report", "multipart/related", 1), "a.eml: multipart-kind"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "--=_b--\r\n", "", 1), "a.eml: mail-unclosed"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "base64\r\n\r\n", "base64\r\n\r\n!*", 1), "a.eml: transfer-encoding"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "TLS-Report-Domain", "X", 1), "a.eml: headers-missing"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "DKIM-Signature", "X", 1), "a.eml: dkim-missing"},
		{"a.eml", strings.Replace(mail("application/tlsrpt+json", clean), "Submitter: mail.example", "Submitter: other.example", 1), "a.eml: submitter-mismatch"},
		{"a.eml", mailHead + "Content-Type: application/tlsrpt+json\n\n" + clean, "a.eml: whole-message"},
		{"a.eml", mailHead + "Content-Type: application/tlsrpt+json\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted(), "a.eml: whole-message"},
		{"a.eml", mailHead + "Content-Type: message/rfc822\n\n" + mail("application/tlsrpt+json", clean), "a.eml: whole-message"},
		{"a.mbox", "From x\n" + mail("application/tlsrpt+json", clean) + "\nFrom y\n" + mail("application/tlsrpt+gzip", pack(clean)), "a.mbox:|a.mbox:"},
		{"a.mbox", "From x\n" + mailHead + "\nhello\n>From z\n\nFrom y\n" + mail("application/tlsrpt+gzip", pack(clean)), "a.mbox: mail-no-report whole-message|a.mbox:"},
		{"a.xml", "<?xml?><feedback><report_metadata>", "a.xml: is-dmarc"},
		{"a.xml.gz", pack("<?xml?><feedback><report_metadata>"), "a.xml.gz: is-dmarc"},
		{"a.html", "<p>", "a.html: is-xml"},
		{"a.pdf", "%PDF-1.4", "a.pdf: not-json"},
		{"a.mbox.gz", pack("From x\n" + mailHead + "\n" + noise(9000))[:5000], "a.mbox.gz: mail-no-report whole-message|a.mbox.gz: cut-off"},
		{"a", "", "a: empty"},
		{"a", "\xFF\xFE", "a: empty charset"},
		{"a", "\xEF\xBB\xBF \n", "a: empty byte-order-mark"},
		{"a.gz", pack(""), "a.gz: empty"},
		{"a.json", "{" + strings.Repeat(" ", 4000) + "}", "a.json: too-large"},
		{"a.gz", pack("{" + strings.Repeat(" ", 4000) + "}"), "a.gz: too-large"},
		{"bomb.mbox.gz", pack("From x\n" + mailHead + "\n" + strings.Repeat("a", 300_000)), "bomb.mbox.gz: mail-no-report whole-message|bomb.mbox.gz: too-much"},
		{"a.mbox", strings.Repeat("From x\n"+mailHead+"\n\n", 5), "a.mbox: mail-no-report whole-message|a.mbox: mail-no-report whole-message|a.mbox: mail-no-report whole-message|a.mbox: too-many"},
		{"nest.gz", pack(pack(pack(pack(pack(pack(pack(pack(pack(pack(clean)))))))))), "nest.gz: too-nested gzip-twice, gzip-twice, gzip-twice, gzip-twice, gzip-twice, gzip-twice, gzip-twice, gzip-twice"},
	}
}

func TestPeel(t *testing.T) {
	for _, c := range peelCases() {
		for way, in := range map[string]io.Reader{
			"whole": strings.NewReader(c.text), "by octets": iotest.OneByteReader(strings.NewReader(c.text)),
			"with the end": iotest.DataErrReader(strings.NewReader(c.text)),
		} {
			if got := strings.Join(peeled(t, c.name, in, small), "|"); got != c.want {
				t.Errorf("%s of %.20q, %s: %q, want %q", c.name, c.text, way, got, c.want)
			}
		}
	}
}

// TestPeelMill reads every form that the mill makes.
func TestPeelMill(t *testing.T) {
	for n := range 28 {
		name, text := mill.File(n, 8)
		found := 0
		if err := Peel(name, bytes.NewReader(text), DefaultLimits(), nil, func(f Found) error {
			if found++; f.Err != nil || string(f.JSON) != string(mill.Report(n, 8)) {
				t.Errorf("%s: %v", f.Name, f.Err)
			}
			return ParseReports(f.JSON, nil, func(Report) error { return nil })
		}); err != nil || found != 1 {
			t.Errorf("%s: %d reports, %v", name, found, err)
		}
	}
}

// TestPeelHugeStreams reads a file of 8 MB that holds one report among a great deal else, and
// never more than a step of it at a time.
func TestPeelHugeStreams(t *testing.T) {
	in := io.MultiReader(strings.NewReader("From x\n"+mailHead+"\n"), io.LimitReader(lineFeed{}, 1<<23), strings.NewReader("\nFrom y\n"+string(mill.Mail("application/tlsrpt+json", []byte(clean)))))
	last, most, steps := int64(0), int64(0), 0
	var found []string
	err := Peel("a.mbox", in, DefaultLimits(), func(read int64) error {
		most, last = max(most, read-last), read
		steps++
		return nil
	}, func(f Found) error {
		if f.Err == nil {
			found = append(found, f.Name)
		}
		return nil
	})
	if err != nil || len(found) != 1 || most > stride || steps < 1<<23/stride {
		t.Errorf("%v: %q, %d steps of at most %d", err, found, steps, most)
	}
}

// lineFeed never ends.
type lineFeed struct{}

func (lineFeed) Read(to []byte) (int, error) {
	for i := range to {
		to[i] = "abcdefghijklmno\n"[i%16]
	}
	return len(to), nil
}

// TestPeelStops holds an error of step or visit to ending all.
func TestPeelStops(t *testing.T) {
	stop := errors.New("stop")
	for _, c := range peelCases() {
		if err := Peel(c.name, strings.NewReader(c.text+" "), small, func(int64) error { return stop }, func(Found) error {
			t.Errorf("%s: told of all the same", c.name)
			return nil
		}); err != stop {
			t.Errorf("%s: %v after a step", c.name, err)
		}
		told := 0
		if err := Peel(c.name, strings.NewReader(c.text), small, nil, func(Found) error { told++; return stop }); err != stop || told != 1 {
			t.Errorf("%s: %v, %d times", c.name, err, told)
		}
	}
	if got := peeled(t, "a", iotest.ErrReader(stop), small); strings.Join(got, "|") != "a: unreadable" {
		t.Errorf("%q", got)
	}
	if got := peeled(t, "a", io.MultiReader(strings.NewReader(clean[:99]), iotest.ErrReader(stop)), small); strings.Join(got, "|") != "a: unreadable" {
		t.Errorf("%q", got)
	}
}

func FuzzPeel(f *testing.F) {
	for _, c := range peelCases() {
		if len(c.text) < 5000 {
			f.Add(c.name, []byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		told := 0
		if err := Peel(name, bytes.NewReader(text), small, nil, func(found Found) error {
			if told++; (found.Err == nil) == (found.JSON == nil) || len(found.JSON) > 2*int(small.Document) {
				t.Errorf("%+v", found)
			}
			return nil
		}); err != nil || told == 0 || told > small.Documents+1 {
			t.Errorf("told %d times, %v", told, err)
		}
	})
}
