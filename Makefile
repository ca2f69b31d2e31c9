# natnap: `make` builds ./natnap. Also: demo check check-long check-kernel check-kernel-long check-mpi bench bench-quick fuzz fuzz-plain lint asan figures stories install uninstall dist deb reproducible abi man clean
# SPDX-License-Identifier: BSD-2-Clause

BUILD      ?= build
PREFIX     ?= /usr/local
LIBDIR     ?= $(PREFIX)/lib
DESTDIR    ?=
CC         ?= cc
PKG_CONFIG ?= pkg-config
VERSION    := 0.2.0
OPT        ?= -O2 -g
# against what a fault would be worth; HARDEN= for sanitizers, which have their own
HARDEN     ?= -fstack-protector-strong -fstack-clash-protection $(if $(filter -O%,$(filter-out -O0,$(OPT))),-D_FORTIFY_SOURCE=2)
RELRO      := -Wl,-z,relro,-z,now,-z,noexecstack
WARN       := -Wall -Wextra -Wformat-security -Wshadow -Wconversion -Werror

# --- what is there: without libnet its no_ file takes its place; MPI only where it is asked for (make MPI=1) ------------
LIBNET := $(shell command -v libnet-config >/dev/null 2>&1 && echo yes)
MPI    ?=
MPI_PC := $(if $(MPI),$(firstword $(foreach p,mpi-c ompi-c mpich,$(shell $(PKG_CONFIG) --exists $(p) && echo $(p)))))
$(if $(and $(MPI),$(if $(MPI_PC),,none)),$(error MPI=1 needs libopenmpi-dev or libmpich-dev))
PKGS   := glib-2.0 gio-2.0 json-glib-1.0 libpcap

