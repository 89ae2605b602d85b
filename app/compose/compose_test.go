package compose_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
)

// noUnicode stands for a door's IDNA.
func noUnicode(s string) (string, error) {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return "", errors.New("no IDNA here")
		}
	}
	return s, nil
}

func draft(pairs ...any) compose.Draft {
	var d compose.Draft
	for i := 0; i < len(pairs); i += 2 {
		d[pairs[i].(compose.Field)] = pairs[i+1].(string)
	}
	return d
}

// lines writes what was made, a record or file a line.
func lines(m compose.Made) []string {
	var all []string
	for _, r := range m.Records {
		all = append(all, strings.Join([]string{r.Name.String(), r.Type.String(), r.Data}, " "))
	}
	for _, f := range m.Files {
		all = append(all, f.URL()+" "+strings.ReplaceAll(f.Text, "\r\n", "|"))
	}
	return all
}

const digest = "0000000000000000000000000000000000000000000000000000000000000001"

func TestMake(t *testing.T) {
	policy := "version: STSv1|mode: testing|mx: mx1.example.com|mx: *.mail.example.com|max_age: 604800|"
	for name, c := range map[string]struct {
		draft compose.Draft
		want  []string
	}{
		"nothing": {draft(compose.FieldDomain, "example.com"), nil},
		"everything of one's own": {
			draft(compose.FieldDomain, "Example.COM.", compose.FieldMode, "testing", compose.FieldMX, "mx1.example.com, *.mail.example.com mx1.example.com.",
				compose.FieldWeb, "192.0.2.1 2001:db8::1", compose.FieldRUA, "tls!reports@example.com https://r.example.net/v1",
				compose.FieldBelow, "news.example.com", compose.FieldTLSA, "mx1.example.com 3 1 1 "+digest),
			[]string{
				"_mta-sts.example.com TXT v=STSv1; id=357207f232f2acb89dc2;",
				"mta-sts.example.com A 192.0.2.1", "mta-sts.example.com AAAA 2001:db8::1",
				"_smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls%21reports@example.com,https://r.example.net/v1",
				"_mta-sts.news.example.com TXT v=STSv1; id=357207f232f2acb89dc2;",
				"mta-sts.news.example.com A 192.0.2.1", "mta-sts.news.example.com AAAA 2001:db8::1",
				"_smtp._tls.news.example.com TXT v=TLSRPTv1; rua=mailto:tls%21reports@example.com,https://r.example.net/v1",
				"_smtp._tls.mx1.example.com TXT v=TLSRPTv1; rua=mailto:tls%21reports@example.com,https://r.example.net/v1",
				"_25._tcp.mx1.example.com TLSA 3 1 1 " + digest,
				"https://mta-sts.example.com/.well-known/mta-sts.txt " + policy,
				"https://mta-sts.news.example.com/.well-known/mta-sts.txt " + policy,
			},
		},
		"hosted by others": {
			draft(compose.FieldDomain, "example.com", compose.FieldHostedRecord, "_mta-sts.host.example", compose.FieldHostedPolicy, "mta-sts.host.example.", compose.FieldHostedReport, "r.host.example"),
			[]string{"_mta-sts.example.com CNAME _mta-sts.host.example.", "mta-sts.example.com CNAME mta-sts.host.example.", "_smtp._tls.example.com CNAME r.host.example."},
		},
		"hosted, with a name below": {
			draft(compose.FieldDomain, "example.com", compose.FieldBelow, "news.example.com", compose.FieldHostedRecord, "example_com__mta_sts.host.example", compose.FieldHostedPolicy, "sts.example.com",
				compose.FieldHostedReport, "example-com.r.host.example", compose.FieldTLSA, "\tmx1.example.com\t3\t1 1 "+digest),
			[]string{"_mta-sts.example.com CNAME example_com__mta_sts.host.example.", "mta-sts.example.com CNAME sts.example.com.", "_smtp._tls.example.com CNAME example-com.r.host.example.",
				"_mta-sts.news.example.com CNAME news_example_com__mta_sts.host.example.", "mta-sts.news.example.com CNAME sts.example.com.", "_smtp._tls.news.example.com CNAME news-example-com.r.host.example.",
				"_smtp._tls.mx1.example.com CNAME example-com.r.host.example.", "_25._tcp.mx1.example.com TLSA 3 1 1 " + digest},
		},
		"hosted under a name like the domain's": {
			draft(compose.FieldDomain, "a.example", compose.FieldBelow, "b.a.example", compose.FieldHostedRecord, "sta.example", compose.FieldHostedPolicy, "a-example1.host.example"),
			[]string{"_mta-sts.a.example CNAME sta.example.", "mta-sts.a.example CNAME a-example1.host.example.", "_mta-sts.b.a.example CNAME sta.example.", "mta-sts.b.a.example CNAME a-example1.host.example."},
		},
		"taken down": {
			draft(compose.FieldDomain, "example.com", compose.FieldMode, "none", compose.FieldMX, "mx1.example.com", compose.FieldMaxAge, "1d", compose.FieldWeb, "www.example.net"),
			[]string{"_mta-sts.example.com TXT v=STSv1; id=" + compose.ID(mtasts.Policy{Mode: mtasts.ModeNone, MaxAge: 86400}) + ";", "mta-sts.example.com CNAME www.example.net.",
				"https://mta-sts.example.com/.well-known/mta-sts.txt version: STSv1|mode: none|max_age: 86400|"},
		},
	} {
		want, faults := c.draft.Read(noUnicode)
		if got := lines(compose.Make(want)); len(faults) > 0 || !slices.Equal(got, c.want) {
			t.Errorf("%s: faults %+v, got\n%s", name, faults, strings.Join(got, "\n"))
		}
		if again := compose.DraftFrom(c.draft.Query()); again != c.draft {
			t.Errorf("%s: the query gives %v", name, again)
		}
	}
}

