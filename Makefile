# The commands of OptimKit. `make run` and `make test` need nothing but Swift, make and git: what is
# missing is installed first.

SWIFT ?= swift
SOURCES := Package.swift Sources Tests Examples

# Kernels and numerics are 20 to 80 times slower without optimisation, so everything is a release build.
BUILD_FLAGS := -c release

.PHONY: help setup build run test sanitize lint format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install libopenblas-dev where it is missing
	@scripts/install-openblas

build: setup ## Build everything in release
	$(SWIFT) build $(BUILD_FLAGS)

run: setup ## Train the reference network on real data (options: make run ARGS="--help")
	$(SWIFT) build $(BUILD_FLAGS) --product train-relu
	@"$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/train-relu" $(ARGS)

test: setup ## Run every test
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test $(BUILD_FLAGS) --skip-build

sanitize: ## Run the tests of the C kernels under AddressSanitizer and UndefinedBehaviorSanitizer
	@SWIFT="$(SWIFT)" scripts/sanitize

lint: ## Check the format of all Swift files
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

format: ## Format all Swift files
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

clean: ## Remove what was built
	$(SWIFT) package clean
