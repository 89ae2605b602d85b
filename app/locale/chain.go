package locale

// ChainWords stand in the picture of a chain of trust, and in its forms as text
// and table. {type} is a DNS type, {zone} and {name} are names, {from} and {to}
// moments.
type ChainWords struct {
	Title    string // {name}: the domain
	Topic    string // a heading: title without the domain
	Empty    string // where nothing was validated
	Statuses Terms  // of DNSSEC, by dnssec.Status
	// Sums say how far the chain holds, by the worst dnssec.Status; {name} is
	// where.
	Sums Terms
	// Reasons say why something is not proven, by dnssec.Reason; {type} is what
	// was asked for.
	Reasons Terms
	// Proofs say what is proven to be absent, by the name of a dnssec.Proof.
	Proofs   Terms
	NoDS     string // {zone} proves that a delegation has none
	OptOut   string // {zone} vouches for no unsigned delegation
	Root     string // the zone of that name
	Denial   string // NSEC or NSEC3 records
	Anchor   string // names the DS records of a trust anchor
	Below    string // {zone}, which has the delegation
	Loose    string // stands over names that no zone is known for
	Signed   string // {type} {tag}; a period follows
	Period   string // {from} {to}
	Skewed   string // follows a period that is out by no more than clocks may be
	Wildcard string // {name}
	Named    string // follows a key that a DS record names
	Revoked  string
	NoZone   string // a key without the zone bit
	Bits     string // {count}
	Number   Terms  // what a number stands for that has no name: "algorithm", "digest"
	More     string // {count}
	// The table's heading and columns.
	Table, What, Status, Keys, DS, Until, Note string
}
