package ui

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/picture"
)

// The chain of trust is drawn: each text that the layout has, under a name that
// says how far the chain holds.
func TestChainIsDrawn(t *testing.T) {
	c := fixture().Chain
	p := picture.New("example.com", c.Zones, c.Hops, locale.English())
	var texts []string
	tag, label := "", ""
	for tokens := html.NewTokenizer(strings.NewReader(shown(nil))); tokens.Next() != html.ErrorToken; {
		switch token := tokens.Token(); token.Type {
		case html.StartTagToken:
			tag = token.Data
			for _, a := range token.Attr {
				if tag == "svg" && a.Key == "aria-label" {
					label = a.Val
				}
			}
		case html.TextToken:
			if tag == "text" && strings.TrimSpace(token.Data) != "" {
				texts = append(texts, strings.TrimSpace(token.Data))
			}
		case html.EndTagToken:
			tag = ""
		}
	}
	var want []string
	for _, x := range p.Layout().Texts {
		want = append(want, x.Text)
	}
	if got := strings.Join(texts, "|"); got != strings.Join(want, "|") || got == "" {
		t.Errorf("the drawing says\n%s\nand should\n%s", got, strings.Join(want, "|"))
	}
	if label != "The chain of trust of example.com: broken at com" {
		t.Errorf("the drawing is called %q", label)
	}
}

// The table has a row for each zone and answer.
func TestChainIsATable(t *testing.T) {
	page := shown(nil)
	for _, want := range []string{`data-chain=". (root)"`, `data-chain="com"`, `data-status="bogus"`, "KSK 20326 RSASHA256 2048 bits, trust anchor", "the signature of the DS answer has expired"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(page, "data-chain="); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
}

// Before anything was validated there is no drawing to look at.
func TestNoChain(t *testing.T) {
	page := shown(func(m *Machine) { m.Report.Chain = check.ChainView{} })
	if strings.Contains(page, `class="picture"`) || !strings.Contains(page, locale.English().UI.Chain.Empty) {
		t.Error("a drawing of nothing")
	}
}
