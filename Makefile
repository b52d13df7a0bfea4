# `make` or `make help` lists the targets.
.DEFAULT_GOAL := help
GO ?= go
FUZZTIME ?= 10s
NESTED := $(patsubst %/go.mod,%,$(shell git ls-files '*/go.mod'))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: check
check: ## everything that must pass before a change lands, as CI runs it
	.ci/run

.PHONY: test
test: ## the tests of the library
	$(GO) test ./...

.PHONY: race
race: ## the same under the race detector
	$(GO) test -race -short ./...

.PHONY: lint
lint: ## gofmt, go vet and staticcheck
	.ci/lint

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)

.PHONY: nested
nested: ## the tests of the nested modules
	@set -e; for m in $(NESTED); do echo "== $$m"; (cd $$m && $(GO) vet ./... && $(GO) test ./...); done

.PHONY: bench
bench: ## what the hot path costs, beside others
	cd bench && $(GO) run ./hotpath

.PHONY: detection
detection: ## false alarms, power and delay, beside others
	cd bench && $(GO) run ./detection -seed 1

.PHONY: golden
golden: ## the golden families, a line each
	$(GO) test ./... -run Golden -v | grep -E '^[a-z_]+: [0-9]+ passed'

.PHONY: quickstart
quickstart: ## the example that shows the main job
	$(GO) run ./examples/quickstart

