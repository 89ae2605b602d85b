package check

import (
	"slices"

	"github.com/sealane/sealane/app/probe"
)

// asidesOf lists the asides that a host's first visit asks for: none where it
// didn't come as far as STARTTLS.
func asidesOf(p Probed) []probe.AsideKind {
	offered := slices.ContainsFunc(p.STARTTLS.Addresses, func(a probe.Address) bool {
		return a.StartTLS.Code != 0
	})
	if !offered {
		return nil
	}
	return []probe.AsideKind{
		probe.NoSNI, probe.OnlyRSA, probe.OnlyECDSA, probe.OnlyDHE,
		probe.OldTLS, probe.SSL3, probe.Injection, probe.PlainMail,
	}
}
