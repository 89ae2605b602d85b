package locale

// CLI holds the words of the command line.
type CLI struct {
	Usage, Help                    string // one line; all commands
	UnknownCommand                 string // {value}
	UnknownFlag, FlagNeedsValue    string // {value}: the flag
	BadValue                       string // {name}: the flag, {value}
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
	BadAnchor                      string // {name}
	BadRoots                       string // {name}
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
	BadCert                        string // {name}: the files
	PreviousOther                  string // {domain}: the file's
	Stopped                        string
	Unwritten                      string
}

// EnglishCLI gives the command line's words; apart from Language, so that the
// browser program does not carry them.
func EnglishCLI() CLI {
	return CLI{
		Usage: "usage: sealane check DOMAIN | judge FILE | serve | lab | learn; see sealane help",
		Help: `sealane check DOMAIN [flags]     what happens to mail for a domain
sealane judge FACTS.json [flags] the same from saved evidence, offline
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
serve:
  -listen ADDR       default localhost:8080
  -lab               answer names under .test from the lab
  -site DIR          the built site; default: the folder site beside the program
  -cert FILE -key FILE  serve HTTPS with HTTP/2 and HTTP/3
check and serve:
  -resolver URL|IP:PORT  a DNS resolver; may be repeated; default: the system's
  -anchor FILE       DNSSEC trust anchors, DS or DNSKEY lines, beside the root's
  -roots FILE        certificate authorities, PEM, instead of the system's
  -smtp-port N -https-port N
  -allow-private     reach private addresses; only with a port or the roots changed

Exit code: 0 clean, 1 findings, 2 could not check, or not all of it.`,
		UnknownCommand:  "there is no command \"{value}\"; see sealane help",
		UnknownFlag:     "there is no flag {value} here; see sealane help",
		FlagNeedsValue:  "{value} needs a value; see sealane help",
		BadValue:        "{name} can't be \"{value}\"; see sealane help",
		BadPort:         "{name} is a port: 1 to 65535",
		NoDomain:        "check needs a domain",
		OneDomain:       "check takes one domain at a time",
		NoFile:          "judge needs a file of saved evidence",
		OneFile:         "judge takes one file at a time",
		OneCode:         "learn takes one code at a time",
		BadFile:         "can't use {name}: {value}",
		FileMissing:     "there is no such file or folder",
		FileForbidden:   "not permitted",
		FileFolder:      "it is a folder",
		FileOdd:         "it is no ordinary file",
		FileLarge:       "it is larger than any file of this kind",
		FileOther:       "it can't be read or written",
		FileNoFacts:     "it holds no saved evidence, or not all of it",
		FileVersion:     "it holds evidence in the form of another version of sealane",
		BadLevel:        "\"{value}\" is no level: notice, warning or error",
		BadResolver:     "\"{value}\" is no resolver: give an https URL or IP:PORT",
		BadAnchor:       "{name} holds no DS or DNSKEY line, or one that can't be read",
		BadRoots:        "{name} holds no certificate in PEM form",
		PrivateNeeds:    "-allow-private needs -smtp-port, -https-port or -roots beside it",
		PrivateOn:       "WARNING: private and loopback addresses are reachable through this process (-allow-private)",
		LabFailed:       "the lab did not start: {value}",
		Progress:        "{count} of {total} answers",
		Publish:         "publish",
		Remove:          "remove",
		Fixed:           "who",
		Source:          "source",
		NotChecked:      "Not checked",
		NothingFound:    "Nothing to mend.",
		Serving:         "{value}",
		NoSite:          "the built site is not beside this program, so the page is missing; -site names it, make site builds it",
		ServeFailed:     "can't serve on {value}",
		BadSite:         "{name} holds no built site; make site builds it",
		BadListen:       "{value} is no address to listen on: give HOST:PORT",
		ListenTaken:     "another program listens on {value} already",
		ListenForbidden: "listening on {value} is not permitted",
		ListenNotHere:   "{value} is no address of this machine",
		CertNeedsKey:    "-cert and -key go together",
		BadCert:         "{name}: these are no certificate and its key, in PEM form",
		PreviousOther:   "the earlier evidence is about {domain}, another domain",
		Stopped:         "stopped before the check was done",
		Unwritten:       "not all of the output could be written",
	}
}
