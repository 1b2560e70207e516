# run: the demo city on 127.0.0.1:8080    run OSM=city.osm.pbf: a real one    build: ./bin/xiadu
# test: everything    check: the gate before a change goes in    generate: pages    golden: expected outputs
# bench [ONLY=name]   fuzz [FUZZTIME=30s]   flips [FLIPS=100]: bits in the files of a database
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
export CGO_ENABLED := 0
export PATH := $(CURDIR)/.tools:$(PATH)

LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
SOURCES := $(shell find cmd internal -type f -not -path '*/testdata/*' -not -path '*/dist/*' -not -name '*_test.go' -not -name '*_templ.go')
TEMPLATES := $(shell find internal -name '*.templ')
FRONT := $(shell find internal -type f \( -name '*.ts' -o -name '*.css' -o -name '*.mjs' \) -not -path '*/dist/*')
DIST := internal/web/dist/.built
PAGES := internal/web/dist/.pages
FUZZTIME ?= 30s

.PHONY: run build test check race bench fuzz flips golden generate

run: bin/xiadu
	@./bin/xiadu serve $(if $(OSM),--osm "$(OSM)",--demo)
build: bin/xiadu
bin/xiadu: go.mod go.sum $(SOURCES) $(DIST) $(PAGES)
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/xiadu

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error </dev/null
	@touch $@
$(DIST): node_modules/.package-lock.json $(FRONT)
	npm run --silent build </dev/null
	@touch $@

# The code of the templates is made, not committed: each target that compiles makes it first.
$(PAGES): go.mod $(TEMPLATES) | $(DIST)
	find internal -name '*_templ.go' -delete
	go tool templ generate -log-level error
	@touch $@

test: $(DIST) $(PAGES)
	scripts/install.sh chromium fonts postgresql
	go test -timeout 20m -json ./... 2>&1 | go run ./scripts/testsum

check: $(DIST) $(PAGES) .tools/golangci-lint
	scripts/generated.sh
	golangci-lint fmt --diff
	golangci-lint run ./...
	go vet ./...
	go test -count=1 -run 'TestLayers|TestForbidden' .
	npm run --silent check </dev/null
	scripts/install.sh gcc
	$(MAKE) --no-print-directory race
race: $(PAGES) # the one step that needs a C compiler; the program itself has no C
	@if command -v gcc >/dev/null; then CGO_ENABLED=1 go test -race -short -timeout 20m -json ./... 2>&1 | \
	go run ./scripts/testsum; else echo 'race: left out, for want of gcc'; fi
.tools/golangci-lint:
	GOBIN=$(CURDIR)/.tools go install $(LINT)

generate:
	@rm -f $(PAGES)
	@$(MAKE) --no-print-directory $(PAGES)
bench: build
	scripts/install.sh redis-server coinor-cbc gcc postgresql-15-pgrouting
	go run ./bench $(if $(ONLY),-only $(ONLY))
fuzz: $(PAGES)
	scripts/fuzz.sh $(FUZZTIME)
flips: $(DIST) $(PAGES)
	XIADU_FLIPS=$(or $(FLIPS),100) go test -count=1 -v -run TestFlippedBits ./internal/app
golden: $(DIST) $(PAGES)
	XIADU_GOLDEN=1 go test -count=1 ./...
