# wangge: everything a newcomer runs. Needs git, make and a Rust toolchain; the rest is installed
# on the first run, through apt, and said before it happens.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# what the build needs, and what the tests need beside it
# (g++: proj-sys links the C++ library that PROJ is written in)
BUILD_PACKAGES := libgdal-dev pkg-config gcc g++ libc6-dev
# the map viewer: built where Node.js is, tried in a real browser with Chinese letters
VIEWER_PACKAGES := nodejs npm
TEST_PACKAGES := $(BUILD_PACKAGES) python3 python3-venv
BROWSER_PACKAGES := chromium fonts-noto-cjk
# the same browser without any window, for `make bench` alone; it does without where there is none
SHELL_PACKAGES := chromium-headless-shell
SHAPELY := shapely==2.1.2
TILE_READERS := mapbox-vector-tile==2.2.0 pmtiles==3.8.1
NPM_READER := pmtiles@4.5.0
# what builds the module for Python, and what its tests use beside it
MATURIN := maturin==1.16.0
PYTHON_LIBRARIES := numpy==2.4.6 pandas==3.1.1 pyarrow==26.0.1 geopandas==1.2.0 pyproj==3.7.2
WHEELS := target/wheels
# another tile server and the database that it draws from, for `make bench-peers` alone
DATABASE_PACKAGES := postgresql postgresql-postgis
MARTIN := 1.14.0
# for `make bench-lookup-peers` alone
S2_PACKAGES := g++ libs2-dev
PEERS := target/peers
VENV := target/python

# the program as the tests have built it
TRIED := $(abspath $(or $(CARGO_TARGET_DIR),target))/debug/wangge

VIEWER := tiles/viewer
VIEWER_SOURCES := $(shell find $(VIEWER)/src $(VIEWER)/scripts tiles/symbols -type f 2>/dev/null) \
	$(addprefix $(VIEWER)/,index.html package.json package-lock.json tsconfig.json vite.config.ts)

.PHONY: help demo wheel test pictures lint bench bench-million bench-peers bench-lookup-peers build setup-build setup-test setup-viewer

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 22

demo: build ## build in release mode and serve a synthetic demonstration city
	@target/release/wangge demo $(DEMO)

build: setup-build $(VIEWER)/dist/index.html ## build the program in release mode, with the map viewer in it
	@cargo build --release --locked --bin wangge

# Node.js is needed for this alone: without the folder the program has a plain page in the viewer's place
$(VIEWER)/dist/index.html: $(VIEWER_SOURCES)
	@$(MAKE) --no-print-directory setup-viewer
	@echo "Building the map viewer in $(VIEWER)"
	@cd $(VIEWER) && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build

# one wheel for every Python from 3.11 on; it uses the GDAL, PROJ and SQLite of the system, as the program does
wheel: setup-build $(VENV)/.maturin ## build the module for Python: target/wheels/wangge-*.whl
	@rm -f $(WHEELS)/wangge-*.whl
	@$(VENV)/bin/maturin build --release --strip --locked --quiet --manifest-path crates/python/Cargo.toml --out $(WHEELS)
	@ls $(WHEELS)/wangge-*.whl

# the viewer is built first: the tests try the program that has it
test: setup-test $(VIEWER)/dist/index.html ## install what is missing and run every test
	@if [ ! -d "$${WANGGE_REAL_DATA:-../shared/data}" ]; then echo "skipped: no real data (tests that need real boundaries pass without looking)"; fi
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --locked --workspace --no-fail-fast; \
	else \
		cargo test --locked --workspace --lib --bins --tests --no-fail-fast; \
	fi
	@cargo test --locked --workspace --doc --quiet
	@$(VENV)/bin/python tests/geos_agrees.py
	@$(VENV)/bin/python tests/geos_coverage.py
	@$(VENV)/bin/python tests/geos_redispatch.py
	@$(VENV)/bin/python tests/tiles_hold.py
	@$(VENV)/bin/python tests/tiles_agree.py
	@$(MAKE) --no-print-directory wheel
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $(WHEELS)/wangge-*.whl
	@$(VENV)/bin/python tests/python_module.py
	@cd tests/viewer && WANGGE_BIN="$(TRIED)" npm test --silent

pictures: build tests/viewer/node_modules/.ready ## take the pictures of the documentation anew
	@mkdir -p docs/pictures
	@cd tests/viewer && WANGGE_PICTURES="$(CURDIR)/docs/pictures" npm test --silent

lint: setup-build ## formatting, lints and documentation, warnings as errors
	@cargo fmt --all --check
	@cargo clippy --locked --workspace --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

# all are built at once, with the features of the whole workspace: one by one most would be built several times
BENCHES := lookup components batches publishing served_memory lookup_cpu pyramid tile_cpu resolve against_geos resurvey diff
BENCH := cargo bench --locked --workspace --bench

bench: setup-test $(VIEWER)/dist/index.html ## lookups, components, publishing, HTTP, coverages and redesigns against named baselines, ratios of one run
	@cargo bench --locked --workspace --no-run --bins $(addprefix --bench ,$(BENCHES))
	@$(BENCH) lookup
	@$(BENCH) components
	@$(BENCH) batches
	@$(BENCH) publishing
	@$(BENCH) served_memory
	@$(BENCH) lookup_cpu
	@$(BENCH) pyramid
	@$(BENCH) tile_cpu
	@cargo build --release --locked --workspace --bin wangge
	@($(call install,$(SHELL_PACKAGES))) || echo "There is no $(SHELL_PACKAGES) here: the first picture is timed in the browser with its window alone."
	@cd tests/viewer && WANGGE_BIN="$(abspath $(or $(CARGO_TARGET_DIR),target))/release/wangge" npm run --silent first-picture
	@$(BENCH) resolve
	@WANGGE_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(BENCH) against_geos
	@$(BENCH) resurvey
	@WANGGE_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(BENCH) diff

