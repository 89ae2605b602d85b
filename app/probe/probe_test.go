package probe

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
)

// fill sets every field below v to something other than zero.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case dnsname.Name:
		v.Set(reflect.ValueOf(dnsname.MustParse("mx.example.com")))
		return
	case netip.Addr:
		v.Set(reflect.ValueOf(netip.MustParseAddr("2001:db8::1")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	default:
		v.SetUint(7)
	}
}

// TestEverythingIsKept: no field is lost on the way between proxy and page, or in
// saved evidence.
func TestEverythingIsKept(t *testing.T) {
	for _, empty := range []any{&Policy{}, &STARTTLS{}, &Nameservers{}} {
		whole := reflect.ValueOf(empty)
		fill(whole.Elem())
		text, err := json.Marshal(empty)
		if err != nil {
			t.Fatal(err)
		}
		back := reflect.New(whole.Elem().Type())
		if err := json.Unmarshal(text, back.Interface()); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(empty, back.Interface()) {
			t.Errorf("%+v, then %+v", empty, back.Interface())
		}
	}
}

// TestOldEvidence: what was saved before there were times, raw lines and headers
// of other fetches reads as it did, and is written as it was.
func TestOldEvidence(t *testing.T) {
	const host = `{"host":"mx.example.com","addresses":[{"ip":"192.0.2.1","stage":"starttls","dialogue":[` +
		`{"text":"220 x","millis":3},{"client":true,"text":"EHLO y","millis":3}],"banner":{"code":220,"lines":["x"]},"millis":9,` +
		`"failure":{"class":"reply-timeout"}}]}`
	var s STARTTLS
	read(t, host, &s)
	if a := s.Addresses[0]; a.Stage != StageSTARTTLS || a.Times != nil || len(a.Dialogue) != 2 || a.Dialogue[0].Raw != nil {
		t.Errorf("%+v", s)
	}
	const policy = `{"url":"https://mta-sts.example.com/.well-known/mta-sts.txt","address":"192.0.2.1","status":404,"others":[` +
		`{"kind":"address","url":"https://mta-sts.example.com/.well-known/mta-sts.txt","address":"2001:db8::1","status":200,"body":"YQ=="}]}`
	var p Policy
	read(t, policy, &p)
	if o := p.Others[0]; o.Kind != OtherAddress || string(o.Body) != "a" || o.Location != "" || o.Millis != 0 {
		t.Errorf("%+v", p)
	}
}

// read reads text and wants it back.
func read(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(into); err != nil || string(back) != text {
		t.Errorf("%s %v, want\n%s", back, err, text)
	}
}
