# A thin front of the CMake presets; `make help` lists the targets.
MAKEFLAGS += --no-print-directory
SETUP ?= yes
JOBS ?= $(shell nproc)
CTEST = ctest --output-on-failure --no-tests=error

.PHONY: help demo build build-dev check test rules headers tidy fmt setup setup-tests fuzz bench helm test-real clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install Debian packages, fetch charts and API documents
ifeq ($(SETUP),yes)
	@tools/install-packages
	@tools/fetch-deps charts k8s-api k8s-types istio-types
endif

setup-tests: setup ## the same, and the real tools that tests use
ifeq ($(SETUP),yes)
	@tools/fetch-deps
endif

build: setup ## build the release preset: build/release/jibe
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target jibe

build-dev: setup-tests ## build the dev preset with all tests
	@cmake --preset dev --log-level=WARNING
	@cmake --build --preset dev --parallel $(JOBS)

demo: build ## the guide's takeover, start to end, on embedded clusters
	@build/release/jibe demo

check: build-dev ## the everyday loop: build, unit tests, rules
	@$(CTEST) --test-dir build/dev --parallel $(JOBS) --label-regex 'unit|rules'

# End-to-end tests wait most of the time, so one more runs beside them.
test: build-dev ## every test
	@cmake --preset asan --log-level=WARNING
	@cmake --build --preset asan --parallel $(JOBS)
	@$(CTEST) --test-dir build/asan --parallel $(JOBS) --label-regex 'unit|sim|fuzz'; sanitized=$$?; \
	  $(CTEST) --test-dir build/dev --parallel $$(($(JOBS) + 1)) && exit $$sanitized

test-real: build-dev ## embedded clusters beside a real Kubernetes control plane
	@tools/fetch-deps realkube
	@tests/realkube/compare --realkube build/deps/bin/realkube --jibe build/dev/jibe --kubectl build/deps/bin/kubectl

FUZZ_SECONDS ?= 300

fuzz: setup ## libFuzzer on hostile input, FUZZ_SECONDS for each program; finds stay in build/fuzz
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build --preset fuzz --parallel $(JOBS) --target fuzzers
	@for program in build/fuzz/bin/jibe_*_fuzz; do \
	  echo $$program; fuzz/run $$program $(FUZZ_SECONDS) build/fuzz/corpus/$$(basename $$program) || exit 1; \
	done

bench: setup ## rendering beside the real helm: processes and engines, ratios
	@tools/bench

helm: build-dev ## every chart, version and values file against the real helm
	@cmake --build --preset dev --target differential_helm_full

rules: ## layers, sizes, banned calls, formatting
	@tools/rules

headers: ## compile every header by itself
	@tools/rules headers

tidy: setup ## clang-tidy over what changed
	@cmake --preset dev --log-level=WARNING
	@tools/tidy

fmt: ## format all sources in place
	@find src tests bench fuzz \( -name '*.h' -o -name '*.cc' \) 2>/dev/null | xargs -r clang-format-16 -i

clean: ## remove build products, keep what was fetched
	@rm -rf build/dev build/release build/asan build/fuzz build/tidy build/headers
