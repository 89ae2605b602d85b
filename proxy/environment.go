package main

import (
	"flag"
	"os"
	"strings"
	"unicode"
)

// list is the value of a flag that may be repeated.
type list []string

// String gives the values, with a space between.
func (l *list) String() string { return strings.Join(*l, " ") }

// Set adds a value.
func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

// variable is a flag's name in the environment: SEALANE_ALLOW_ORIGIN for
// -allow-origin.
func variable(name string) string {
	return "SEALANE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// environment sets the flags that no argument gave from variables that aren't
// empty. The values of a list are separated by spaces or commas. What is wrong
// with a value is said without it: it may hold a secret, and goes into the
// system's log.
func (p *program) environment(set *flag.FlagSet) (err error) {
	given := map[string]bool{}
	set.Visit(func(f *flag.Flag) { given[f.Name] = true })
	set.VisitAll(func(f *flag.Flag) {
		text := os.Getenv(variable(f.Name))
		if given[f.Name] || text == "" {
			return
		}
		values := []string{text}
		if _, many := f.Value.(*list); many {
			values = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		}
		for _, value := range values {
			if err == nil && set.Set(f.Name, value) != nil {
				err = errWords(p.say(p.cli.BadVariable, "name", variable(f.Name)))
			}
		}
	})
	return err
}
