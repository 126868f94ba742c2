# `make` alone lists what can be done. Needs Go, Node, git; installs the rest (Debian) when a target needs it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

# A clone that belongs to another user has no readable git state: never stamp it, and ask git with its owner trusted.
export GOFLAGS += -buildvcs=false
VERSION ?= $(shell git -c safe.directory='*' describe --tags --always --dirty 2>/dev/null || scripts/released)

STEP := @scripts/step
NODE_BIN := web/node_modules/.bin
INSTALLED := web/node_modules/.package-lock.json
GO_BUILD := env CGO_ENABLED=0 go build -trimpath -ldflags "-X main.version=$(VERSION)"
GENERATED := docs/openapi.json docs/asyncapi.json web/sdk/src/api.gen.ts web/sdk/src/catalogue.gen.ts

# What Go calls the architectures of Debian. GOARM=6 also runs on the first boards, which Raspberry Pi OS calls armhf too.
ARCH ?= $(shell dpkg --print-architecture)
GO_amd64 := GOARCH=amd64
GO_arm64 := GOARCH=arm64
GO_armhf := GOARCH=arm GOARM=6

ARGS ?=
BENCHTIME ?= 1x
PARTS ?=
SEEDS ?= 1000
DAY ?= 2019-11-04
SPEED ?= 600
GURUJIS ?= 12

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(INSTALLED) ## install what is missing: gcc, redis-server, chromium, npm packages
	$(STEP) "setup: compiler, Redis and browser for the tests" scripts/setup

$(INSTALLED): web/package-lock.json
	$(STEP) "npm: packages of web/package-lock.json" npm --prefix web ci --no-audit --no-fund
	@touch $@

.PHONY: gen
gen: $(INSTALLED) ## write the OpenAPI and AsyncAPI documents and the TypeScript types from the Go types
	$(STEP) "gen: docs/openapi.json, docs/asyncapi.json" go run ./internal/api/gen
	$(STEP) "gen: web/sdk/src/api.gen.ts" $(NODE_BIN)/openapi-typescript docs/openapi.json -o web/sdk/src/api.gen.ts
	$(STEP) "gen: web/sdk/src/catalogue.gen.ts" npm --prefix web run --silent gen

.PHONY: web
web: $(INSTALLED) ## build the screens into web/dist
	$(STEP) "web: vite build" npm --prefix web run --silent build

.PHONY: sdk
sdk: $(INSTALLED) ## pack the SDK for other apps into bin/, to be installed with npm
	$(STEP) "sdk: npm archive" node web/sdk/package.mjs bin

.PHONY: voices
voices: ## speak the clips of the boards' calls anew with espeak-ng (they are in the repository)
	$(STEP) "voices: web/public/voices" scripts/voices

.PHONY: build
build: web ## build bin/sangam with the screens inside
	$(STEP) "build: bin/sangam $(VERSION)" $(GO_BUILD) -o bin/sangam ./cmd/sangam

.PHONY: deb
deb: web ## pack bin/sangam_VERSION_ARCH.deb for Debian and Raspberry Pi OS: ARCH=amd64, arm64 or armhf
	@test -n '$(GO_$(ARCH))' || { echo 'ARCH is amd64, arm64 or armhf, not $(ARCH)' >&2; exit 2; }
	$(STEP) "build: bin/sangam-$(ARCH) $(VERSION)" env $(GO_$(ARCH)) $(GO_BUILD) -o bin/sangam-$(ARCH) ./cmd/sangam
	$(STEP) "deb: $(ARCH)" scripts/deb bin/sangam-$(ARCH) '$(VERSION)' $(ARCH) bin

.PHONY: test
test: setup ## run all Go and TypeScript tests once, without the race detector
	$(STEP) "go test" go test ./...
	$(STEP) "vitest" npm --prefix web run --silent test

.PHONY: check
check: setup check-format check-vet check-arch check-static check-generated check-web check-sim check-race check-browser ## everything a change must pass, cheapest first
	@echo "== check: all of it passed"

.PHONY: check-format
check-format:
	$(STEP) "gofmt" scripts/check-format

.PHONY: check-vet
check-vet:
	$(STEP) "go vet" go vet ./...
	$(STEP) "go vet: a board of 32 bits" env $(GO_armhf) CGO_ENABLED=0 go vet ./cmd/sangam

.PHONY: check-arch
check-arch:
	$(STEP) "arch: arrows, file sizes, habits" go test -count=1 -v -run TestTheTree ./internal/arch

.PHONY: check-static
check-static:
	$(STEP) "staticcheck" go tool staticcheck ./...

.PHONY: check-generated
check-generated: $(INSTALLED)
	$(STEP) "generated files are current" scripts/check-generated $(GENERATED)

.PHONY: check-web
check-web: $(INSTALLED)
	$(STEP) "biome" npm --prefix web run --silent lint
	$(STEP) "tsc" npm --prefix web run --silent typecheck
	$(STEP) "vitest" npm --prefix web run --silent test

