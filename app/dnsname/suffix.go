package dnsname

import "strings"

// IsPublicSuffix tells whether a name of two labels is one below which others
// register, so that it takes no mail itself: a generic word under a country's
// top-level domain that really has it, or any name under the few countries
// that register at the third level only. A name of more labels never is.
//
// This is a part of the ICANN section of the public suffix list, which would
// cost the browser program 90 KB, and of which these are what people type.
// Names of governments are mostly left out: gov.in, gov.mt, gov.bm or mil.no
// are on the list and are mail domains all the same.
func IsPublicSuffix(name Name) bool {
	word, country, found := strings.Cut(name.s, ".")
	if !found || len(country) != 2 || word == "www" {
		return false
	}
	if hasCountry(thirdLevelOnly, country) {
		return true
	}
	for _, s := range genericSuffixes {
		if s.word == word {
			return hasCountry(s.countries, country)
		}
	}
	return false
}

func hasCountry(countries, country string) bool {
	for i := 0; i+2 <= len(countries); i += 2 {
		if countries[i:i+2] == country {
			return true
		}
	}
	return false
}

// thirdLevelOnly are country codes, two letters each.
const thirdLevelOnly = "ckerfkjmkhmmnppg"

// genericSuffixes are words with the countries that have them, two letters each.
var genericSuffixes = [...]struct{ word, countries string }{
	{"ac", "aeatbdbebwcicncrcyegfjgnidiliminirjpkekrlklsmamemlmumwmzninzpapkprrsrwseszthtjtzugukvnzazmzw"},
	{"asn", "aulv"},
	{"asso", "cidzfrgphtkmmcmlncre"},
	{"biz", "azbbcyetfjghidinkilsmvmwmyninrpkplprsstjtrttvnzm"},
	{"co", "" +
		"aeagamaoatazbbbdbibjbwbzciclcmcrdmggglgyhuidiliminioiritjejpkekrlclsmamemgmumwmznaninzompnrsrwssstsz" +
		"thtjtmtttzugukusuzvevizazmzw"},
	{"com", "" +
		"acafagaialamarauawazbabbbdbhbibjbmbnbobrbsbtbybzcicmcncocucvcwcydmdodzeceeegesetfjfmfrgeghgiglgngpgr" +
		"gtgugyhkhnhrhtiminioiqjokgkikmkpkwkykzlalblclklrlvlymgmkmlmomsmtmumvmwmxmynanfngninrompapepfphpkplpr" +
		"psptpyqarerosasbscsdsgshslsnsossstsvsytjtmtntotrtttwuauguyuzvcvevivnvuwsyezm"},
	{"edu", "" +
		"acafalaoarauazbabbbdbhbibjbmbnbobrbsbtbzcicncocucvcwdmdodzeceeegesetfjfmgdgeghgiglgngpgrgtgugyhkhnht" +
		"inioiqitjokgkikmknkpkwkykzlalblclklrlslvlymemgmkmlmnmomsmtmvmwmxmymzngninrompapepfphpkplpnprpsptpyqa" +
		"rssasbscsdsgslsnsossstsvsytjtmtotrtttwuauguyvcvevgvnvuwsyezazm"},
	{"firm", "htinnfrove"},
	{"gen", "innztr"},
	{"go", "cicriditjpkekrthtjtzug"},
	{"gov", "aubrcntrukza"},
	{"id", "aubdcvfjirlvlyusvn"},
	{"idv", "hktw"},
	{"ind", "brgtinkwtn"},
	{"info", "azbbbdbjboecegetfjguhthuinkekilalsmlmvnfninrplprrosdtntrtttzvevnzm"},
	{"ltd", "cygilkuk"},
	{"me", "eginitkekrsosstzukus"},
	{"name", "azegetfjhrmkmvmyngprqatjtrttvn"},
	{"ne", "jpkekrtzugus"},
	{"net", "" +
		"acaeafagaialamarauazbabbbdbhbjbmbnbobrbsbtbwbzcicmcncocucvcwcydmdodzecegetfjfmgeggghglgngpgrgtgugyhk" +
		"hnhtidiliminioiqirjejokgkiknkwkykzlalblclklrlslvlymamemkmlmomsmtmumvmwmxmymznanfngninrnzompapephpkpl" +
		"pnprpsptpyqarwsasbscsdsgshslsossstsythtjtmtntotrtttwuaukuyuzvcvevivnvuwsyezazm"},
	{"nom", "agcoesfriokmmgncnipapeplrotmveza"},
	{"or", "atbicicriditjpkekrmuthtzugus"},
	{"org", "" +
		"acaeafagaialamaoarauazbabbbdbhbibjbmbnbobrbsbtbwbzcicncocucvcwcydmdodzeceeegesetfjfmgeggghgiglgngpgr" +
		"gtgugyhkhnhthuiliminioiqirjejokgkikmknkpkwkykzlalblclklrlslvlymamemgmkmlmnmomsmtmumvmwmxmymznangninr" +
		"nzompapepfphpkplpnprpsptpyqarorsrwsasbscsdsesgshskslsnsossstsvsysztjtmtntotrtttwuaugukuyuzvcvevivnvu" +
		"wsyezazmzw"},
	{"plc", "lyuk"},
	{"pro", "azbrcyecfjhtinmvomprttvn"},
	{"sch", "aebdidirjolklyngqasasszm"},
	{"tm", "cydzfrhukmmcnoplroseza"},
	{"web", "bodoguidlknfnipktjtrveza"},
}
