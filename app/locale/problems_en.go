package locale

// EnglishProblems gives the titles of the proxy's problem details (RFC 9457
// §3.1.3) by their type; apart from Language, so that the browser program does
// not carry them.
func EnglishProblems() Terms {
	return Terms{
		{"bad-domain", "This is no domain name"},
		{"bad-query", "This DNS query is not relayed"},
		{"busy", "The proxy has too much to do"},
		{"ending", "The proxy is about to end"},
		{"content-unexpected", "A request of this method has no content"},
		{"foreign-origin", "This proxy answers its own pages and those that it is told of"},
		{"internal", "The proxy failed"},
		{"method-not-allowed", "This method is not allowed here"},
		{"no-network", "This proxy looks at no network with this name"},
		{"no-resolver", "No resolver answers the proxy"},
		{"not-found", "There is nothing here"},
		{"opted-out", "Its owner asked this proxy's operator not to reach it"},
		{"private-name", "This name belongs to a private network, or to none"},
		{"too-large", "The request is too large"},
		{"too-many-requests", "Too many requests at once"},
		{"unavailable", "The proxy could not look"},
		{"unsupported-media-type", "A DNS message is expected"},
	}
}
