# The commands of OptimKit. `make run` and `make test` need nothing but Swift, make and git: what is
# missing is installed first. `make bench` uses Python 3 for the peers, where there is one.

SWIFT ?= swift
SOURCES := Package.swift Sources Tests Examples Benchmarks/Package.swift Benchmarks/Sources \
	Fuzzing/Package.swift Fuzzing/Sources scripts/check-documentation.swift

# Kernels and numerics are 20 to 80 times slower without optimisation, so everything is a release build.
BUILD_FLAGS := -c release

# A build of its own: the trait changes what is compiled.
MPI_FLAGS := $(BUILD_FLAGS) --traits MPI --scratch-path .build-mpi
RANKS ?= 2

.PHONY: help setup build run mpi test test-mpi claims docs embedding sanitize sanitize-threads fuzz bench bench-quick \
	lint format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install libopenblas-dev where it is missing
	@scripts/install-openblas

build: setup ## Build everything in release
	$(SWIFT) build $(BUILD_FLAGS)

run: setup ## Train the reference network on real data (options: make run ARGS="--help")
	$(SWIFT) build $(BUILD_FLAGS) --product train-relu
	@"$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/train-relu" $(ARGS)

mpi: setup ## Train on two ranks with Open MPI, installed if missing (options: make mpi RANKS=4 ARGS="--help")
	@scripts/install-mpi
	$(SWIFT) build $(MPI_FLAGS) --product train-relu
	scripts/mpirun -n $(RANKS) "$$($(SWIFT) build $(MPI_FLAGS) --show-bin-path)/train-relu" $(ARGS)

test-mpi: setup ## Check the MPI plug-in on 1, 2, 3 and 4 local ranks
	@scripts/install-mpi
	@SWIFT="$(SWIFT)" scripts/test-mpi

test: setup ## Run every test, and check the paper's claims (those about time do not fail it)
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test $(BUILD_FLAGS) --skip-build
	@"$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/check-claims" --quick --strict

claims: setup ## Check the paper's claims (options: make claims ARGS="--full --report claims.html")
	$(SWIFT) build $(BUILD_FLAGS) --product check-claims
	@"$$($(SWIFT) build $(BUILD_FLAGS) --show-bin-path)/check-claims" $(ARGS)

docs: setup ## Build the documentation of the libraries, into .build/docs
	@SWIFT="$(SWIFT)" scripts/build-docs $(ARGS)

embedding: setup ## Build and test the sample package that depends on OptimKit
	$(SWIFT) test $(BUILD_FLAGS) --package-path Examples/EmbeddingSample

sanitize: ## Run the tests of the C kernels under AddressSanitizer and UndefinedBehaviorSanitizer
	@SWIFT="$(SWIFT)" scripts/sanitize

sanitize-threads: setup ## Make many runs at once under ThreadSanitizer
	@SWIFT="$(SWIFT)" scripts/sanitize-threads

fuzz: setup ## Run libFuzzer on the readers of files, a minute each
	@SWIFT="$(SWIFT)" scripts/fuzz $(ARGS)

bench: setup ## Measure OptimKit beside its peers, into docs/performance.md (options: make bench ARGS="--help")
	@Benchmarks/peers/install
	$(SWIFT) build $(BUILD_FLAGS) --package-path Benchmarks
	@"$$($(SWIFT) build $(BUILD_FLAGS) --package-path Benchmarks --show-bin-path)/optimkit-bench" $(ARGS)

bench-quick: override ARGS := --quick $(ARGS)
bench-quick: bench ## The same at small sizes, in under three minutes

lint: setup ## Check the format of all Swift files, and that all that is public is documented
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)
	@SWIFT="$(SWIFT)" scripts/symbol-graphs .build/symbol-graphs
	@$(SWIFT) scripts/check-documentation.swift .build/symbol-graphs

format: ## Format all Swift files
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

clean: ## Remove what was built
	$(SWIFT) package clean
	$(SWIFT) package clean --package-path Benchmarks
	$(SWIFT) package clean --package-path Examples/EmbeddingSample
	rm -rf .build-fuzz .build-thread .build-mpi
