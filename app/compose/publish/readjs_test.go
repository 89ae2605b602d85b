//go:build js

package publish_test

// readersByProgram have none here: there are no programs under js.
var readersByProgram = map[string]reader{"azure": nil, "google": nil, "dnscontrol": nil}