.PHONY: check-sim
check-sim:
	$(STEP) "simulation: 1,000 seeds, and each rule switched off" go test -count=1 -timeout 20m ./sync/simulation

.PHONY: check-race
check-race: setup web
	$(STEP) "go test -race" go test -race -timeout 20m ./...

.PHONY: check-browser
check-browser: setup build
	$(STEP) "browser tests" scripts/browser-tests

.PHONY: bench
bench: bench-fanout bench-commit bench-open bench-catchup bench-wire bench-sites bench-latency bench-year bench-soak bench-decide ## measure, beside the bare library, the disk, the old way

.PHONY: bench-fanout
bench-fanout: ## commit -> N dashboards, beside a bare melody server
	$(STEP) "bench-fanout" scripts/bench Fanout $(BENCHTIME)

.PHONY: bench-commit
bench-commit: ## durable commits per second, beside raw fsync and one bolt Update per edit
	$(STEP) "bench-commit" scripts/bench DurableCommits $(if $(filter 1x,$(BENCHTIME)),3000x,$(BENCHTIME))
	$(STEP) "bench-commit: HTTP" scripts/bench Actions 1x

.PHONY: bench-open
bench-open: ## cold open of a large file, with and without a synced freelist
	$(STEP) "bench-open" scripts/bench Open $(BENCHTIME)

.PHONY: bench-catchup
bench-catchup: ## three weeks offline over lines that are slow, narrow and lossy, beside the bare line
	$(STEP) "bench-catchup" scripts/bench CatchUp $(BENCHTIME)

.PHONY: bench-wire
bench-wire: ## bytes a record costs on the wire, beside its canonical form and JSON
	$(STEP) "bench-wire" scripts/bench Wire $(BENCHTIME)

.PHONY: bench-sites
bench-sites: ## 1,000 sites back in the same second on a real Redis, one hub
	$(STEP) "bench-sites" scripts/bench Sites $(BENCHTIME)

.PHONY: bench-latency
bench-latency: ## an action at a site -> a dashboard of the centre, beside a bare PUBLISH
	$(STEP) "bench-latency" scripts/bench Latency $(BENCHTIME)

.PHONY: bench-year
bench-year: ## a site after 100,000 visits, and a start with a million records, beside the first day
	$(STEP) "bench-year" scripts/bench Year $(BENCHTIME)

.PHONY: bench-soak
bench-soak: ## the same day again and again: memory, goroutines and file of site and centre; then one day after another in a demo
	$(STEP) "bench-soak" scripts/bench Soak $(BENCHTIME)
	$(STEP) "bench-soak: days" scripts/bench Days $(BENCHTIME)

.PHONY: bench-decide
bench-decide: ## one decision in a day of 300, 3,000 and 30,000 entries; the places and waits of 3,000, and a screen of them
	$(STEP) "bench-decide" scripts/bench Decide 2s
	$(STEP) "bench-decide: places" scripts/bench Places 2s
	$(STEP) "bench-decide: screen" scripts/bench Screen 2s

.PHONY: bench-browser
bench-browser: setup build ## the screens in Chromium: a key until it is painted, 500 people, a day in one tab, first paint, bytes; PARTS='latency day'
	$(STEP) "bench-browser" scripts/bench-browser $(PARTS)

.PHONY: sim
sim: ## simulate SEEDS=1000 bad days of sites, a hub and their line, and days without each of the rules
	$(STEP) "sim: $(SEEDS) seeds" go run ./sync/simulation/sim -seeds $(SEEDS)

.PHONY: demo
demo: build ## a hub, three sites and a simulated day on this machine; flags in ARGS='--idle --port-base 9000'
	@exec bin/sangam demo $(ARGS)

.PHONY: screens
screens: setup build ## take the pictures of docs/screens anew, from the program in Chromium
	$(STEP) "screens: docs/screens" node web/app/e2e/screens.mjs

.PHONY: day-file
day-file:
	@test -r '$(FILE)' || { echo 'say which day: make replay-real FILE=visits.csv [DAY= SPEED= GURUJIS=]; see docs/replay-format.md' >&2; exit 2; }

.PHONY: replay-real
replay-real: day-file build ## play a real day through a demo: FILE=visits.csv [DAY=2019-11-04 SPEED=600 GURUJIS=12]
	@FILE='$(FILE)' DAY='$(DAY)' SPEED='$(SPEED)' GURUJIS='$(GURUJIS)' scripts/replay-real $(ARGS)

.PHONY: waits
waits: ## hold the waits people are told against recorded days: DATA='FILES or FOLDERS'
	@test -n '$(DATA)' || { echo 'say which days: make waits DATA=FOLDER; see docs/benchmarks.md' >&2; exit 2; }
	@go run ./internal/waits/table $(DATA)

.PHONY: clean
clean: ## remove what was built (not the npm packages)
	$(STEP) "clean" scripts/clean