// The id is what a shell makes of the file: sha256sum mta-sts.txt | cut -c1-20
func TestID(t *testing.T) {
	p := mtasts.Policy{Mode: mtasts.ModeNone, MaxAge: 86400}
	if got := compose.ID(p); got != "94815eb6141fb6e55268" {
		t.Errorf("%q of %q", got, p.String())
	}
}

// What announces a file that Make wrote is what Make writes, and another file, such as
// one with other line ends, has another id.
func TestAnnounce(t *testing.T) {
	want, faults := draft(compose.FieldDomain, "example.com", compose.FieldBelow, "news.example.com", compose.FieldMode, "none", compose.FieldTTL, "60").Read(noUnicode)
	made := compose.Make(want)
	file := made.Files[0].Text
	if got := want.Announce(file).Records; len(faults) > 0 || len(got) != 2 || !slices.Equal(got, made.Records) {
		t.Errorf("%+v, made %+v, faults %+v", got, made.Records, faults)
	}
	if got := want.Announce(strings.ReplaceAll(file, "\r\n", "\n")).Records; got[0].Data == made.Records[0].Data {
		t.Errorf("%+v", got)
	}
}

func TestFaults(t *testing.T) {
	// Of 244 octets: "_smtp._tls." fits before 242 (RFC 1035 §2.3.4).
	long := "abcd" + strings.Repeat("."+strings.Repeat("a", 56), 4) + ".example.com"
	if _, faults := draft(compose.FieldDomain, long[2:], compose.FieldTLSA, long[2:]+" 3 1 1 "+digest).Read(noUnicode); len(faults) > 0 {
		t.Errorf("of 242 octets: %+v", faults)
	}
	for _, c := range []struct {
		field      compose.Field
		text       string
		kind, said string
	}{
		{compose.FieldDomain, "", "empty", ""},
		{compose.FieldBelow, "example.com", compose.NotBelow, "example.com"},
		{compose.FieldBelow, "a.example.com b.example.org", compose.NotBelow, "b.example.org"},
		{compose.FieldDomain, long[1:], compose.NoRoom, long[1:201]},
		{compose.FieldBelow, "a.example.com " + long, compose.NoRoom, long[:200]},
		{compose.FieldTLSA, long + " 3 1 1 " + digest, compose.NoRoom, long[:200]},
		{compose.FieldMode, "Enforce", compose.UnknownMode, "Enforce"},
		{compose.FieldMaxAge, "a week", compose.NotNumber, "a week"},
		{compose.FieldMaxAge, "3600", compose.OutOfRange, "3600"},
		{compose.FieldMaxAge, "53w", compose.OutOfRange, "53w"},
		{compose.FieldMX, "mx1.example.com 192.0.2.1", "mx-ip-address", "192.0.2.1"},
		{compose.FieldMX, "", compose.Missing, ""},
		{compose.FieldMX, "*.co.uk", "mx-wildcard-public-suffix", "*.co.uk"},
		{compose.FieldWeb, "10.0.0.1", compose.NotAddress, "10.0.0.1"},
		{compose.FieldWeb, "100.64.0.1", compose.NotAddress, "100.64.0.1"},
		{compose.FieldWeb, "a.example.net b.example.net", compose.NotAddress, "a.example.net"},
		{compose.FieldWeb, "300.1.1.1", compose.NotAddress, "300.1.1.1"},
		{compose.FieldRUA, "tls", "rua-no-scheme", "tls"},
		{compose.FieldRUA, "tls@192.0.2.1", "rua-invalid-address", "tls@192.0.2.1"},
		{compose.FieldRUA, "ftp://example.com", "rua-scheme-unsupported", "ftp://example.com"},
		{compose.FieldTLSA, "3 1 1 " + digest, compose.NoHost, "3 1 1 " + digest},
		{compose.FieldTLSA, "192.0.2.1 3 1 1 " + digest, compose.NoHost, "192.0.2.1 3 1 1 " + digest},
		{compose.FieldTLSA, "_465._tcp.mx.example.com. IN TLSA 3 1 1 " + digest, compose.NoHost, "_465._tcp.mx.example.com. IN TLSA 3 1 1 " + digest},
		{compose.FieldTLSA, "mx.example.com 1 1 1 " + digest, "usage-pkix", "mx.example.com 1 1 1 " + digest},
		{compose.FieldTLSA, "mx.example.com 3 1 1 00", "digest-wrong-length", "mx.example.com 3 1 1 00"},
		{compose.FieldHostedPolicy, "mta-sts.host.example", compose.BothHosted, "testing"},
		{compose.FieldTTL, "1", compose.OutOfRange, "1"},
	} {
		d := draft(compose.FieldDomain, "example.com", compose.FieldMode, "testing", compose.FieldMX, "mx1.example.com")
		d[c.field] = c.text
		_, faults := d.Read(noUnicode)
		if !slices.ContainsFunc(faults, func(f compose.Fault) bool { return f.Kind == c.kind && f.Text == c.said }) {
			t.Errorf("%s=%q: %+v", c.field.Name(), c.text, faults)
		}
	}
}