bench-million: setup-build ## the same lookups over a million grids, and starting a program over them (4 GB of memory)
	@cargo bench --locked -p wangge-locate --bench lookup_million
	@WANGGE_BENCH_SIDE=1000 $(BENCH) publishing

bench-lookup-peers: setup-build $(VENV)/.ready $(PEERS)/s2_lookup ## lookups against S2 and shapely over the same grids (installs S2)
	@WANGGE_S2_LOOKUP="$(CURDIR)/$(PEERS)/s2_lookup" WANGGE_PYTHON="$(CURDIR)/$(VENV)/bin/python" \
		cargo bench --locked -p wangge-locate --bench lookup_peers

$(PEERS)/s2_lookup: crates/locate/benches/peers/s2_lookup.cpp
	@$(call install,$(S2_PACKAGES))
	@mkdir -p $(PEERS)
	@c++ -std=c++17 -O2 -o $@ $< -ls2 -lcrypto

bench-peers: setup-build $(PEERS)/.martin-$(MARTIN) ## tiles against Martin over the same archives and over PostGIS (installs both; long at first)
	@$(call install,$(DATABASE_PACKAGES))
	@version=$$(ls -d /usr/share/postgresql/*/extension/postgis.control | cut -d/ -f5 | sort -V | tail -n 1); \
		WANGGE_MARTIN="$(CURDIR)/$(PEERS)/bin/martin" WANGGE_POSTGRES="/usr/lib/postgresql/$$version/bin" \
		cargo bench --locked -p wangge --bench tile_peers

# Martin with what the comparison needs; its dependencies stay built, so that the next version comes sooner
$(PEERS)/.martin-$(MARTIN):
	@echo "Building Martin $(MARTIN) from crates.io in $(PEERS)"
	@CARGO_TARGET_DIR="$(CURDIR)/$(PEERS)/build" nice -n 10 cargo install --locked --version "=$(MARTIN)" \
		--no-default-features --features postgres,pmtiles,mbtiles,metrics --root $(PEERS) --bin martin martin
	@touch $@

# apt is asked only for what is not there, so that the second run starts at once
define install
	missing=""; \
	for package in $(1); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		if ! command -v apt-get >/dev/null; then \
			echo "This system has no apt-get. Missing:$$missing. Install GDAL 3.4 or later and PROJ 9.1 or later with their headers, pkg-config, a C linker and Node.js 18 or later, and run make again." >&2; \
			exit 1; \
		fi; \
		sudo=""; \
		if [ "$$(id -u)" != 0 ]; then \
			command -v sudo >/dev/null || { echo "Missing:$$missing. Run as root, or install sudo, and run make again." >&2; exit 1; }; \
			sudo=sudo; \
		fi; \
		echo "Installing through apt$${sudo:+ (with sudo)}:$$missing"; \
		$$sudo apt-get update -q >/dev/null; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing >/dev/null; \
	fi
endef

setup-build:
	@command -v cargo >/dev/null || { echo "cargo is missing: install a Rust toolchain with rustup, then run make again." >&2; exit 1; }
	@if ! pkg-config --exists 'gdal >= 3.4' 'proj >= 9.1' sqlite3 2>/dev/null || ! command -v cc >/dev/null || ! command -v c++ >/dev/null; then $(call install,$(BUILD_PACKAGES)); fi

setup-viewer:
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null; then $(call install,$(VIEWER_PACKAGES)); fi

tests/viewer/node_modules/.ready: tests/viewer/package.json tests/viewer/package-lock.json
	@$(MAKE) --no-print-directory setup-viewer
	@if [ ! -x "$${CHROMIUM:-/usr/bin/chromium}" ] || ! fc-list :lang=zh 2>/dev/null | grep -q .; then $(call install,$(BROWSER_PACKAGES)); fi
	@cd tests/viewer && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

setup-test: setup-build $(VENV)/.ready $(VENV)/.tiles $(VENV)/.libraries target/node/.ready tests/viewer/node_modules/.ready

# shapely carries its own GEOS: the independent engine of tests/geos_*.py
$(VENV)/.ready:
	@$(call install,$(TEST_PACKAGES))
	@echo "Installing $(SHAPELY) from PyPI into $(VENV)"
	@/usr/bin/python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(SHAPELY)
	@touch $@

# what reads tiles and archives without this program: tests/tiles_agree.py
$(VENV)/.tiles: $(VENV)/.ready
	@echo "Installing $(TILE_READERS) from PyPI into $(VENV)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(TILE_READERS)
	@touch $@

$(VENV)/.maturin: $(VENV)/.ready
	@echo "Installing $(MATURIN) from PyPI into $(VENV)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(MATURIN)
	@touch $@

$(VENV)/.libraries: $(VENV)/.maturin
	@echo "Installing $(PYTHON_LIBRARIES) from PyPI into $(VENV)"
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check $(PYTHON_LIBRARIES)
	@touch $@

target/node/.ready:
	@$(MAKE) --no-print-directory setup-viewer
	@mkdir -p target/node
	@echo "Installing $(NPM_READER) from npm into target/node"
	@npm install --prefix target/node --silent --no-audit --no-fund $(NPM_READER)
	@touch $@
