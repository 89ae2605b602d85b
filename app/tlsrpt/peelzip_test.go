package tlsrpt

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/reports/mill"
)

// le writes a number, little endian.
func le(octets int, n uint64) string {
	return string(binary.LittleEndian.AppendUint64(nil, n)[:octets])
}

// local is the header of a file in a zip (APPNOTE 4.3.7).
func local(name string, flags, method int, sum, packed, plain uint32, extra string) string {
	return "PK\x03\x04" + le(2, 45) + le(2, uint64(flags)) + le(2, uint64(method)) + le(4, 0) + le(4, uint64(sum)) + le(4, uint64(packed)) + le(4, uint64(plain)) +
		le(2, uint64(len(name))) + le(2, uint64(len(extra))) + name + extra
}

// central begins what stands behind all files.
const central = "PK\x01\x02" + "                                          "

// storedFile is a file in a zip, not packed.
func storedFile(name, content string) string {
	n := uint32(len(content))
	return local(name, 0, 0, crc32.ChecksumIEEE([]byte(content)), n, n, "") + content
}

// largeFile is the same with sizes of 64 bits.
func largeFile(name, content string) string {
	n := le(8, uint64(len(content)))
	return local(name, 0, 0, crc32.ChecksumIEEE([]byte(content)), 1<<32-1, 1<<32-1, le(2, 9)+le(2, 1)+"x"+le(2, 1)+le(2, 16)+n+n) + content
}

// streamed is a zip of two files as they are written by a program that can't go back, and
// where the second begins.
func streamed(t *testing.T) (text string, second int) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a.json", "b.json"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(clean))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), strings.LastIndex(b.String(), "PK\x03\x04")
}

// wideDescriptor is a zip whose first file has a descriptor of 64 bits, in which the size
// looks like the beginning of a record.
func wideDescriptor(t *testing.T) string {
	t.Helper()
	content := clean + strings.Repeat(" ", 19280-len(clean)) // 19280 is "PK"
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, _ := w.Create("a.json")
	f.Write([]byte(content))
	w.Close()
	packed, _, found := strings.Cut(b.String()[30+len("a.json"):], "PK\x07\x08")
	if !found {
		t.Fatal("no descriptor")
	}
	return local("a.json", 8, 8, 0, 0, 0, "") + packed + "PK\x07\x08" + le(4, uint64(crc32.ChecksumIEEE([]byte(content)))) + le(8, uint64(len(packed))) + le(8, uint64(len(content))) +
		storedFile("b.json", clean) + central
}

func TestPeelZip(t *testing.T) {
	two, second := streamed(t)
	packed := string(mill.Gzip([]byte(clean)))
	n := uint32(len(packed))
	for name, c := range map[string]struct{ text, want string }{
		"stored":                      {storedFile("a.json", clean) + storedFile("b.json", clean) + central, "a.zip/a.json:|a.zip/b.json:"},
		"large":                       {largeFile("a.json", clean) + largeFile("b.json", clean) + central, "a.zip/a.json:|a.zip/b.json:"},
		"streamed":                    {two, "a.zip/a.json:|a.zip/b.json:"},
		"cut before the second":       {two[:second], "a.zip/a.json:|a.zip: cut-off"},
		"cut in its mark":             {two[:second+3], "a.zip/a.json:|a.zip: cut-off"},
		"cut in its header":           {two[:second+20], "a.zip/a.json:|a.zip: cut-off"},
		"cut in its name":             {two[:second+32], "a.zip/a.json:|a.zip: cut-off"},
		"something between":           {storedFile("a.json", clean) + "nonsense" + storedFile("b.json", clean) + central, "a.zip/a.json:|a.zip: zip-invalid"},
		"a size like a record":        {wideDescriptor(t), "a.zip/a.json: " + `"` + strings.ReplaceAll(clean[:40], "\n", `\n`) + `"` + "|a.zip/b.json:"},
		"a wrong checksum, then more": {local("a.json.gz", 0, 0, 1, n, n, "") + packed + storedFile("b.txt", "hello") + central, "a.zip/a.json.gz:|a.zip/a.json.gz: zip-invalid|a.zip/b.txt: not-json"},
	} {
		got := strings.Join(peeled(t, "a.zip", strings.NewReader(c.text), DefaultLimits()), "|")
		if name == "a size like a record" {
			got, c.want = strings.ReplaceAll(got, `\"`, `"`), strings.ReplaceAll(c.want, `\"`, `"`)
		}
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

// TestPeelHeaders reads mails whose headers are odd: none is a reason to lose a report.
func TestPeelHeaders(t *testing.T) {
	whole := "Content-Type: application/tlsrpt+json\n\n" + clean
	part := func(media string, content string) string {
		return mailHead + "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n--b\nContent-Type: " + media + "\nContent-Transfer-Encoding: binary\n\n" + content + "\r\n--b--\n"
	}
	for name, c := range map[string]struct{ file, text, want string }{
		"a line as long as the buffer": {"a.eml", mailHead + "X: " + strings.Repeat("a", 4093) + "\n" + whole, "a.eml: whole-message"},
		"a field over several buffers": {"a.eml", mailHead + "X: " + strings.Repeat("a", 9000) + "\n" + whole, "a.eml: whole-message"},
		"a long field that counts":     {"a.eml", mailHead + "Content-Type: application/tlsrpt+json; x=" + strings.Repeat("a", 9000) + "\n\n" + clean, "a.eml: whole-message"},
		"nothing but carriage returns": {"a.eml", "From: a@b.example\n" + strings.Repeat("\r", 9000) + "\n\nhello", "a.eml: mail-no-report headers-missing, dkim-missing, whole-message"},
		"an empty line in front":       {"a.eml", "\r\n" + mailHead + whole, "a.eml: whole-message"},
		"a mark before an mbox":        {"a.mbox", "\xEF\xBB\xBFFrom a\n" + mailHead + whole + "\n", "a.mbox: whole-message"},
		"gzip without a name":          {"a.eml", part("application/gzip", string(mill.Gzip([]byte(clean)))), "a.eml: media-type-unexpected"},
		"gzip as it is":                {"a.eml", part("application/tlsrpt+gzip", string(mill.Gzip([]byte(clean)))), "a.eml:"},
		"named gzip":                   {"a.gzip", string(mill.Gzip([]byte(clean))), "a.gzip:"},
	} {
		var got []string
		for _, line := range peeled(t, c.file, strings.NewReader(c.text), DefaultLimits()) {
			before, after, found := strings.Cut(line, ` "`) // the report, with a line's end behind it
			if found {
				_, after, _ = strings.Cut(after, `" `)
				line = strings.TrimSpace(before + " " + after)
			}
			got = append(got, line)
		}
		if all := strings.Join(got, "|"); all != c.want {
			t.Errorf("%s: %s\nwant %s", name, all, c.want)
		}
	}
}
