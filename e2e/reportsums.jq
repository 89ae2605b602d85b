# Sums TLS reports (RFC 8460), the files given with -s, apart from all code of ours.
# Sessions that a report lists under sts and tlsa of one domain count once: of
# sessions, of failures and of each kind of detail the larger figure.

def number: if type == "string" then tonumber else . // 0 end;
def total(f): map(f | number) | add // 0;
def details: [.[]."failure-details" // [] | .[]];

# one report: [{successful, failed, details: [{result, n}]}], one for each domain
def domains:
	.policies
	| map(if .policy then . else . + {policy: {"policy-type": ."policy-type", "policy-domain": ."policy-domain"}} end)
	| group_by(.policy."policy-domain" // "" | ascii_downcase)
	| map(
		[map(select(.policy."policy-type" == "sts")), map(select(.policy."policy-type" == "tlsa"))] as [$sts, $tlsa]
		| map(select(.policy."policy-type" != "sts" and .policy."policy-type" != "tlsa")) as $others
		| (.[0].policy."policy-domain" // "") as $domain
		| if ($sts | length) > 0 and ($tlsa | length) > 0 and $domain != "" then
			([$sts, $tlsa] | map(total(.summary."total-failure-session-count")) | max) as $failed
			| ([$sts, $tlsa] | map(total(.summary."total-failure-session-count") + total(.summary."total-successful-session-count")) | max) as $all
			| {
				successful: ($all - $failed), failed: $failed,
				details: ([$sts, $tlsa]
					| map(details | group_by([."result-type", ."sending-mta-ip", ."receiving-mx-hostname", ."receiving-ip"])
						| map({key: (.[0] | [."result-type", ."sending-mta-ip", ."receiving-mx-hostname", ."receiving-ip"] | tojson), result: .[0]."result-type", n: total(."failed-session-count")}))
					| add | group_by(.key) | map({result: .[0].result, n: (map(.n) | max)}))
			}, ($others | {successful: total(.summary."total-successful-session-count"), failed: total(.summary."total-failure-session-count"),
				details: (details | map({result: ."result-type", n: (."failed-session-count" | number)}))})
		else
			{successful: total(.summary."total-successful-session-count"), failed: total(.summary."total-failure-session-count"),
				details: (details | map({result: ."result-type", n: (."failed-session-count" | number)}))}
		end
	);

def sums: {successful: (map(.successful) | add // 0), failed: (map(.failed) | add // 0), detailed: ([.[].details[].n] | add // 0)};

unique_by([."organization-name", ."report-id"])
| map({source: ."organization-name", day: ."date-range"."start-datetime"[0:10], of: domains})
| {
	total: (map(.of[]) | sums),
	results: ([.[].of[].details[]] | group_by(.result) | map({key: .[0].result, value: (map(.n) | add)}) | from_entries),
	sources: (group_by(.source) | map({key: .[0].source, value: (map(.of[]) | sums)}) | from_entries),
	days: (group_by(.day) | map({key: .[0].day, value: (map(.of[]) | sums)}) | from_entries)
}