CORE_DIRS  := kernel net stats middlebox radio client peer path run text replay probe discovery conformance
SHELL_DIRS := io live parallel report experiments embed cli
CORE_SRC   := $(sort $(foreach d,$(CORE_DIRS),$(wildcard sim/$(d)/*.c)))
SHELL_SRC  := $(sort $(foreach d,$(SHELL_DIRS),$(wildcard sim/$(d)/*.c)))
SHELL_SRC  := $(filter-out $(if $(LIBNET),sim/live/no_raw.c,sim/live/raw.c),$(SHELL_SRC))
SHELL_SRC  := $(filter-out $(if $(MPI),sim/parallel/no_ranks.c,sim/parallel/ranks.c),$(SHELL_SRC))

PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null) $(if $(LIBNET),$(shell libnet-config --cflags))
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) $(if $(LIBNET),$(shell libnet-config --libs)) -lm \
	$(if $(MPI),$(shell $(PKG_CONFIG) --libs $(MPI_PC)))
GLIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags glib-2.0 2>/dev/null)
GSL_LIBS    = $(shell $(PKG_CONFIG) --libs gsl 2>/dev/null) # GPL-3: of the tests alone
GLIB_LIBS  := $(shell $(PKG_CONFIG) --libs glib-2.0 2>/dev/null)
# no contraction to fused operations, no longer registers: draws must be the same on every machine
FLOATS     := -ffp-contract=off $(if $(shell echo __i386__ | $(CC) $(CFLAGS) -E -P - 2>/dev/null | grep -x 1),-msse2 -mfpmath=sse)
# nothing that is built names the folder it was built in
PREFIXMAP  := -ffile-prefix-map=$(CURDIR)=.
ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE $(OPT) $(HARDEN) $(WARN) $(FLOATS) -fPIC -fvisibility=hidden -pthread $(PREFIXMAP) \
	-Isim -I$(BUILD)/gen -DNATNAP_VERSION='"$(VERSION)"' \
	-DNATNAP_LIBNET=$(if $(LIBNET),1,0) $(PKG_CFLAGS) $(CFLAGS)

CORE_OBJ  := $(CORE_SRC:%.c=$(BUILD)/%.o)
SHELL_OBJ := $(SHELL_SRC:%.c=$(BUILD)/%.o)
LINK_OBJ  := $(filter-out $(BUILD)/sim/cli/main.o,$(SHELL_OBJ)) # all that a test links besides the core
# steps of the model meet no foreign bytes: arrays alone are watched there. In each function it is 3 % of W2's instructions, and
# doubles what misses the instruction cache
STEP_OBJ  := $(filter $(foreach d,kernel stats middlebox radio client peer path run,$(BUILD)/sim/$(d)/%.o),$(CORE_OBJ))
$(STEP_OBJ): HARDEN := $(patsubst -fstack-protector-strong,-fstack-protector,$(HARDEN))
# what is inlined and unrolled there more is 3 % of W2's instructions and a tenth of those misses
$(STEP_OBJ): OPT := $(patsubst -O2,-O3,$(OPT))

# --- generated: the tables of policies and commands from the list of files, that of built-in profiles from the files --
GEN      := $(BUILD)/gen/policies.inc $(BUILD)/gen/commands.inc $(BUILD)/gen/profiles.inc
POLICIES := $(patsubst sim/client/policy_%.c,%,$(sort $(wildcard sim/client/policy_*.c)))
COMMANDS := $(patsubst sim/cli/cmd_%.c,%,$(sort $(wildcard sim/cli/cmd_*.c)))
PROFILES := $(sort $(wildcard scenarios/profiles/*/*))

all: natnap

# --- the explorer's page: core and loader as WebAssembly, by `make explorer`; linked in where it is of these very sources ------
WEB_SRC    := $(shell scripts/web-sources)
WEB_PAGE   := $(BUILD)/web/page.html
WEB_FLAGS  := -std=gnu11 -D_GNU_SOURCE -Os -ffp-contract=off -w -Iweb/shim -Isim -I$(BUILD)/gen -DNATNAP_VERSION='"$(VERSION)"' \
	-sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1MB -ffunction-sections -fdata-sections
# digests of what a page is made of and by, and of the page: one that was put there or changed is not taken for one of these sources
web_sum     = { echo '$(subst ','\'',$(WEB_FLAGS))'; cat $(WEB_SRC) sim/*/*.h sim/*.h web/*.* web/shim/*.h scripts/explorer-page $(PROFILES); } | sha256sum | cut -c1-20
page_sum    = cat $(WEB_PAGE) 2>/dev/null | sha256sum | cut -c1-20
WEB_DIGEST := $(shell $(web_sum))
EXPLORER   := $(if $(filter $(WEB_DIGEST).$(shell $(page_sum)),$(file <$(BUILD)/web/digest)),$(WEB_PAGE))
explorer: $(GEN)
	@command -v emcc >/dev/null || { echo "make explorer: there is no emcc: apt-get install emscripten" >&2; exit 1; }
	@mkdir -p $(BUILD)/web && rm -f $(BUILD)/web/digest
	@echo "  EMCC $(BUILD)/web/natnap.wasm"
	@emcc $(WEB_FLAGS) $(WEB_SRC) -o $(BUILD)/web/natnap.wasm
	@scripts/explorer-page $(BUILD)/web/natnap.wasm $(WEB_PAGE)
	@[ "$$($(web_sum))" = $(WEB_DIGEST) ] || { echo "make explorer: sources changed meanwhile: once more" >&2; exit 1; }
	@echo "$(WEB_DIGEST).$$($(page_sum))" > $(BUILD)/web/digest
	@$(MAKE) --no-print-directory natnap
# the page for three scenarios, as committed
explorer-results: explorer
	@mkdir -p results/explore
	@for s in imap-idle-lte ntfy-doze wireguard-phone; do ./natnap explore scenarios/$$s.ini --out results/explore/$$s.html || exit 1; done
$(BUILD)/explorer: FORCE
	@mkdir -p $(BUILD) && echo '$(EXPLORER) $(WEB_DIGEST)' | cmp -s - $@ || echo '$(EXPLORER) $(WEB_DIGEST)' >$@
$(BUILD)/sim/cli/explorer_page.o: $(BUILD)/explorer $(if $(EXPLORER),$(WEB_PAGE))
$(BUILD)/sim/cli/explorer_page.o: CFLAGS += $(if $(EXPLORER),-DNATNAP_EXPLORER='"$(WEB_PAGE)"')

# linked anew when it is to have MPI, or no more
$(BUILD)/ranks: FORCE
	@mkdir -p $(BUILD) && echo '$(MPI_PC)' | cmp -s - $@ || echo '$(MPI_PC)' >$@

$(BUILD)/sim/parallel/ranks.o: CFLAGS += $(subst -I,-isystem ,$(shell $(PKG_CONFIG) --cflags $(MPI_PC)))

natnap: $(SHELL_OBJ) $(BUILD)/libnatnap.a $(BUILD)/ranks
	@echo "  LINK $@"
	@$(CC) $(ALL_CFLAGS) $(if $(HARDEN),-pie $(RELRO)) $(LDFLAGS) -Wl,--build-id=sha1 -o $@ $(SHELL_OBJ) $(BUILD)/libnatnap.a $(PKG_LIBS)
	@$(if $(EXPLORER),,echo "  without natnap explore: make explorer builds it in (needs emscripten)")

$(BUILD)/libnatnap.a: $(CORE_OBJ)
	@rm -f $@ && ar rcs $@ $^

# what the headers declare, with a version of its own for each library, since the second holds the first
public_names = sed -n 's/^NAP_API [^(]*[ *]\(nap_[a-z0-9_]*\)(.*/\1;/p'
$(BUILD)/natnap.map: $(BUILD)/natnap.h
	@(echo 'NATNAP_0 { global:'; $(public_names) $^ | LC_ALL=C sort -u; echo 'local: *; };') > $@
$(BUILD)/libnatnap.so: $(CORE_OBJ) $(BUILD)/natnap.map
	@$(CC) -shared $(if $(HARDEN),$(RELRO)) $(LDFLAGS) -Wl,-soname,libnatnap.so.0 -Wl,--no-undefined \
	  -Wl,--version-script=$(BUILD)/natnap.map -o $@ $(CORE_OBJ) $(GLIB_LIBS) -lm

# the second library: texts in, JSON out (natnap_run.h); of io, parallel and report the linker takes what embed/ needs
RUN_OBJ  := $(filter $(BUILD)/sim/io/% $(BUILD)/sim/parallel/% $(BUILD)/sim/report/% $(BUILD)/sim/embed/%,$(SHELL_OBJ))
RUN_PKGS := glib-2.0 gio-2.0 json-glib-1.0
RUN_LIBS  = $(shell $(PKG_CONFIG) --libs $(RUN_PKGS))
$(BUILD)/libnatnap-run.a: $(CORE_OBJ) $(RUN_OBJ)
	@rm -f $@ && ar rcs $@ $^
$(BUILD)/natnap-run.map: sim/natnap_run.h $(BUILD)/natnap.h
	@(echo 'NATNAP_RUN_0 { global:'; $(public_names) $^ | LC_ALL=C sort -u; echo 'local: *; };') > $@
$(BUILD)/libnatnap-run.so: $(BUILD)/libnatnap.a $(BUILD)/libnatnap-run.a $(BUILD)/natnap-run.map $(BUILD)/ranks
	@echo "  LINK $@"
	@$(CC) -shared $(if $(HARDEN),$(RELRO)) $(LDFLAGS) -Wl,-soname,libnatnap-run.so.0 -Wl,--no-undefined -Wl,--version-script=$(BUILD)/natnap-run.map -o $@ \
	  -Wl,--whole-archive $(BUILD)/libnatnap.a -Wl,--no-whole-archive $(filter $(BUILD)/sim/embed/%,$(RUN_OBJ)) \
	  $(BUILD)/libnatnap-run.a $(RUN_LIBS) $(if $(MPI),$(shell $(PKG_CONFIG) --libs $(MPI_PC))) -lm -pthread

# the core knows no library but GLib
$(CORE_OBJ): PKG_CFLAGS = $(GLIB_CFLAGS)
$(BUILD)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# written anew only when the list changed, so that an added or deleted file is seen and nothing else rebuilds
$(BUILD)/gen/policies.inc: FORCE
	@mkdir -p $(@D); printf 'NAP_POLICY(%s)\n' $(POLICIES) > $@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/gen/commands.inc: FORCE
	@mkdir -p $(@D); printf 'NAP_COMMAND(%s)\n' $(COMMANDS) > $@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/gen/profiles.inc: FORCE
	@mkdir -p $(@D); scripts/profiles-to-c $(PROFILES) > $@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:

# --- tests: GLib programs and executable .t scripts, run by prove ----------------------------------------------------
TEST_BIN := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/test_*.c)))
TEST_T   := $(sort $(wildcard tests/*.t))
BENCH_BIN := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

define link_program
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(ALL_CFLAGS) -Itests $(LDFLAGS) -MMD -MP -o $@ $< $(LINK_OBJ) $(BUILD)/libnatnap.a $(PKG_LIBS) $(GSL_LIBS)
endef

# tests of middleboxes that run no scenario need the core alone
CORE_TEST_BIN := $(patsubst tests/%.c,$(BUILD)/tests/%,$(shell grep -lE '"box_(test|random)[.]h"' tests/test_*.c | xargs grep -L '"harness.h"'))
$(CORE_TEST_BIN): PKG_CFLAGS = $(GLIB_CFLAGS)
$(CORE_TEST_BIN): $(BUILD)/tests/%: tests/%.c $(BUILD)/libnatnap.a
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(ALL_CFLAGS) -Itests $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/libnatnap.a $(GLIB_LIBS) -lm
EXAMPLE_BIN := $(patsubst %.c,$(BUILD)/%,$(shell grep -L '<natnap_run.h>' examples/*.c))
$(EXAMPLE_BIN): $(BUILD)/examples/%: examples/%.c $(BUILD)/natnap.h $(BUILD)/libnatnap.a
	@mkdir -p $(@D)
	@$(CC) -std=c11 $(OPT) $(WARN) -pedantic $(CFLAGS) $(LDFLAGS) -I$(BUILD) -o $@ $< $(BUILD)/libnatnap.a $(GLIB_LIBS) -lm
$(BUILD)/tests/%: tests/%.c $(LINK_OBJ) $(BUILD)/libnatnap.a
	$(link_program)
$(BUILD)/bench/%: tests/bench/%.c $(LINK_OBJ) $(BUILD)/libnatnap.a
	$(link_program)
$(BUILD)/fuzz/%: tests/fuzz/%.c $(LINK_OBJ) $(BUILD)/libnatnap.a
	$(link_program)

check: deps
	@$(MAKE) --no-print-directory check-built
check-built: natnap $(TEST_BIN) check-core $(BUILD)/libnatnap-run.so
	@NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests -j $$(nproc) $(TEST_BIN) $(TEST_T)
# more of what is drawn at random, and all cases where `check` takes a few; NATNAP_ORDER_SEED names another drawing
LONG_BIN := $(patsubst %,$(BUILD)/tests/test_%,order threats_soak reach tune tune_path sensitivity discovery discovery_timers discovery_random remaining infer infer_property interval check_random year)
check-long: natnap $(LONG_BIN)
	@NATNAP_LONG=1 NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests $(LONG_BIN) tests/discovery.t tests/explore.t tests/resume.t tests/interrupted.t tests/truth.t
check-kernel: natnap
	@NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests $(sort $(wildcard tests/kernel/*.t))
check-kernel-long: natnap
	@NATNAP=./natnap NATNAP_DIFFERENTIAL_SCRIPTS=600 NATNAP_SOAK_MINUTES=25 scripts/run-tests tests/kernel/differential.t tests/kernel/soak.t
# builds with MPI, and leaves that in ./natnap
check-mpi:
	@$(MAKE) --no-print-directory MPI=1 natnap
	@NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests $(sort $(wildcard tests/mpi/*.t))
check-core: $(BUILD)/libnatnap.a
	@scripts/check-core.sh $(BUILD)/libnatnap.a
# the core alone, its tests and examples, which needs a compiler and GLib; for 32 bits:
# make BUILD=build-32 CC='gcc -m32' PKG_CONFIG=i686-linux-gnu-pkg-config check-library
check-library: check-core $(CORE_TEST_BIN) $(EXAMPLE_BIN)
	@NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests $(CORE_TEST_BIN)
	@for e in $(EXAMPLE_BIN); do $$e | cmp - examples/$$(basename $$e).out || exit 1; done

bench: natnap $(BENCH_BIN)
	@for b in $(BENCH_BIN); do $$b || exit 1; done
	@BUILD=$(BUILD) scripts/bench-peers
# less than a minute
bench-quick: natnap $(BUILD)/libnatnap.a
	@BUILD=$(BUILD) scripts/bench-peers --quick
# guided by coverage: libFuzzer of clang, under ASan and UBSan, FUZZ_SECONDS for each; `make fuzz FUZZ="stun probe" FUZZ_SECONDS=3600`
FUZZ_SECONDS ?= 60
FUZZ         ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(shell grep -l '^int LLVMFuzzerTestOneInput' tests/fuzz/fuzz_*.c))
fuzz:
	@$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang HARDEN= WARN=-w OPT="-O1 -g -fsanitize=address,undefined \
	  -fno-sanitize-recover=all -fsanitize=fuzzer-no-link" FUZZ="$(FUZZ)" fuzz-guided
fuzz-guided: $(FUZZ:%=$(BUILD)/guided/%)
	@BUILD=$(BUILD) scripts/fuzz $(FUZZ_SECONDS) $(FUZZ)
# libFuzzer has a main of its own
$(BUILD)/guided/%: tests/fuzz/fuzz_%.c $(LINK_OBJ) $(BUILD)/libnatnap.a
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(ALL_CFLAGS) -Itests -Dmain=plain_main -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(LINK_OBJ) $(BUILD)/libnatnap.a $(PKG_LIBS)
# without clang, and what has a loop of its own: plain mutations
fuzz-plain: natnap $(FUZZ_BIN)
	@for f in $(FUZZ_BIN); do echo "  FUZZ $$f"; $$f || exit 1; done

# --- quality -----------------------------------------------------------------------------------------------------------
ALL_C := $(sort $(wildcard sim/*/*.c sim/*/*.h sim/*.h tests/*.c tests/*.h tests/bench/*.c tests/fuzz/*.c tests/fuzz/*.h examples/*.c))
lint: $(GEN)
	@scripts/lint.sh $(BUILD)
format:
	clang-format -i $(ALL_C)
asan:
	@$(MAKE) --no-print-directory BUILD=build-asan HARDEN= OPT="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all" asan-run
asan-run: $(TEST_BIN)
	@NATNAP=./natnap BUILD=$(BUILD) scripts/run-tests $(TEST_BIN)

# the EXAMPLE profiles, from the schema tables
examples: natnap
	@for k in middlebox radio battery device application stack; do ./natnap help --example $$k > scenarios/profiles/$$k/EXAMPLE; done

# --- the product -------------------------------------------------------------------------------------------------------
deps:
	@scripts/install-deps.sh
demo: deps
	@$(MAKE) --no-print-directory natnap
	@scripts/demo.sh
figures: natnap
	@./natnap figures
	@./natnap figures --gallery
	@./natnap run scenarios/figures/timeline.ini --timeline --exchange --out results/timeline-lte >/dev/null
	@./natnap plot results/timeline-lte timeline --from 0s --to 6min
	@./natnap plot results/timeline-lte sequence
# each ready scenario that asks one question, with its figure
stories: natnap
	@scripts/stories
# pages of the program, of each command, of scenarios, profiles and the library, from the tables and the header
man: $(BUILD)/man/natnap.1
$(BUILD)/man/natnap.1: natnap $(BUILD)/natnap.h scripts/man-library
	@mkdir -p $(@D)
	@./natnap help --man natnap-scenario > $(@D)/natnap-scenario.5
	@./natnap help --man natnap-profiles.5 > $(@D)/natnap-profiles.5
	@for c in $(subst _,-,$(COMMANDS)); do ./natnap help --man natnap-$$c > $(@D)/natnap-$$c.1 || exit 1; done
	@scripts/man-library $(BUILD)/natnap.h $(VERSION) > $(@D)/libnatnap.3
	@./natnap help --man natnap > $@
$(BUILD)/natnap.h: sim/natnap.h scripts/public-header $(wildcard sim/*/*.h)
	@scripts/public-header sim/natnap.h > $@.new && mv $@.new $@
# anew each time: another PREFIX is another file
$(BUILD)/natnap.pc: FORCE
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))' 'includedir=$${prefix}/include' '' 'Name: natnap' \
	  'Description: discrete-event model of NATs, radio dormancy and keepalives' 'Version: $(VERSION)' \
	  'Requires.private: glib-2.0' 'Libs: -L$${libdir} -lnatnap' 'Libs.private: -lm' 'Cflags: -I$${includedir}' > $@
