package locale

// ReportWords are what is said of TLS reports that were read.
type ReportWords struct {
	// Repairs is what departs from RFC 8460, by tlsrpt.RepairKind: what stands there, and how it
	// is read.
	Repairs Terms
	// Errors is why something could not be read, by tlsrpt.ErrorKind.
	Errors Terms
	// By names what views sum by, by reports.By.
	By Terms
	// Hints is what stands out, by reports.HintKind: {domain} {subject} {count} {days}.
	Hints Terms
}

// englishReportWords has Terms that are sorted by what they name.
var englishReportWords = ReportWords{
	Repairs: Terms{
		{"bad-escape", "an escape that JSON doesn't have: kept as it stands"},
		{"byte-order-mark", "a byte order mark in front: passed over"},
		{"charset", "not UTF-8: read as Latin-1 or UTF-16"},
		{"control-in-string", "a control character within a text: kept"},
		{"count-invalid", "no number of sessions: read as 0"},
		{"count-missing", "no number of sessions: read as 0"},
		{"count-not-number", "a number written as text or with a fraction"},
		{"counts-inconsistent", "the details don't add up to the total: both are shown"},
		{"datagram", "what Postfix tells its reporting service of one session, not a report"},
		{"datetime-form", "a time in another form than RFC 3339's"},
		{"datetime-invalid", "no time can be made out"},
		{"datetime-no-time", "a date without a time: its midnight, UTC"},
		{"datetime-no-timezone", "a time without a zone: read as UTC"},
		{"details-missing", "failures without details"},
		{"details-not-array", "one failure detail without a list around it"},
		{"dkim-missing", "the mail has no DKIM signature: it may be forged, and RFC 8460 has receivers ignore it"},
		{"empty-field", "empty"},
		{"field-name", "under another name"},
		{"field-repeated", "written more than once: the last one counts"},
		{"field-type", "a value of another type than wanted"},
		{"filename-disagrees", "the file's name tells of another domain or time: the report counts"},
		{"flat-policy", "the policy's fields stand outside of `policy`"},
		{"gzip-mislabelled", "the name or media type says gzip where there is none, or the other way round"},
		{"gzip-trailing", "something follows the gzip: passed over"},
		{"gzip-twice", "packed twice"},
		{"headers-missing", "the mail lacks `TLS-Report-Domain` or `TLS-Report-Submitter`"},
		{"list-in-string", "a list written into a text: taken apart"},
		{"mail-unclosed", "the mail ends within an attachment"},
		{"media-type-unexpected", "attached under another media type than `application/tlsrpt+gzip` or `+json`"},
		{"missing-field", "missing"},
		{"multipart-kind", "the mail is no `multipart/report` of type `tlsrpt`"},
		{"mx-host-not-array", "one text instead of a list"},
		{"null-field", "`null`: read as missing"},
		{"policies-not-array", "one policy without a list around it"},
		{"policy-despite-failure", "shows a policy although none could be fetched: perhaps an older one"},
		{"policy-repeated", "the same policy once more: both are added up"},
		{"policy-string-line-ends", "lines end in CR: cut off"},
		{"policy-string-not-array", "one text instead of a list"},
		{"policy-type-unknown", "none of `tlsa`, `sts`, `no-policy-found`"},
		{"range-not-utc-day", "covers another time than one UTC day"},
		{"report-id-cut", "ends where a domain was to follow"},
		{"result-type-case", "a result type in other letters"},
		{"sessions-twice", "the same sessions under `sts` and under `tlsa`: added up once"},
		{"several", "several reports in one text: each read for itself"},
		{"submitter-mismatch", "`TLS-Report-Submitter` is neither the domain in `From` nor below it"},
		{"text-around", "something follows the report: passed over"},
		{"trailing-comma", "a comma too many"},
		{"transfer-encoding", "characters that don't belong into the mail's encoding: passed over"},
		{"unknown-result-type", "none of the registered result types"},
		{"whole-message", "the mail itself is the report, without parts"},
	},
	Errors: Terms{
		{"cut-off", "ends too early: part of it is missing"},
		{"empty", "empty"},
		{"gzip-invalid", "broken gzip"},
		{"is-arf", "an abuse report, not a TLS report"},
		{"is-dmarc", "a DMARC report, not a TLS report"},
		{"is-xml", "XML or HTML, not a TLS report"},
		{"mail-no-report", "a mail without a TLS report"},
		{"not-json", "no report, mail, gzip or zip"},
		{"not-tlsrpt", "JSON, but not a TLS report"},
		{"set-full", "no more room: not in the sums"},
		{"syntax", "no JSON from here on"},
		{"too-deep", "lists within lists without end"},
		{"too-large", "larger than any report: over 32 MB"},
		{"too-many", "too many reports in one file: the rest is not read"},
		{"too-many-rows", "more policies and details than any report has"},
		{"too-much", "unpacks to more than 2 GB: the rest is not read"},
		{"too-nested", "packed too many times"},
		{"unreadable", "the file could not be read to its end"},
		{"zip-encrypted", "locked with a password"},
		{"zip-invalid", "broken zip"},
		{"zip-method", "packed in a way that isn't read: only deflate is"},
	},
	By: Terms{
		{"day", "day"},
		{"domain", "domain"},
		{"failure", "failure"},
		{"mx", "receiving server"},
		{"policy", "policy"},
		{"result", "result"},
		{"sending-ip", "sending address"},
		{"source", "source"},
	},
	Hints: Terms{
		{"all-failed", "Nothing that {subject} sent to {domain} got through on a whole day, {days}. Sessions that failed: {count}; that succeeded: none."},
		{"failure-in-testing", "Sessions to {domain} failed under a policy in testing mode, {days}: {count}. That mail was delivered all the same; under an enforced policy it would have been held back."},
		{"mx-mismatch", "The policy of {domain} does not list {subject}. Sessions that failed there, {days}: {count}. Add the host to the policy, or take it out of the MX records."},
		{"no-policy-found", "{subject} found no policy for {domain}, {days}, though others did."},
		{"single-ip", "All failures to {domain} met one address, {subject}, {days}. Sessions: {count}. Look at that server first."},
		{"single-sender-ip", "All failures to {domain} came from one address, {subject}, {days}. Sessions: {count}. The fault may lie there, or on the way from there."},
		{"sporadic", "Fewer than one in a hundred sessions to {domain} failed, {days}: {count}. A few always do."},
		{"starts-with-change", "Failures to {domain} begin on the day on which senders first saw another policy, {days}. Sessions: {count}."},
	},
}
