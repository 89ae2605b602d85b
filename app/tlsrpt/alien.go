package tlsrpt

import "strings"

// Alien tells what a text is that is no JSON, by its beginning; "" when it may be JSON.
func Alien(text string) ErrorKind {
	head := strings.ToLower(text[:min(len(text), 4096)])
	switch {
	case !strings.HasPrefix(strings.TrimSpace(head), "<"):
		return ""
	case strings.Contains(head, "<feedback") && strings.Contains(head, "<report_metadata"):
		return IsDMARC
	}
	return IsXML
}
