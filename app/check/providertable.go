package check

// provider is one set of mail hosts that a mail provider gives its customers.
// A provider with several sets has a row for each; the first row whose zones
// hold a name is the name's.
type provider struct {
	name string
	// zones are names at or below which its mail hosts are, with a space between.
	zones string
	// mx are the MX names of one customer, in order of preference; where each
	// customer has others, an example.
	mx string
	// lines are what belongs behind mx: in that customer's policy (RFC 8461
	// §3.2): a pattern, or "=" for each MX name itself, or "*" for each with a
	// wildcard in the place of its first label.
	lines string
	// shared are names below which hosts of other customers are, so that a
	// wildcard over them covers more than the domain's own; with a dot before,
	// names below that one too.
	shared string
	// retired: the provider has replaced these names.
	retired bool
	dane    providerDANE
	source  string
}

// providerDANE is what a provider does for DANE on its mail hosts. That it does
// nothing is left to what the DNS says today.
type providerDANE uint8

// The zero value: nothing stated.
const (
	_            providerDANE = iota
	daneOptional              // the customer can have it, if under other names
	daneThere                 // TLSA records are published
)

// providers are those whose MX names and policies are public knowledge. The
// source says who states it: P the provider itself, O operators' files that
// agree, S a single source; then the title.
var providers = []provider{
	{name: "Google", zones: "smtp.google.com", mx: "smtp.google.com", lines: "=",
		source: "P Google Workspace Admin Help 9276511, 9276387"},
	{name: "Google", zones: "aspmx.l.google.com",
		mx:     "aspmx.l.google.com alt1.aspmx.l.google.com alt2.aspmx.l.google.com alt3.aspmx.l.google.com alt4.aspmx.l.google.com",
		lines:  "aspmx.l.google.com *.aspmx.l.google.com",
		source: "P Google Workspace Admin Help 9276511, 9276387"},
	{name: "Google", zones: "google.com googlemail.com gmail.com",
		mx:     "gmail-smtp-in.l.google.com alt1.gmail-smtp-in.l.google.com alt2.gmail-smtp-in.l.google.com",
		lines:  "gmail-smtp-in.l.google.com *.gmail-smtp-in.l.google.com",
		shared: "google.com l.google.com googlemail.com",
		source: "O policy of gmail.com"},
	{name: "Microsoft", zones: "mx.microsoft", mx: "contoso-com.h-v1.mx.microsoft", lines: "*", shared: ".mx.microsoft", dane: daneOptional,
		source: "P Microsoft Learn, Multi-Geo In-Region Routing (2025-07)"},
	{name: "Microsoft", zones: "mail.protection.outlook.com", mx: "contoso-com.mail.protection.outlook.com",
		lines: "*.mail.protection.outlook.com", shared: "mail.protection.outlook.com", dane: daneOptional,
		source: "P Microsoft Learn, Enhancing mail flow with MTA-STS; Multi-Geo In-Region Routing (2025-07)"},
	{name: "Microsoft", zones: "mail.eo.outlook.com messaging.microsoft.com", mx: "contoso-com.mail.eo.outlook.com mail.messaging.microsoft.com",
		lines: "=", shared: "mail.eo.outlook.com", retired: true,
		source: "P Microsoft Learn, Multi-Geo In-Region Routing (2025-07)"},
	{name: "Microsoft", zones: "outlook.com", mx: "outlook-com.olc.protection.outlook.com", lines: "*.olc.protection.outlook.com",
		shared: "olc.protection.outlook.com", source: "S policy of outlook.com"},
	{name: "Proton", zones: "protonmail.ch", mx: "mail.protonmail.ch mailsec.protonmail.ch", lines: "=", dane: daneThere,
		source: "O operators' policies; DANE survey 2023-02"},
	{name: "Fastmail", zones: "messagingengine.com", mx: "in1-smtp.messagingengine.com in2-smtp.messagingengine.com", lines: "=",
		source: "O operators' policies"},
	{name: "Cloudflare", zones: "mx.cloudflare.net", mx: "route1.mx.cloudflare.net route2.mx.cloudflare.net route3.mx.cloudflare.net",
		lines: "*.mx.cloudflare.net", dane: daneThere, source: "P Cloudflare Docs, Email Routing, MTA-STS; DANE survey 2024"},
	{name: "Zoho", zones: "zoho.com", mx: "mx.zoho.com mx2.zoho.com mx3.zoho.com", lines: "=", source: "P Zoho Mail Help, MTA-STS"},
	{name: "Zoho", zones: "zoho.eu", mx: "mx.zoho.eu mx2.zoho.eu mx3.zoho.eu", lines: "=", source: "P Zoho Mail Help, MTA-STS"},
	{name: "Zoho", zones: "zoho.in", mx: "mx.zoho.in mx2.zoho.in mx3.zoho.in", lines: "=", source: "P Zoho Mail Help, MTA-STS"},
	{name: "iCloud", zones: "mail.icloud.com", mx: "mx01.mail.icloud.com mx02.mail.icloud.com", lines: "*.mail.icloud.com",
		source: "O operators' policies"},
	{name: "Yandex", zones: "mx.yandex.net yandex.net", mx: "mx.yandex.net", lines: "=",
		source: "O operators' zone files"},
	{name: "Yandex", zones: "mx.yandex.ru yandex.ru", mx: "mx.yandex.ru", lines: "=",
		source: "O operators' zone files"},
	{name: "Naver", zones: "naver.com", mx: "mx1.naver.com mx2.naver.com mx3.naver.com mx4.naver.com mx5.naver.com mx6.naver.com",
		lines: "=", source: "O operators' files"},
	{name: "Naver Works", zones: "worksmobile.com", mx: "kr1-aspmx1.worksmobile.com kr1-aspmx2.worksmobile.com", lines: "=",
		shared: "worksmobile.com", source: "O operators' zone files"},
	{name: "Kakao", zones: "hanmail.net", mx: "mx1.hanmail.net mx2.hanmail.net mx3.hanmail.net mx4.hanmail.net", lines: "=",
		source: "O operators' files"},
	{name: "Kakao", zones: "daum.net", mx: "aspmx.daum.net alt.aspmx.daum.net", lines: "=",
		source: "O operators' zone files"},
	{name: "one.com", zones: "one.com", mx: "mx1.pub.mailpod1-cph3.one.com mx2.pub.mailpod1-cph3.one.com", lines: "*", shared: "one.com",
		dane: daneThere, source: "O operators' zone files; DANE survey 2023-02"},
	{name: "Infomaniak", zones: "infomaniak.ch", mx: "mta-gw.infomaniak.ch", lines: "=", dane: daneThere,
		source: "O operators' zone files; DANE survey 2023-02"},
	{name: "Migadu", zones: "migadu.com", lines: "*.migadu.com", source: "S a TLS report"},
	{name: "Tutanota", zones: "tutanota.de", mx: "mail.tutanota.de", lines: "=",
		source: "S Ashiq et al., IMC 2025, table 2"},
	{name: "Forward Email", zones: "forwardemail.net", mx: "mx1.forwardemail.net mx2.forwardemail.net", lines: "=",
		source: "O operators' zone files"},
	{name: "Mimecast", zones: "mimecast.com", mx: "us-smtp-inbound-1.mimecast.com us-smtp-inbound-2.mimecast.com", lines: "=",
		shared: "mimecast.com", source: "S headers in public mailing lists"},
	{name: "Proofpoint", zones: "pphosted.com ppe-hosted.com", mx: "mx0a-001b2d01.pphosted.com mx0b-001b2d01.pphosted.com", lines: "=",
		shared: "pphosted.com ppe-hosted.com", source: "S headers in public mailing lists"},
}

