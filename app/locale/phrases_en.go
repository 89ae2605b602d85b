package locale

// englishPhrases are the sentences of the headline, the few words of the lane,
// the reasons why something was not checked, and names of levels and fixers.
var englishPhrases = []text{}
