package locale

var englishUI = UI{}
