package locale

// CLI holds the words of the command line.
type CLI struct {
	Usage, Help                    string // one line; all commands
	UnknownCommand                 string // {value}
	UnknownFlag, FlagNeedsValue    string // {value}: the flag
	BadValue                       string // {name}: the flag, {value}
	BadVariable                    string // {name}: of the environment
	BadEHLO                        string // {value}
	BadPort                        string // {name}: the flag
	NoDomain, OneDomain            string
	NoFile, OneFile                string
	OneCode                        string
	BadFile                        string // {name}, {value}: one of those below
	FileMissing, FileForbidden     string
	FileFolder, FileOdd, FileLarge string // a folder; no ordinary file; over 64 MiB
	FileOther                      string // any other fault
	FileNoFacts, FileVersion       string // no evidence; evidence of another version
	BadLevel                       string // {value}
	BadResolver                    string // {value}
	BadOrigin                      string // {value}
	BadAnchor                      string // {name}
	BadRoots                       string // {name}
	BadOptOut                      string // {name}: the file, {count}: the line, {value}: what stands there
	PrivateNeeds                   string
	PrivateOn                      string // a loud line
	LabFailed                      string // {value}
	Progress                       string // {count} {total}
	Publish, Remove, Fixed, Source string // labels
	NotChecked, NothingFound       string // headings
	Serving                        string // {value}: the address
	NoSite                         string
	BadSite                        string // {name}
	ServeFailed                    string // {value}: the address
	BadListen, ListenTaken         string // {value}: the address
	ListenForbidden, ListenNotHere string // {value}: the address
	CertNeedsKey                   string
	CertOrACME, ACMENeeds          string
	BadACMEDomain, BadACMECA       string // {value}
	BadLog, BadLogLevel            string // {value}
	BadLogDomains, BadTrustedProxy string // {value}
	BadRate                        string // {value}
	BadValkey                      string // {value}
	ValkeyPassword                 string // {name}: the variable
	BadGrace                       string
	BadCert                        string // {name}: the files
	PreviousOther                  string // {domain}: the file's
	Stopped                        string
	Unwritten                      string
	ExplainOneFile                 string
	ExplainUnknown, ExplainNear    string
	ExplainNoDomain                string
	LintNoFile, LintOneFile        string
	LintUnknown, LintLost          string // {name}: the file
	ReportsNoFile, ReportsNothing  string
	ReportsOneForm                 string
	ReportsBadDay                  string // {value}
	ReportsBadBy                   string // {value}, {list}: those there are
	ReportsTotal                   string // {reports}, {doubles}, {mended}
	ReportsSessions                string // {successful}, {failed}, {detailed}
	ReportsMore                    string // {count}
	ReportsUnsaid                  string // in a table
	ReportsSuccessful              string // heads of tables, each of sessions
	ReportsFailed, ReportsDetailed string
	MakeWhat                       string // {value}: what was asked for
	MakeNoDomain, MakeOneDomain    string
	MakeNothing                    string
	MakeBadPolicy                  string // {name}: the file
	MakeBlind                      string // {domain}
	BadForm                        string // {value}, {list}: those there are
	MakeBadKind                    string // {value}
	MakeInsist                     string
	MakeNoDomainHere               string
}

