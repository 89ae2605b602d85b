# Sealane: two commands do everything, `make run` and `make test`.
# GNU make 3.81 (macOS) is enough. All that is built lies in .build.

BUILD  := .build
LISTEN ?= localhost:8080

# Where a published site will be and where its proxy is: origins, such as
# https://sealane.example. NETLIFY names the netlify.toml to write the rules into.
ORIGIN  ?= $(SEALANE_ORIGIN)
PROXY   ?= $(SEALANE_PROXY)
NETLIFY ?=
QUALITY ?= 11

GO     ?= go

# Where it lies is written in the program, so it is the same for all builds.
ENGINE := .build/js.mod

WASM   := $(BUILD)/app.wasm
SITE   := $(BUILD)/site.done
BINARY := $(BUILD)/sealane

# The copy of the site that the binary takes in; go:embed reaches only below its
# package. The stamp lies in it, so that the two can't part.
EMBEDDED := proxy/embedded

# What the binary says it was built of.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Inlined copies weigh more than they save, but in the arithmetic of RSA, which
# is four times slower without. That of Ed25519 (crypto/internal/fips140/
# edwards25519/field) would be the next, 14 KB more for few zones, then that of
# the NIST curves (crypto/internal/fips140/nistec/...), 20 KB for a fifth of time.
COMPILE := -gcflags=all=-l -gcflags=math/bits= -gcflags=crypto/internal/fips140/bigmod=

# What each built thing depends on: files, and folders so that a removed file
# counts too. Tests change nothing that is built.
sources = $(shell find $(1) ! -name '*_test.go' ! -path '*/testdata*' ! -path '$(EMBEDDED)*' 2>/dev/null) go.mod go.sum

# The core runs under Node too, with a clean environment: Go's loader takes
# only a few kilobytes of it.
WASM_EXEC = env -i 'PATH=$(PATH)' 'HOME=$(HOME)' '$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test e2e-h3 bench fault-run build site release lint wasm-test clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1	/p' Makefile | expand -t 12

run: build ## build what changed and serve it with the lab, on http://localhost:8080
	@exec $(BINARY) serve -lab -listen $(LISTEN)

test: lint ## run everything: unit, WebAssembly, browser and real-server tests
	$(GO) test ./...
	@$(MAKE) wasm-test
	SEALANE_E2E=1 $(GO) test -count=1 -timeout 28m -parallel 3 -v ./e2e

e2e-h3: ## run the browser and real-server tests with the pages over HTTP/3 alone
	SEALANE_E2E=1 SEALANE_OVER=h3 $(GO) test -count=1 -timeout 28m -parallel 3 -v ./e2e

bench: ## print the figures: a check's pace in virtual time, the benchmarks, and the proxy beside others
	$(GO) test -count=1 -run '^TestPace' -v ./app/check
	$(GO) test -run '^$$' -bench . -benchtime 3x ./app/... ./proxy/...
	SEALANE_E2E=1 SEALANE_BENCH=1 $(GO) test -count=1 -run 'InChromium|^TestBench' -v ./e2e

fault-run: ## have resolver, Valkey and servers fail at random for ten minutes, and want no wrong word
	SEALANE_E2E=1 SEALANE_FAULT_RUN=10m $(GO) test -count=1 -timeout 20m -run '^TestFaultRun$$' -v ./e2e

build: $(BINARY) ## build the browser program, the site and the binary with both in it

site: $(WASM) ## build the site for publishing, compressed as far as it goes
	$(GO) run ./wasm -out $(BUILD)/site -wasm $(WASM) -quality $(QUALITY) -origin "$(ORIGIN)" -proxy "$(PROXY)" -netlify "$(NETLIFY)"
	@touch $(SITE)

# The same beside the site of a build, for the test that times visits.
release: $(BUILD)/release.done
$(BUILD)/release.done: $(WASM) $(call sources,app wasm static)
	$(GO) run ./wasm -out $(BUILD)/release -wasm $(WASM)
	@touch $@

lint: ## check the format, and vet for both builds
	@fault=$$(gofmt -l app e2e proxy wasm); test -z "$$fault" || { echo "not gofmt: $$fault"; exit 1; }
	$(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./wasm ./app/...

wasm-test: ## run the core's tests as WebAssembly, under Node
	sh e2e/need.sh node
	GOOS=js GOARCH=wasm $(GO) test -p 1 -exec="$(WASM_EXEC)" ./app/...

clean: ## remove what was built
	rm -rf $(BUILD) $(EMBEDDED)

# The page's engine without what makes it heavy and nobody uses (wasm/engine_site.go).
$(ENGINE): go.mod go.sum wasm/engine_site.go
	@mkdir -p $(@D)
	$(GO) run ./wasm -engine $(@D)

$(WASM): $(call sources,app wasm) $(ENGINE)
	GOOS=js GOARCH=wasm $(GO) build -modfile=$(ENGINE) -trimpath -buildvcs=false -ldflags "-s -w" $(COMPILE) -o $@.linked ./wasm
	$(GO) run ./wasm -join $@.linked -out $@
	@rm $@.linked

# The validator's benchmarks, for the test that runs them in a browser.
$(BUILD)/dnssec.test.wasm:
	GOOS=js GOARCH=wasm $(GO) test -c -trimpath $(COMPILE) -o $@ ./app/dnssec

$(SITE): $(WASM) $(call sources,app wasm static)
	$(GO) run ./wasm -out $(BUILD)/site -wasm $(WASM) -quality 5
	@touch $@

$(EMBEDDED)/.done: $(SITE)
	@rm -rf $(EMBEDDED)
	cp -R $(BUILD)/site $(EMBEDDED)
	@touch $@

$(BINARY): $(call sources,app proxy) $(EMBEDDED)/.done
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -tags embedsite -ldflags "-X main.version=$(VERSION)" -o $@ ./proxy
