package locale

// UI is the words of the page itself: labels, buttons, messages.
type UI struct{}
