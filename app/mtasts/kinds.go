package mtasts

import "github.com/sealane/sealane/app/syntax"

// Kinds of diagnostics of a record, beside the shared ones of syntax; each is
// the tail of a code sts-record.*.
const (
	IDMissing      syntax.Kind = "id-missing"
	IDEmpty        syntax.Kind = "id-empty"
	IDInvalidChars syntax.Kind = "id-invalid-chars"
	IDTooLong      syntax.Kind = "id-too-long"
	IDPlaceholder  syntax.Kind = "id-placeholder"
	IDDuplicate    syntax.Kind = "id-duplicate"
	PolicyInTXT    syntax.Kind = "policy-in-txt"
)

// Kinds of diagnostics of a policy, beside syntax.NonASCII; each is the tail of
// a code sts-policy.*.
const (
	BOM                   syntax.Kind = "bom"
	LeadingWhitespace     syntax.Kind = "leading-whitespace"
	BlankLine             syntax.Kind = "blank-line"
	LFLineEndings         syntax.Kind = "lf-line-endings"
	CRLineEndings         syntax.Kind = "cr-line-endings"
	MixedLineEndings      syntax.Kind = "mixed-line-endings"
	MissingFinalNewline   syntax.Kind = "missing-final-newline"
	SingleLine            syntax.Kind = "single-line"
	TrailingSemicolon     syntax.Kind = "trailing-semicolon"
	EqualsSign            syntax.Kind = "equals-sign"
	SpaceBeforeColon      syntax.Kind = "space-before-colon"
	CommentLine           syntax.Kind = "comment-line"
	JSONBody              syntax.Kind = "json-body"
	RTFBody               syntax.Kind = "rtf-body"
	FrontMatter           syntax.Kind = "front-matter"
	TXTRecord             syntax.Kind = "txt-record"
	Translated            syntax.Kind = "translated"
	Unparsable            syntax.Kind = "unparsable"
	VersionMissing        syntax.Kind = "version-missing"
	VersionWrong          syntax.Kind = "version-wrong"
	VersionNotFirst       syntax.Kind = "version-not-first"
	ModeMissing           syntax.Kind = "mode-missing"
	ModeInvalid           syntax.Kind = "mode-invalid"
	ModeCase              syntax.Kind = "mode-case"
	MaxAgeMissing         syntax.Kind = "max-age-missing"
	MaxAgeInvalid         syntax.Kind = "max-age-invalid"
	MaxAgeTooLarge        syntax.Kind = "max-age-too-large"
	MaxAgeZero            syntax.Kind = "max-age-zero"
	MaxAgeBelowDay        syntax.Kind = "max-age-below-day"
	MaxAgeShort           syntax.Kind = "max-age-short"
	MXMissing             syntax.Kind = "mx-missing"
	KeyTypo               syntax.Kind = "key-typo"
	KeyCase               syntax.Kind = "key-case"
	DuplicateKey          syntax.Kind = "duplicate-key"
	UnknownExtensionField syntax.Kind = "unknown-extension-field"
)

// Kinds of what can be wrong with one mx value.
const (
	MXEmpty                syntax.Kind = "mx-empty"
	MXListOnOneLine        syntax.Kind = "mx-list-on-one-line"
	MXYAMLList             syntax.Kind = "mx-yaml-list"
	MXDoubledZone          syntax.Kind = "mx-doubled-zone"
	MXTrailingDot          syntax.Kind = "mx-trailing-dot"
	MXEmailAddress         syntax.Kind = "mx-email-address"
	MXURL                  syntax.Kind = "mx-url"
	MXPriorityIncluded     syntax.Kind = "mx-priority-included"
	MXPortIncluded         syntax.Kind = "mx-port-included"
	MXIPAddress            syntax.Kind = "mx-ip-address"
	MXULabel               syntax.Kind = "mx-u-label"
	MXInvalidHostname      syntax.Kind = "mx-invalid-hostname"
	MXLeadingDot           syntax.Kind = "mx-leading-dot"
	MXBareWildcard         syntax.Kind = "mx-bare-wildcard"
	MXWildcardInside       syntax.Kind = "mx-wildcard-inside"
	MXWildcardPublicSuffix syntax.Kind = "mx-wildcard-public-suffix"
)