// A TLSA record is taken as the page wants it, and as zone files and dig have it.
func TestTLSALines(t *testing.T) {
	for _, line := range []string{
		"mx.example.com 3 1 1 " + digest,
		"mx.example.com\t3 1 1 " + digest[:32] + " " + digest[32:],
		"_25._tcp.mx.example.com. TLSA 3 1 1 " + digest,
		"_25._tcp.mx.example.com.\t3600\tIN\tTLSA\t3 1 1 " + digest[:56] + " " + digest[56:],
		"  _25._tcp.MX.example.com in 3600 tlsa 3 1 1 " + digest,
	} {
		w, faults := draft(compose.FieldDomain, "example.com", compose.FieldTLSA, line).Read(noUnicode)
		if got := lines(compose.Make(w)); len(faults) > 0 || !slices.Equal(got, []string{"_25._tcp.mx.example.com TLSA 3 1 1 " + digest}) {
			t.Errorf("%q: %q, %+v", line, got, faults)
		}
	}
}

// A warning is due where no report would arrive if mail to the domain were held back.
func TestReportsToItself(t *testing.T) {
	for rua, want := range map[string]bool{
		"tls@example.com": true,
		"tls@news.example.com mailto:a@example.com": true, // whose mail fails the same policy
		"tls@example.net":                             false,
		"tls@example.com tls@example.net":             false,
		"tls@example.com https://example.com/reports": false,
		"tls@other.example.com":                       false,
		"":                                            false,
	} {
		w, faults := draft(compose.FieldDomain, "example.com", compose.FieldBelow, "news.example.com", compose.FieldRUA, rua).Read(noUnicode)
		if got := w.ReportsToItself(); got != want || len(faults) > 0 {
			t.Errorf("%q: %v, %+v", rua, got, faults)
		}
	}
}

