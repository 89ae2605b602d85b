package mtasts

import "strings"

// word is a fixed word of RFC 8461 §3.2 and what people and their programs make
// of it: its translations, apart by blanks, as plainWord writes them.
type word struct{ fixed, said string }

// translatedKeys are keys in Korean, Swedish, German, French, Spanish,
// Japanese, Chinese, Italian, Portuguese and Dutch.
var translatedKeys = [...]word{
	{"version", "버전 버젼 versio versione versao versie バージョン ヴァージョン 版 版本"},
	{"mode", "모드 lage modus modo modalita モード 模式"},
	{"max_age", "최대수명 최대연령 최대나이 최대기간 최대유효기간 최대보존기간 " +
		"maxalder maximalalder hogstaalder maxlivslangd maxalter maximalesalter hochstalter maximaldauer " +
		"agemax agemaximal agemaximum dureemax edadmaxima edadmax maxedad duracionmaxima " +
		"最大年齢 最大経過時間 最大有効期間 有効期間 最長有効期間 最大年龄 最大时长 最大時長 etamassima etamax durata " +
		"idademaxima idademax maxleeftijd maximaleleeftijd"},
	{"mx", "메일서버 mailserver メールサーバー"},
}

// translatedModes are values of mode in the same languages.
var translatedModes = [...]word{
	{"enforce", "강제 강제적용 강제시행 적용 시행 genomdriv genomdriva genomdrivs tillampa verkstall verkstalla framtvinga tvinga uppratthall uppratthalla " +
		"erzwingen erzwungen durchsetzen appliquer applique imposer impose forcer aplicar aplica forzar imponer hacercumplir exigir " +
		"強制 強制する 施行 適用 実施 强制 强制执行 执行 強制執行 applicare applica imporre forza impor forcar afdwingen handhaven"},
	{"testing", "테스트 테스트중 시험 시험중 testning testar provning testen prufung testphase testmodus tester essai entest prueba pruebas probando " +
		"テスト テスト中 試験 検証 测试 測試 测试中 prova inprova teste testando testes"},
	{"none", "없음 해제 사용안함 ingen inget inga keine keiner kein keins aucun aucune rien ninguno ninguna nada " +
		"なし 無し 無 無効 无 沒有 nessuno nessuna nenhum nenhuma geen"},
}

// loose are values of mode that are English, and none of the three.
var loose = [...]word{
	{"enforce", "enforced enforcing enforcement"},
	{"testing", "test tests tested report reporting reportonly monitor monitoring"},
	{"none", "off disabled disable no"},
}

// find gives the fixed word that a plain word stands for, or "".
func find(table []word, plain string) string {
	if plain == "" || strings.IndexByte(plain, ' ') >= 0 {
		return ""
	}
	for _, w := range table {
		rest := w.said
		for rest != "" {
			var one string
			if one, rest, _ = strings.Cut(rest, " "); one == plain {
				return w.fixed
			}
		}
	}
	return ""
}

// translatedKey gives the index of the key that a name translates, or -1.
func translatedKey(name string) int {
	if len(name) > 64 {
		return -1
	}
	plain := plainWord(name)
	if i := keyIndex(find(translatedKeys[:], plain)); i >= 0 || !hasNonASCII(name) {
		return i
	}
	for i, key := range keys { // such as "versión"
		if plain == plainWord(key) {
			return i
		}
	}
	return -1
}

// translatedMode gives the mode that a value translates.
func translatedMode(value string) Mode {
	if len(value) > 64 {
		return ModeUnknown
	}
	return ParseMode(find(translatedModes[:], plainWord(value)))
}

// plainWord lowers letters and takes away accents, separators, quotes and
// blanks.
func plainWord(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch i := strings.IndexRune(accented, r); {
		case strings.IndexRune(" \t_-.\"'`;,・", r) >= 0, 0x300 <= r && r <= 0x36F: // and combining accents
		case i >= 0:
			b.WriteByte(bare[i/2]) // each is two bytes long
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// The Latin letters with accents that the tables need, and without.
const (
	accented = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
	bare     = "aaaaaaceeeeiiiinooooouuuuyy"
)
