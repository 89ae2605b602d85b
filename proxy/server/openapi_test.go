package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/lab"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
)

// openapi is the description with what validates against it.
type openapi struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
}

func readDescription(t *testing.T, s *Server) *openapi {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(get(s, "/openapi.json").Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020) // what OpenAPI 3.1 takes
	c.AssertContent()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &openapi{doc.(map[string]any), c}
}

// at follows keys, and references, and gives where it ends as a JSON pointer.
func (o *openapi) at(pointer string, keys ...string) (any, string) {
	var v any = o.doc
	steps := []string{}
	if pointer != "" {
		steps = strings.Split(pointer[1:], "/")
	}
	for _, k := range keys {
		steps = append(steps, strings.ReplaceAll(strings.ReplaceAll(k, "~", "~0"), "/", "~1"))
	}
	for i, step := range steps {
		m, is := v.(map[string]any)
		if !is {
			return nil, ""
		}
		if v = m[strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")]; v == nil {
			return nil, ""
		}
		if m, is := v.(map[string]any); is && m["$ref"] != nil {
			return o.at(strings.Join(append([]string{m["$ref"].(string)[1:]}, steps[i+1:]...), "/"))
		}
	}
	return v, "/" + strings.Join(steps, "/")
}

// holds holds an answer against what is said of an operation's answers.
func (o *openapi) holds(t *testing.T, path, method string, r *http.Response) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	what := method + " " + path + " " + strconv.Itoa(r.StatusCode)
	response, pointer := o.at("", "paths", path, method, "responses", strconv.Itoa(r.StatusCode))
	if response == nil {
		t.Errorf("%s: an answer that isn't described: %s", what, body)
		return
	}
	headers, _ := o.at(pointer, "headers")
	described, _ := headers.(map[string]any)
	for name := range described {
		h, at := o.at(pointer, "headers", name)
		value := r.Header.Get(name)
		if required, _ := h.(map[string]any)["required"].(bool); value == "" && !required {
			continue
		}
		var v any = value
		if n, err := strconv.Atoi(value); err == nil {
			v = float64(n)
		}
		o.valid(t, what+" "+name, at+"/schema", v)
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if _, at := o.at(pointer, "content", media); at == "" {
		if content, _ := o.at(pointer, "content"); content != nil || len(body) > 0 {
			t.Errorf("%s: %s isn't described", what, media)
		}
		return
	}
	schema, at := o.at(pointer, "content", media, "schema")
	if schema == nil {
		return
	}
	var v any = string(body)
	if strings.HasSuffix(media, "json") {
		if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(body)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	o.valid(t, what, at, v)
}

func (o *openapi) valid(t *testing.T, what, pointer string, v any) {
	t.Helper()
	schema, err := o.compiler.Compile("openapi.json#" + pointer)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// request is a use of an operation by the examples of its parameters, but for those
// that change gives other values.
func (o *openapi) request(path, method string, change map[string][]string) *http.Request {
	operation, _ := o.at("", "paths", path, method)
	query, target := url.Values{}, path
	parameters, _ := operation.(map[string]any)["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		name := p["name"].(string)
		values, set := change[name]
		if list, is := p["example"].([]any); !set && is {
			for _, v := range list {
				values = append(values, v.(string))
			}
		} else if !set {
			values = []string{p["example"].(string)}
		}
		if p["in"] == "path" {
			target = strings.Replace(target, "{"+name+"}", values[0], 1)
			continue
		}
		query[name] = values
	}
	var body io.Reader
	media := ""
	if example, _ := o.at("", "paths", path, method, "requestBody", "content", dnsMessage, "example"); example != nil {
		wire, _ := base64.RawURLEncoding.DecodeString(example.(string))
		body, media = bytes.NewReader(wire), dnsMessage
	}
	r := httptest.NewRequest(strings.ToUpper(method), target+"?"+query.Encode(), body)
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	return r
}

// Every operation is called, by its examples, beyond its rate, with a wrong method, by
// a foreign page and in a server that fails. Each answer is as the description says.
func TestDescription(t *testing.T) {
	internet, l := network("internet"), startLab(t)
	config := func(c *Config) {
		c.Check = func(context.Context, dnsname.Name) Summary { return Summary{} }
		c.Port25 = func() probe.Egress { return probe.EgressOpen }
		c.Page.Anchors = append(c.Page.Anchors, l.Anchor())
		c.Page.Lab = []probe.LabDomain{{Domain: "perfect.test", Wrong: "nothing", Codes: nil}}
		c.Route = func(n dnsname.Name) *observe.Network {
			if n.Within(top) {
				return l.Network()
			}
			return internet
		}
	}
	s := start(t, config)
	full := start(t, func(c *Config) {
		config(c)
		never := limits.Rate{Burst: 0, Every: time.Second}
		c.ProbeRates, c.QueryRates = Rates{All: never}, Rates{Client: never}
	})
	broken := start(t, func(c *Config) {
		config(c)
		c.Route = func(dnsname.Name) *observe.Network {
			return &observe.Network{Exchange: func(context.Context, []byte) ([]byte, error) { return nil, &probe.Failure{Class: probe.NoResolver} }}
		}
	})
	silent := start(t, func(c *Config) {
		config(c)
		c.Route = func(dnsname.Name) *observe.Network {
			return &observe.Network{Exchange: func(context.Context, []byte) ([]byte, error) { return nil, &probe.Failure{Class: probe.DNSTimeout} }}
		}
	})
	unwanted := start(t, func(c *Config) {
		config(c)
		n := network("internet")
		n.OptOut = optOut(t, "example.com")
		c.Route = func(dnsname.Name) *observe.Network { return n }
	})
	o := readDescription(t, s)
	paths := o.doc["paths"].(map[string]any)
	operations := 0
	for path, methods := range paths {
		for method := range methods.(map[string]any) {
			operations++
			if r := ask(s, o.request(path, method, nil)); r.StatusCode != http.StatusOK {
				t.Errorf("%s %s: status %d by its example", method, path, r.StatusCode)
			} else {
				o.holds(t, path, method, r)
			}
			o.holds(t, path, method, ask(s, o.request(path, method, nil))) // shared now
			o.holds(t, path, method, ask(silent, o.request(path, method, nil)))
			o.holds(t, path, method, ask(full, o.request(path, method, nil)))
			o.holds(t, path, method, ask(broken, o.request(path, method, nil)))
			o.holds(t, path, method, ask(unwanted, o.request(path, method, nil)))
			wrong := o.request(path, method, nil)
			wrong.Method = http.MethodDelete
			o.holds(t, path, method, ask(s, wrong))
			foreign := o.request(path, method, nil)
			foreign.Header.Set("Origin", "https://foreign.example")
			o.holds(t, path, method, ask(s, foreign))
			for _, bad := range [][]string{{""}, {"..", ".."}, {strings.Repeat("A", 7000)}} {
				o.holds(t, path, method, ask(s, o.request(path, method, map[string][]string{"domain": bad, "host": bad, "zone": bad, "dns": bad})))
			}
		}
	}
	if operations < 11 {
		t.Errorf("%d operations", operations)
	}
	for _, path := range endpoints {
		if paths[path] == nil {
			t.Errorf("%s isn't described", path)
		}
	}
}

// The lab's answers are full, and as the description says too.
func TestDescriptionOfTheLab(t *testing.T) {
	l := startLab(t)
	s := start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return l.Network() } })
	o := readDescription(t, s)
	for _, c := range []struct {
		path, domain string
		octets       int64 // at least, of a full answer
	}{
		{"/v1/policy", "perfect.test", 1000}, {"/v1/policy", "policy-404.test", 1000}, {"/v1/policy", "expired-policy-cert.test", 1000}, {"/v1/policy", "policy-no-host.test", 100},
		{"/v1/starttls", "mx1.perfect.test", 3000}, {"/v1/starttls", "mx1.mx-tls-old.test", 1000}, {"/v1/starttls", "mx1.starttls-off.test", 500}, {"/v1/nameservers", "perfect.test", 200},
	} {
		var kinds []string
		for _, k := range probe.AsideKinds() {
			kinds = append(kinds, string(k))
		}
		for _, asides := range [][]string{{}, kinds} {
			change := map[string][]string{"domain": {c.domain}, "host": {c.domain}, "zone": {c.domain}, "question": {"MX " + c.domain, "52 _25._tcp.mx1." + c.domain}, "aside": asides}
			r := ask(s, o.request(c.path, "get", change))
			if r.StatusCode != 200 || r.ContentLength < c.octets {
				t.Errorf("%s of %s: status %d, %d octets", c.path, c.domain, r.StatusCode, r.ContentLength)
			}
			o.holds(t, c.path, "get", r)
		}
	}
}

