package explain

// Read tells what a text says. It is total, and takes time in proportion to the
// text's length.
func Read(text string) Explanation {
	return Explanation{Cut: len(text) > MaxText}
}
