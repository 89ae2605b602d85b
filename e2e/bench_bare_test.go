package e2e

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"testing"
)

// bareAddress is the variable by which this program is asked to be bare.
const bareAddress = "SEALANE_E2E_BARE"

// TestBareHandler is no test: run by startBare as a process of its own, it is what
// net/http does over HTTP/2 with a handler that does nothing, and thereby what no
// relay on net/http can undercut.
func TestBareHandler(t *testing.T) {
	address := os.Getenv(bareAddress)
	if address == "" {
		t.Skip("only for the relay's benchmark")
	}
	answer := []byte(`padding to the size of an answer: 000000000000000000000000000 v=STSv1; id=20261122T000000;`)
	length := []string{strconv.Itoa(len(answer))}
	log.Fatal(http.ListenAndServeTLS(address, os.Getenv("SEALANE_E2E_CHAIN"), os.Getenv("SEALANE_E2E_KEY"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Type"], h["Content-Length"] = []string{"application/dns-message"}, length
		_, _ = w.Write(answer)
	})))
}

// startBare starts the same.
func startBare(t *testing.T, own issued) relayProcess {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t, "127.0.0.1"))
	t.Setenv(bareAddress, address)
	t.Setenv("SEALANE_E2E_CHAIN", own.Chain)
	t.Setenv("SEALANE_E2E_KEY", own.Key)
	r := relayProcess{start(t, os.Args[0], "-test.run=^TestBareHandler$", "-test.timeout=30m"), address}
	r.listening(t, address)
	return r
}
