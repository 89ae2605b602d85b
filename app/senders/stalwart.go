package senders

// stalwartReader is how it reads.
var stalwartReader = reader{"stalwart"}

// stalwart knows DANE and MTA-STS (STAL outbound/dane, outbound/mta_sts). How
// it combines them, how long it waits for a policy, and whether it takes a bad
// certificate where neither asks for a good one depends on its configuration.
// It doesn't look at the status or the media type (findings §3.4).
var stalwart = sender{
	id: "stalwart", sources: []string{"STAL"},
	ways: []rules{
		{dane: true, reader: &stalwartReader, verifies: true, always: true},
		{dane: true, reader: &stalwartReader, order: daneAlone, verifies: true, always: true},
	},
}