// EnglishCLI gives the command line's words; apart from Language, so that the
// browser program does not carry them.
func EnglishCLI() CLI {
	return CLI{
		Usage: "usage: sealane check DOMAIN | judge FILE | make WHAT DOMAIN | lint FILE | explain [FILE] | reports FILE | serve | lab | learn; see sealane help",
		Help: `sealane check DOMAIN [flags]     what happens to mail for a domain
sealane judge FACTS.json [flags] the same from saved evidence, offline
sealane make WHAT DOMAIN [flags] what to publish: policy, txt, tlsrpt, tlsa (of a mail server) or zone, for all of it
sealane make sender -form FORM   for the other direction: Postfix, as it holds others to what they publish
sealane lint FILE|- [flags]      what is wrong with a policy, a record, lines of a zone file
sealane explain [FILE|-] [flags] what an error text or a log means, and what can be behind it
sealane reports FILE…|- [flags]  what TLS reports say, summed: JSON, gzip, mails, mbox, zip, folders of them
sealane serve [flags]            the page and its proxy
sealane lab [-json]              the broken-on-purpose domains under .test
sealane learn [CODE]             what a finding means, and the commands that show it

check and judge:
  -json              one JSON object
  -fail-on LEVEL     exit 1 at findings of this level or above: notice, warning, error (default)
  -chain FILE        draw the chain of trust, as SVG
check:
  -save FILE         keep the evidence
  -previous FILE     evidence of an earlier check, to compare with
lint:
  -json -fail-on LEVEL  as above
  -mend              print the file as it was meant
explain:
  -json              one JSON object
  -check             check the domain that the text names, and say which causes hold
  -domain NAME       the domain, where the text names none or another
  -letter            a letter to the administrator of the other side, instead
reports:
  -by TABLE          one table: result, source, sending-ip, mx, day, domain, policy or failure
  -from DAY -to DAY  days as 2025-05-23, both included
  -domain NAME -source NAME|IP -result TYPE  only these
  -repairs           list what departs from RFC 8460, and how it was read
  -csv               the table of -by, or all failures
  -json              all tables, in one JSON object
make:
  -from DOMAIN       take what no flag gives from a check
  -mode MODE         of the policy: testing (default), enforce or none
  -mx NAME           a mail server of the policy, such as mx1.example.com or *.mail.example.net
  -max-age TIME      how long senders keep the policy: seconds, or 7d, 4w
  -below NAME        a subdomain that takes mail too
  -web NAME|IP       the web server of the policy
  -rua ADDRESS|URL   where reports go
  -tlsa "HOST 3 1 1 DATA"  a TLSA record that is known
  -cname-record NAME -cname-policy NAME -cname-report NAME  aliases to a company that hosts
  -hosted COMPANY    the same for one whose aliases are known, such as EasyDMARC
  -ttl TIME -zone NAME  of the records
  -form FORM         of records: bind, route53, terraform-aws, …; of make policy: nginx, caddy, …
  -out DIR           write files below DIR, instead of printing them
                     -mx, -below, -web, -rua and -tlsa may be repeated
make txt:
  -policy FILE       the policy file as it is served, of which the id is made
make tlsa HOST [FILE…]  of certificates, requests and keys in PEM or DER, or of what the host shows
  -as "2 1 1"        other records than 3 1 1: of the authority's key, or 3 0 1 of the whole certificate
  -insist            make one that the next renewal breaks, too
serve:
  -listen ADDR       default localhost:8080
  -lab               answer names under .test from the lab
  -site DIR          the built site, instead of the one in the program
  -cert FILE -key FILE  serve HTTPS with HTTP/2 and HTTP/3; read again when they change
  -acme-domain NAME  get a certificate for this name from a certificate authority by ACME, and agree to
                     its terms; may be repeated. Port 443 of the name must lead to -listen
  -acme-dir DIR      where its keys and certificates are kept
  -acme-email ADDRESS  where the authority may write to
  -acme-ca URL -acme-roots FILE  another authority than Let's Encrypt, and who vouches for its server, PEM
  -allow-origin ORIGIN  a site elsewhere whose pages may use this proxy, such as
                     https://sealane.example, or * for all; may be repeated
  -metrics ADDR      serve metrics for Prometheus at /metrics of another address, which must not be public
  -valkey ADDR       a Valkey or Redis server whose limits and answers replicas share: host:port, or a
                     URL with redis or rediss; its password in SEALANE_VALKEY_PASSWORD
  -rate KIND.WHOSE=BURST/EVERY  how many pass at once and when one more does: probe, query or
                     badge, for one client, about one target, or for all, or visit.address for
                     the visits to one address; may be repeated
  -trusted-proxy PREFIX  a reverse proxy of your own, whose X-Forwarded-For is believed; may be repeated
  -contact TEXT      an address or URL of yours, for the page that explains the probes
  -log-domains HOW   hash (default) or plain
  -log FORM          of the log: text (default) or json
  -log-level LEVEL   debug (with addresses of visitors), info (default), warn or error
  -grace TIME        how long running requests may take to end when the server is to; default 30s
                     Each flag is also a variable: SEALANE_LISTEN for -listen, and so on
check, explain, make and serve:
  -resolver URL|IP:PORT  a DNS resolver; may be repeated; default: the system's
  -anchor FILE       DNSSEC trust anchors, DS or DNSKEY lines, beside the root's
  -roots FILE        certificate authorities, PEM, instead of the system's
  -smtp-port N -https-port N
  -ehlo NAME         what probes call themselves: this machine's name
  -allow-private     reach private addresses; only with a port or the roots changed
  -more-ports        look at ports 465 and 80 too, beside 25 and 443
  -opt-out FILE      don't reach these: domain names, with all below them, and address
                     prefixes, one a line; read again when it changes

Exit code: 0 clean, 1 findings, 2 could not check, make or read, or not all of it.`,
		UnknownCommand:    "there is no command \"{value}\"; see sealane help",
		UnknownFlag:       "there is no flag {value} here; see sealane help",
		FlagNeedsValue:    "{value} needs a value; see sealane help",
		BadValue:          "{name} can't be \"{value}\"; see sealane help",
		BadVariable:       "{name} in the environment can't be used; see sealane help",
		BadEHLO:           "-ehlo can't be \"{value}\": give the host name of this machine, as its address's PTR record has it",
		BadPort:           "{name} is a port: 1 to 65535",
		NoDomain:          "check needs a domain",
		OneDomain:         "check takes one domain at a time",
		NoFile:            "judge needs a file of saved evidence",
		OneFile:           "judge takes one file at a time",
		OneCode:           "learn takes one code at a time",
		BadFile:           "can't use {name}: {value}",
		FileMissing:       "there is no such file or folder",
		FileForbidden:     "not permitted",
		FileFolder:        "it is a folder",
		FileOdd:           "it is no ordinary file",
		FileLarge:         "it is larger than any file of this kind",
		FileOther:         "it can't be read or written",
		FileNoFacts:       "it holds no saved evidence, or not all of it",
		FileVersion:       "it holds evidence in the form of another version of sealane",
		BadLevel:          "\"{value}\" is no level: notice, warning or error",
		BadResolver:       "\"{value}\" is no resolver: give an https URL or IP:PORT",
		BadOrigin:         "\"{value}\" is no origin: give https://NAME without a path, or * for all",
		BadAnchor:         "{name} holds no DS or DNSKEY line, or one that can't be read",
		BadRoots:          "{name} holds no certificate in PEM form",
		BadOptOut:         "{name}:{count}: \"{value}\" is neither a domain name nor an address prefix",
		PrivateNeeds:      "-allow-private needs -smtp-port, -https-port or -roots beside it",
		PrivateOn:         "WARNING: private and loopback addresses are reachable through this process (-allow-private)",
		LabFailed:         "the lab did not start: {value}",
		Progress:          "{count} of {total} answers",
		Publish:           "publish",
		Remove:            "remove",
		Fixed:             "who",
		Source:            "source",
		NotChecked:        "Not checked",
		NothingFound:      "Nothing to mend.",
		Serving:           "{value}",
		NoSite:            "the built site is not in this program, so the page is missing; -site names it, make build puts it in",
		ServeFailed:       "can't serve on {value}",
		BadSite:           "{name} holds no built site; make site builds it",
		BadListen:         "{value} is no address to listen on: give HOST:PORT",
		ListenTaken:       "another program listens on {value} already",
		ListenForbidden:   "listening on {value} is not permitted",
		ListenNotHere:     "{value} is no address of this machine",
		CertNeedsKey:      "-cert and -key go together",
		CertOrACME:        "-cert and -acme-domain exclude each other",
		ACMENeeds:         "-acme-domain needs -acme-dir, a folder to keep its keys and certificates in",
		BadACMEDomain:     "-acme-domain can't be \"{value}\": give a host name",
		BadACMECA:         "-acme-ca can't be \"{value}\": give the https URL of an ACME directory",
		BadLog:            "-log can't be \"{value}\": text or json",
		BadLogDomains:     "-log-domains can't be \"{value}\": hash or plain",
		BadRate:           "-rate can't be \"{value}\": probe, query or badge, a dot, client, target or all, or visit.address, then =BURST/EVERY, such as query.all=40000/100us",
		BadTrustedProxy:   "-trusted-proxy can't be \"{value}\": an address, or a prefix such as 192.0.2.0/24",
		BadValkey:         "-valkey can't be \"{value}\": host:port, or a URL with redis or rediss",
		ValkeyPassword:    "-valkey takes no password, for all who list processes see it: put it into {name}",
		BadLogLevel:       "-log-level can't be \"{value}\": debug, info, warn or error",
		BadGrace:          "-grace is a time, such as 30s, and not below zero",
		BadCert:           "{name}: these are no certificate and its key, in PEM form",
		PreviousOther:     "the earlier evidence is about {domain}, another domain",
		Stopped:           "stopped before the check was done",
		Unwritten:         "not all of the output could be written",
		ExplainOneFile:    "explain takes one file at a time",
		ExplainUnknown:    "nothing in this text is known here",
		ExplainNear:       "What comes nearest:",
		ExplainNoDomain:   "the text names no domain to check; -domain does",
		LintNoFile:        "lint needs a file, or - for the standard input",
		LintOneFile:       "lint takes one file at a time",
		LintUnknown:       "{name} holds no policy and no record of MTA-STS, TLS reporting or DANE",
		LintLost:          "not all of {name} can be mended: what was meant isn't clear",
		MakeWhat:          "make can't make \"{value}\": policy, txt, tlsrpt, tlsa, zone or sender",
		MakeNoDomain:      "make needs a domain, or for tlsa a mail server",
		MakeOneDomain:     "make takes one domain at a time, and files for tlsa only",
		MakeNothing:       "nothing of that kind is wanted; see sealane help for the flags",
		MakeBadPolicy:     "{name} is no valid policy; sealane lint says why",
		MakeBadKind:       "no mail server has a use for {value}: a TLSA record is 3 1 1, or 2 1 1, 3 0 1, …",
		MakeInsist:        "With -insist it is made all the same.",
		MakeNoDomainHere:  "make sender takes no domain",
		MakeBlind:         "the mail servers of {domain} could not be asked for",
		BadForm:           "-form can't be \"{value}\": {list}",
		ReportsNoFile:     "reports needs files or folders, or - for the standard input",
		ReportsNothing:    "there is no TLS report in what was given",
		ReportsOneForm:    "-json and -csv exclude each other",
		ReportsBadDay:     "\"{value}\" is no day: write it as 2025-05-23",
		ReportsBadBy:      "there is no table by \"{value}\": {list}",
		ReportsTotal:      "{reports} reports, of which {doubles} came twice and {mended} depart from RFC 8460",
		ReportsSessions:   "sessions: {successful} successful, {failed} failed, {detailed} in failure details",
		ReportsMore:       "and {count} more that can't be read",
		ReportsUnsaid:     "(not said)",
		ReportsSuccessful: "successful",
		ReportsFailed:     "failed",
		ReportsDetailed:   "in details",
	}
}
