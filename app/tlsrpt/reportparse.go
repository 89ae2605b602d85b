package tlsrpt

// ParseReport reads a report (RFC 8460 §4.4), and mends what is known to be written
// otherwise. It calls step, which may be nil, after at most 64 KB, so that a page can
// breathe; an error of it is returned. All other errors are a *ReportError. The strings of
// the Report share one copy of the text: clone those that are to be kept.
func ParseReport(json []byte, step func() error) (Report, error) { panic("being written") }
