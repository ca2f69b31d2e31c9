#!/bin/sh
# Format, cppcheck and a small set of clang-tidy checks over all sources.
# usage: lint.sh BUILD CFLAGS
fail=0
files=$(ls sim/*/*.c sim/*/*.h sim/*.h tests/*.c tests/*.h tests/bench/*.c tests/fuzz/*.c 2>/dev/null)
clang-format --dry-run --Werror $files || fail=1
cppcheck --quiet -j 2 --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	--suppress=missingIncludeSystem --suppress=unknownMacro -Isim -I"$1/gen" sim || fail=1
checks='-*,bugprone-sizeof-expression,bugprone-suspicious-memset-usage,bugprone-infinite-loop,bugprone-macro-repeated-side-effects,bugprone-integer-division,clang-analyzer-core.NullDereference,clang-analyzer-core.DivideZero,clang-analyzer-unix.Malloc,misc-redundant-expression'
flags=$(printf '%s' "$2" | sed 's/"/\\"/g')
printf '%s\n' sim/*/*.c | grep -vE '/(no_|mpi)' | xargs -P 2 -n 10 sh -c \
	'clang-tidy --quiet --warnings-as-errors="*" --checks="'"$checks"'" "$@" -- -std=c11 -D_GNU_SOURCE -Isim -I'"$1"'/gen '"$(pkg-config --cflags glib-2.0 gio-2.0 json-glib-1.0 gsl libpcap)"' -DNATNAP_VERSION=\"0\" -DNATNAP_DATADIR=\"/\" -DNATNAP_LIBNET=1 -DNATNAP_MPI=0 2>/dev/null' lint || fail=1
[ $fail -eq 0 ] && echo "lint: clean"
exit $fail
