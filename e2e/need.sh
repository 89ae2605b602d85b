#!/bin/sh
# Finds what the tests need beside Go, and installs it where that is allowed:
# as root on Debian. Everywhere else it fails and says what to install.
#
#	e2e/need.sh node      a Node.js for the tests as WebAssembly
#	e2e/need.sh browser   prints the path of a Chromium or Chrome
#	e2e/need.sh servers   the real mail, DNS and web servers
#	e2e/need.sh signers   the signers, servers and validators of DNSSEC
#	e2e/need.sh hosting   the web servers and tools that take a policy's configuration
#	e2e/need.sh tlsatools the programs that make TLSA records
#	e2e/need.sh systemd   what judges the proxy's unit
#	e2e/need.sh generators the generators of sites that a widget is put into
#	e2e/need.sh valkey    a server of Valkey or Redis
#	e2e/need.sh sums      the independent sum of TLS reports
#	e2e/need.sh bench     what the benchmarks compare with and load by
#
# Installed or found, the answer is the same: exit 0. Exit 1 says why not on
# the error stream; exit 3 means that this system cannot run the servers at all.
set -eu

# may_install tells whether apt-get may be used: Debian or its kin, as root.
may_install() {
	[ -e /etc/debian_version ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# install takes Debian package names and installs them without questions.
install() {
	echo "need.sh: installing $*" >&2
	{
		apt-get update -q || true
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
	} >&2 </dev/null
}

fail() {
	echo "need.sh: $*" >&2
	exit 1
}

browser() {
	for c in "${SEALANE_CHROME:-}" chromium chromium-browser google-chrome google-chrome-stable chrome \
		"/Applications/Chromium.app/Contents/MacOS/Chromium" \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
		"${HOME:-/}/Applications/Chromium.app/Contents/MacOS/Chromium" \
		"${HOME:-/}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
		if [ -n "$c" ] && command -v "$c" 2>/dev/null; then
			return 0
		fi
	done
	return 1
}

# The servers lie in /usr/sbin, which a user's path may lack.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# missing prints the packages whose program, after the colon, is not there.
missing() {
	for pair in "$@"; do
		command -v "${pair#*:}" >/dev/null || printf '%s ' "${pair%%:*}"
	done
}

case ${1:-} in
node)
	command -v node >/dev/null && exit 0
	may_install || fail "the tests as WebAssembly need Node.js 20 or newer: install nodejs (Debian: apt-get install nodejs; macOS: brew install node)"
	install nodejs
	;;
browser)
	browser && exit 0
	may_install || fail "the browser tests need Chromium or Chrome: install chromium (Debian: apt-get install chromium; macOS: brew install --cask chromium), or set SEALANE_CHROME to its path"
	install chromium
	browser || fail "the package chromium was installed, but no browser is in the path"
	;;
servers)
	[ "$(uname -s)" = Linux ] || { echo "need.sh: the real servers are Debian packages; this is $(uname -s)" >&2; exit 3; }
	[ "$(id -u)" = 0 ] || { echo "need.sh: Postfix starts only as root; run the tests as root, in a container for example" >&2; exit 3; }
	packages=$(missing knot:knotd knot:keymgr unbound:unbound postfix:postfix postfix:posttls-finger \
		nginx-light:nginx bind9-dnsutils:dig curl:curl openssl:openssl)
	[ -z "$packages" ] && exit 0
	may_install || fail "the tests with real servers need these packages: $packages"
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
signers)
	[ "$(uname -s)" = Linux ] || { echo "need.sh: the signers are Debian packages; this is $(uname -s)" >&2; exit 3; }
	[ "$(id -u)" = 0 ] || { echo "need.sh: name servers listen on port 53 only as root; run the tests as root, in a container for example" >&2; exit 3; }
	packages=$(missing knot:knotd knot-dnssecutils:kzonesign bind9:named bind9-utils:dnssec-signzone \
		bind9-dnsutils:delv ldnsutils:ldns-signzone unbound:unbound)
	[ -z "$packages" ] && exit 0
	may_install || fail "the tests with real signers need these packages: $packages"
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
hosting)
	[ "$(uname -s)" = Linux ] || { echo "need.sh: the web servers are Debian packages; this is $(uname -s)" >&2; exit 3; }
	[ "$(id -u)" = 0 ] || { echo "need.sh: Postfix is set up as root; run the tests as root, in a container for example" >&2; exit 3; }
	packages=$(missing nginx-light:nginx caddy:caddy apache2:apache2 nodejs:node postfix:postconf git:git)
	[ -z "$packages" ] && exit 0
	may_install || fail "the tests of policy hosting need these packages: $packages"
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
tlsatools)
	packages=$(missing openssl:openssl coreutils:sha512sum gnutls-bin:danetool hash-slinger:tlsa)
	[ -z "$packages" ] && exit 0
	may_install || fail "the tests of TLSA records need these packages: $packages"
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
systemd)
	[ "$(uname -s)" = Linux ] || { echo "need.sh: systemd is for Linux; this is $(uname -s)" >&2; exit 3; }
	command -v systemd-analyze >/dev/null && exit 0
	may_install || fail "the test of the proxy's unit needs this package: systemd"
	install systemd
	;;
generators)
	packages=$(missing mkdocs:mkdocs hugo:hugo)
	[ -d /usr/share/mkdocs/themes/material ] || python3 -c 'import material' 2>/dev/null || packages="$packages mkdocs-material"
	[ -z "$packages" ] && exit 0
	may_install || { echo "need.sh: the sites with widgets need these packages: $packages" >&2; exit 3; }
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
sums)
	command -v jq >/dev/null && exit 0
	may_install || fail "the independent sum of TLS reports needs jq: install it (Debian: apt-get install jq; macOS: brew install jq)"
	install jq
	;;
valkey)
	command -v valkey-server >/dev/null && exit 0
	command -v redis-server >/dev/null && exit 0
	may_install || fail "the tests of shared limits need Valkey or Redis: install redis-server (Debian: apt-get install redis-server; macOS: brew install valkey)"
	install redis-server
	;;
bench)
	[ "$(uname -s)" = Linux ] || { echo "need.sh: what the benchmarks compare with are Debian packages; this is $(uname -s)" >&2; exit 3; }
	packages=$(missing dnsdist:dnsdist nghttp2-client:h2load unbound:unbound)
	[ -z "$packages" ] && exit 0
	may_install || fail "the benchmarks need these packages: $packages"
	# shellcheck disable=SC2086 # a list of words
	install $packages
	;;
*)
	fail "say node, browser, servers, signers, hosting, tlsatools, systemd, generators, valkey, sums or bench"
	;;
esac