func TestSchedule(t *testing.T) {
	s, faults := draft(compose.FieldStart, " 2026-02-28 ", compose.FieldTo, "MX1.example.net., mx2.example.net mx1.example.net", compose.FieldLongest, "4w").Schedule()
	if len(faults) > 0 || s.Start.Format(time.RFC3339) != "2026-02-28T00:00:00Z" || len(s.To) != 2 || s.To[0].String() != "mx1.example.net" || s.Longest != 4*7*86400 {
		t.Errorf("%+v, %+v", s, faults)
	}
	if s, faults := (compose.Draft{}).Schedule(); len(faults) > 0 || !s.Start.IsZero() || s.To != nil || s.Longest != 0 {
		t.Errorf("of nothing: %+v, %+v", s, faults)
	}
	for _, c := range []struct {
		field      compose.Field
		text, kind string
	}{
		{compose.FieldStart, "2026-02-30", compose.NotDay}, {compose.FieldStart, "tomorrow", compose.NotDay},
		{compose.FieldTo, "*.example.net", compose.NoServer}, {compose.FieldTo, "192.0.2.1", "mx-ip-address"}, {compose.FieldTo, "mx", string(dnsname.FaultSingleLabel)},
		{compose.FieldLongest, "long", compose.NotNumber}, {compose.FieldLongest, "60w", compose.OutOfRange},
	} {
		if _, faults := draft(c.field, c.text).Schedule(); len(faults) != 1 || faults[0].Field != c.field || faults[0].Kind != c.kind {
			t.Errorf("%s=%q: %+v", c.field.Name(), c.text, faults)
		}
	}
}

func TestServer(t *testing.T) {
	for text, want := range map[string]string{"": "", "MX1.example.com.": "mx1.example.com", "mx1.example.com mx2.example.com": "!", "*.example.com": "!", "https://mx1.example.com": "!"} {
		got, faults := draft(compose.FieldServer, text).Server()
		if name := got.String(); len(faults) > 0 && (want != "!" || !got.IsZero()) || len(faults) == 0 && name != want {
			t.Errorf("%q: %q, %+v", text, name, faults)
		}
	}
}

// A mail host's zone is the name above it, unless others register there.
func TestZones(t *testing.T) {
	for host, want := range map[string]string{
		"mx1.example.com": "example.com", "mx.sub.example.com": "example.com", "mx.example.net": "example.net?", "mx.a.example.net": "a.example.net?",
		"example.net": "example.net?", "example.co.uk": "example.co.uk?", "mx.example.co.uk": "example.co.uk?",
	} {
		w, faults := draft(compose.FieldDomain, "example.com", compose.FieldTLSA, host+" 3 1 1 "+digest).Read(noUnicode)
		zones := compose.Make(w).Zones()
		if len(faults) > 0 || len(zones) != 1 {
			t.Errorf("%s: %+v, %+v", host, zones, faults)
			continue
		}
		got := zones[0].Origin.String()
		if zones[0].Guessed {
			got += "?"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}
