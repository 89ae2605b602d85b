package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// startPostfix starts a Postfix of its own: configuration, queue and data lie
// in the test's directory. One master runs three mail servers; the one on
// plainIP does not offer STARTTLS (RFC 3207). On more addresses there is more of the
// healthy one.
func (w *realWorld) startPostfix(t *testing.T, more ...string) {
	t.Helper()
	dir := filepath.Join(w.dir, "postfix")
	queue, data := filepath.Join(w.dir, "queue"), filepath.Join(w.dir, "data")
	write(t, filepath.Join(dir, "main.cf"), 0o644, fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %s
data_directory = %s
maillog_file = /dev/stdout
myhostname = mx.%s
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = %s, %s
smtpd_tls_session_cache_database =
`, queue, data, realHealthy, w.mx.Key, w.mx.Chain))
	var master strings.Builder
	for _, ip := range append([]string{healthyIP, otherKeyIP, plainIP}, more...) {
		fmt.Fprintf(&master, "%s:%d inet n - n - - smtpd\n", ip, w.SMTP)
		switch ip {
		case plainIP:
			master.WriteString("  -o smtpd_tls_security_level=none\n")
		case healthyIP: // the other takes TLS 1.1, as Postfix does by itself
			master.WriteString("  -o smtpd_tls_protocols=>=TLSv1.2\n")
		}
	}
	master.WriteString(`tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`)
	write(t, filepath.Join(dir, "master.cf"), 0o644, master.String())
	for _, d := range []string{queue, data} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	owner(t, data, "postfix")
	postfix := sbin(t, "postfix")
	p := start(t, postfix, "-c", dir, "start-fg")
	// The master is a child of what was started; "stop" goes by its pid file.
	t.Cleanup(func() { _ = exec.Command(postfix, "-c", dir, "stop").Run() })
	for _, ip := range []string{healthyIP, otherKeyIP, plainIP} {
		p.listening(t, fmt.Sprintf("%s:%d", ip, w.SMTP))
	}
}

// owner gives a directory to a user of the system.
func owner(t *testing.T, dir, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, uid, -1); err != nil {
		t.Fatal(err)
	}
}
