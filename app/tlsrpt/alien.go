package tlsrpt

import "strings"

// alien tells what a text is that is no JSON, by its beginning; "" when it may be JSON.
func alien(text string) ErrorKind {
	if !strings.HasPrefix(strings.TrimLeft(text[:min(len(text), 1024)], " \t\r\n"), "<") {
		return ""
	}
	head := strings.ToLower(text[:min(len(text), 4096)])
	if strings.Contains(head, "<feedback") && strings.Contains(head, "<report_metadata") {
		return IsDMARC
	}
	return IsXML
}
