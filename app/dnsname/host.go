package dnsname

import (
	"errors"
	"strings"
)

// name checks a host as typed and gives it in A-label form.
func (t text) name(toASCII func(string) (string, error)) (Name, *fault) {
	if len(t.s) > 1 && strings.HasSuffix(t.s, ".") && t.s != ".." {
		t = t.cut(0, len(t.s)-1)
	}
	if isIP(t.s) {
		return Name{}, t.fault(FaultIPAddress)
	}
	ascii := true
	for begin, i := 0, 0; i <= len(t.s); i++ {
		if i < len(t.s) && t.s[i] != '.' {
			continue
		}
		label := t.cut(begin, i)
		begin = i + 1
		if f := label.checkLabel(); f != nil {
			return Name{}, f
		}
		prefixed := len(label.s) > 4 && strings.EqualFold(label.s[:4], "xn--")
		ascii = ascii && !prefixed && isASCII(label.s)
	}
	s := t.s
	if !ascii {
		converted, err := toASCII(s)
		if err != nil {
			return Name{}, t.fault(FaultIDNA)
		}
		s = converted
	}
	if isIP(s) {
		return Name{}, t.fault(FaultIPAddress)
	}
	name, err := Parse(s)
	if err != nil {
		return Name{}, t.fault(faultOf(err))
	}
	return name, t.checkLevel(name)
}

// checkLabel looks at one label as typed.
func (t text) checkLabel() *fault {
	switch {
	case t.s == "":
		return &fault{FaultEmptyLabel, t.at[0], t.at[0]}
	case t.s[0] == '-' || t.s[len(t.s)-1] == '-':
		return t.fault(FaultHyphen)
	case isASCII(t.s) && len(t.s) > 63:
		return t.fault(FaultLabelTooLong)
	}
	for i, r := range t.s {
		kind := characterFault(r)
		if kind == "" {
			continue
		}
		end := i + 1
		for end < len(t.s) && t.s[end]&0xC0 == 0x80 {
			end++
		}
		return t.cut(i, end).fault(kind)
	}
	if mixesScripts(t.s) {
		return t.fault(FaultMixedScripts)
	}
	return nil
}

// checkLevel refuses names that are registries', not registrants'.
func (t text) checkLevel(name Name) *fault {
	switch {
	case name == Root:
		return t.fault(FaultEmptyLabel)
	case name.Parent() == Root:
		return t.fault(FaultSingleLabel)
	case IsPublicSuffix(name):
		return t.fault(FaultPublicSuffix)
	}
	return nil
}

// faultOf translates Parse's errors.
func faultOf(err error) Fault {
	for _, c := range [...]struct {
		err  error
		kind Fault
	}{
		{ErrEmpty, FaultIDNA}, // nothing was left by toASCII
		{ErrEmptyLabel, FaultIDNA},
		{ErrTooLong, FaultTooLong},
		{ErrLabelTooLong, FaultLabelTooLong},
		{ErrCharacter, FaultCharacter},
	} {
		if errors.Is(err, c.err) {
			return c.kind
		}
	}
	return FaultOther
}
