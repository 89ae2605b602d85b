package publish

import "strings"

// The text of a record can be any printable ASCII; these write it so that it ends
// where it should, and nothing in it means anything to who reads the file.

// inQuotes writes text between double quotes, with a backslash before quotes and
// backslashes. So it stands in zone files (RFC 1035 §5.1), in JSON (RFC 8259 §7) and
// in JavaScript.
func inQuotes(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// apostrophes writes text between single quotes that are doubled inside: a string of
// YAML (YAML 1.2.2 §7.3.2) and of PowerShell (about_Quoting_Rules) in which nothing
// else means anything.
func apostrophes(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// word writes text as one word of a shell (POSIX.1-2024, Shell Command Language
// §2.2.2).
func word(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
