package locale

// englishGroups are the words of every finding, in the order of their names.
var englishGroups = []group{}