// policyHost is a company that serves MTA-STS policies for others (RFC 8461
// §8.2).
type policyHost struct {
	name string
	// zones are names at or below which the aliases lead, with a space between.
	zones string
	// alias is where _mta-sts of a customer leads; a.com, a-com or a_com stand
	// for the customer's domain, written so. policy and reports are where mta-sts
	// and _smtp._tls lead, "" where that isn't known.
	alias, policy, reports string
	left                   afterLeaving
	source                 string
}

// afterLeaving is what becomes of the alias of somebody who isn't a customer any
// more.
type afterLeaving uint8

// The zero value: not found stated.
const (
	_           afterLeaving = iota
	servesEmpty              // an empty file, under a valid certificate
	servesNone               // the name is gone
	servesStale              // the policy of before
)

var policyHosts = []policyHost{
	{"Tutanota", "tutanota.de tutanota.com", "mta-sts.tutanota.de", "mta-sts.tutanota.de", "", 0, "O operators' zone files"},
	{"DMARCReport", "mta-sts.dmarcinput.com", "a-com.mta-sts.dmarcinput.com", "", "", servesEmpty, leavers},
	{"PowerDMARC", "mta-sts.tech", "a-com._mta.mta-sts.tech", "", "", servesNone, leavers},
	{"EasyDMARC", "easydmarc.pro", "a_com__mta_sts.easydmarc.pro", "a_com_mta_sts.easydmarc.pro", "a_com__smtp_tls.easydmarc.pro", servesStale, "P EasyDMARC Knowledge Base, Managed MTA-STS; " + leavers},
	{"Mailhardener", "mailhardener.com", "a.com._mta-sts.mailhardener.com", "", "", servesNone, leavers},
	{"URIports", "uriports.com", "a-com._mta-sts.uriports.com", "", "", servesNone, leavers},
	{"Sendmarc", "sdmarc.net", "a.com._mta-sts.sdmarc.net", "", "", servesStale, leavers},
	{"OnDMARC", "ondmarc.com", "_mta-sts.a.com._mta-sts.smart.ondmarc.com", "", "", servesStale, leavers},
	{"Cloudflare", "mx.cloudflare.net", "_mta-sts.mx.cloudflare.net", "", "", 0, "P Cloudflare Docs, Email Routing, MTA-STS"},
}

const leavers = "S Ashiq et al., IMC 2025, table 2"