$(BUILD)/natnap-run.pc: FORCE
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))' 'includedir=$${prefix}/include' '' 'Name: natnap-run' \
	  'Description: scenarios of natnap from text to JSON, and all of libnatnap' 'Version: $(VERSION)' \
	  'Requires.private: $(RUN_PKGS)' 'Libs: -L$${libdir} -lnatnap-run' 'Libs.private: -lm -pthread' 'Cflags: -I$${includedir}' > $@
# where Python looks for modules; the module finds the library two folders above its own
PYTHONDIR ?= $(PREFIX)/lib/python$(shell python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)/dist-packages
INSTALL_FILES = BUILD='$(BUILD)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' PYTHONDIR='$(PYTHONDIR)' scripts/install-files
install: natnap $(BUILD)/libnatnap.so $(BUILD)/libnatnap-run.so $(BUILD)/man/natnap.1 $(BUILD)/natnap.h $(BUILD)/natnap.pc $(BUILD)/natnap-run.pc
	@$(INSTALL_FILES) install
# by the same list, which needs the names of the manual pages
uninstall: $(BUILD)/man/natnap.1
	@$(INSTALL_FILES) uninstall
# the sources as a tarball, and Debian packages of them (debhelper, dh-python) with lintian's word; both the same bytes each time
DIST := $(BUILD)/dist/natnap-$(VERSION).tar.gz
dist:
	@scripts/dist $(VERSION) $(DIST) && echo "  DIST $(DIST)"