func startLab(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// The schemas have the members of the types, no fewer and no more, and require those
// that are always there.
func TestDescriptionIsComplete(t *testing.T) {
	o := readDescription(t, start(t, nil))
	for name, v := range map[string]any{
		"Failure": probe.Failure{}, "Trust": probe.Trust{}, "TLS": probe.TLS{}, "OtherFetch": probe.OtherFetch{}, "Policy": probe.Policy{}, "Reply": probe.Reply{},
		"Line": probe.Line{}, "ServerHello": probe.ServerHello{}, "Aside": probe.Aside{}, "Address": probe.Address{}, "STARTTLS": probe.STARTTLS{},
		"DirectAnswer": probe.DirectAnswer{}, "Nameserver": probe.Nameserver{}, "Nameservers": probe.Nameservers{}, "Config": probe.Config{}, "Ready": readyState{}, "Problem": details{},
	} {
		var members, always []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			if member, rest, _ := strings.Cut(f.Tag.Get("json"), ","); !f.Anonymous {
				members = append(members, member)
				if rest == "" {
					always = append(always, member)
				}
			}
		}
		schema, _ := o.at("", "components", "schemas", name)
		var described []string
		for member := range schema.(map[string]any)["properties"].(map[string]any) {
			described = append(described, member)
		}
		if required := words(schema.(map[string]any)["required"]); !same(members, described) || !same(always, required) {
			t.Errorf("%s: members %v, described %v; always %v, required %v", name, members, described, always, required)
		}
	}
	kinds, _ := o.at("", "components", "schemas", "Aside", "properties", "kind", "enum")
	var all []string
	for _, k := range probe.AsideKinds() {
		all = append(all, string(k))
	}
	if !same(words(kinds), all) {
		t.Errorf("asides: %v", kinds)
	}
	types, _ := o.at("", "components", "schemas", "Problem", "properties", "type", "enum")
	var titled []string
	for _, term := range locale.EnglishProblems() {
		titled = append(titled, reflect.ValueOf(term).Field(0).String())
	}
	if !same(words(types), titled) {
		t.Errorf("problems: %v, with titles: %v", types, titled)
	}
	h := http.Header{}
	stand(h, perClient, limits.Verdict{Rate: usualProbes.Client, Remaining: 99, Reset: usualProbes.Client.Every})
	for name, values := range h {
		if header, _ := o.at("", "components", "headers", map[string]string{"Ratelimit": "RateLimit", "Ratelimit-Policy": "RateLimit-Policy"}[name], "example"); header != values[0] {
			t.Errorf("%s: %v, usually %s", name, header, values[0])
		}
	}
}

func words(v any) (all []string) {
	list, _ := v.([]any)
	for _, w := range list {
		all = append(all, w.(string))
	}
	return all
}

func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
