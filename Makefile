# natnap: make builds ./natnap; make demo, make check, make bench, make lint, make asan, make install PREFIX=
# SPDX-License-Identifier: BSD-2-Clause

BUILD     ?= build
PREFIX    ?= /usr/local
CC        ?= cc
CSTD      := -std=c11 -D_GNU_SOURCE
OPT       ?= -O2 -g
WARN      := -Wall -Wextra -Wshadow -Wconversion -Werror
PKGS      := glib-2.0 gio-2.0 json-glib-1.0
PKG_CONFIG ?= pkg-config
VERSION   := 0.1.0

CORE_DIRS  := kernel net stats middlebox radio client path discovery run
SHELL_DIRS := io live parallel report cli

CORE_SRC  := $(sort $(foreach d,$(CORE_DIRS),$(wildcard sim/$(d)/*.c)))
SHELL_SRC := $(sort $(foreach d,$(SHELL_DIRS),$(wildcard sim/$(d)/*.c)))
ifeq ($(shell $(PKG_CONFIG) --exists mpi 2>/dev/null && echo y),y)
SHELL_SRC := $(filter-out sim/parallel/no_mpi.c,$(SHELL_SRC))
else
SHELL_SRC := $(filter-out sim/parallel/mpi.c,$(SHELL_SRC))
endif

PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS   = $(shell $(PKG_CONFIG) --libs $(PKGS)) $(shell $(PKG_CONFIG) --libs gsl) $(shell $(PKG_CONFIG) --libs libpcap)
# no contraction to fused operations: draws must be the same on every machine
CFLAGS_ALL = $(CSTD) $(OPT) $(WARN) -Isim -I$(BUILD)/gen -ffp-contract=off -fPIC -DNATNAP_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CFLAGS)

CORE_OBJ  := $(CORE_SRC:%.c=$(BUILD)/%.o)
SHELL_OBJ := $(SHELL_SRC:%.c=$(BUILD)/%.o)

# policies, applications, subcommands: every file of the pattern ends in one constant; the tables are made from the list
GEN := $(BUILD)/gen/policies.inc $(BUILD)/gen/commands.inc
POLICIES := $(patsubst sim/client/policy_%.c,%,$(sort $(wildcard sim/client/policy_*.c)))
COMMANDS := $(patsubst sim/cli/cmd_%.c,%,$(sort $(wildcard sim/cli/cmd_*.c)))

all: natnap

natnap: $(SHELL_OBJ) $(BUILD)/libnatnap.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(SHELL_OBJ) $(BUILD)/libnatnap.a $(PKG_LIBS) -lm

$(BUILD)/libnatnap.a: $(CORE_OBJ)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

.PHONY: all
-include $(CORE_OBJ:.o=.d) $(SHELL_OBJ:.o=.d)