deb: dist
	@scripts/deb $(VERSION) $(DIST) $(BUILD)/deb
# the libraries beside those of the last release (abigail-tools)
abi: $(BUILD)/libnatnap.so $(BUILD)/libnatnap-run.so
	@scripts/abi $(BUILD)
# all that is built, built twice in different places, and compared
reproducible:
	@scripts/reproducible
clean:
	rm -rf build build-* natnap

# goals that call make again wait for those asked for beside them: two makes would write the same files at once
AGAIN := $(filter check check-mpi demo asan fuzz explorer,$(MAKECMDGOALS))
BEFORE := $(filter-out $(AGAIN) explorer-results,$(MAKECMDGOALS))
$(foreach goal,$(AGAIN),$(eval $(goal): | $(BEFORE))$(eval BEFORE += $(goal)))

.PHONY: all explorer explorer-results check check-library check-built check-long check-kernel check-kernel-long check-mpi check-core bench bench-quick fuzz fuzz-guided fuzz-plain lint format asan asan-run deps demo examples figures stories man install uninstall dist deb reproducible abi clean FORCE
-include $(CORE_OBJ:.o=.d) $(SHELL_OBJ:.o=.d) $(TEST_BIN:=.d) $(BENCH_BIN:=.d) $(FUZZ_BIN:=.d)
