#!/bin/sh
# Structure, format, cppcheck and clang-tidy's checks for faults over all sources; two or three minutes on two cores.
# usage: lint.sh BUILD
fail=0
jobs=$(nproc)
files=$(ls sim/*/*.c sim/*/*.h sim/*.h tests/*.c tests/*.h tests/bench/*.c tests/bench/*/*.[ch] tests/fuzz/*.c tests/fuzz/*.h examples/*.c 2>/dev/null)
scripts/check-structure || fail=1
# two versions never agree on every line: the format is what version 14 makes (Debian 12), others do not judge it
format=$(command -v clang-format-14 || command -v clang-format)
if "$format" --version | grep -q 'version 14[.]'; then
	"$format" --dry-run --Werror $files || fail=1
else
	echo "lint: format not looked at: it is that of clang-format 14, and this is $("$format" --version | grep -o 'version [0-9.]*')"
fi
cppcheck --quiet -j "$jobs" --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	--suppress=missingIncludeSystem --suppress=unknownMacro -Isim -I"$1/gen" sim || fail=1
checks='-*,bugprone-*,cert-*,clang-analyzer-security.*,clang-analyzer-core.NullDereference,clang-analyzer-core.DivideZero,clang-analyzer-unix.MallocSizeof,misc-redundant-expression'
# Left out, each looked through once. Of style: parameters of one type beside each other, arguments of the tables' macros without
# parentheses, sizes of pointers (GLib's arrays of them), branches that do the same after another question, loops over doubles.
# Where the compiler asks (-Wconversion): narrowing. Where there is a bound: products of counts below 2^16. Where bytes are no text:
# memcpy into packets. Where it is asked once, of the stream when it is closed: what each printf returned. And functions of C11's
# annex K, which glibc has not.
for left_out in bugprone-easily-swappable-parameters bugprone-macro-parentheses bugprone-sizeof-expression bugprone-branch-clone \
	cert-flp30-c clang-analyzer-security.FloatLoopCounter bugprone-narrowing-conversions bugprone-implicit-widening-of-multiplication-result \
	bugprone-not-null-terminated-result cert-err33-c clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling; do
	checks="$checks,-$left_out"
done
# what the Makefile compiles: one of no_raw.c and raw.c; ranks.c is make MPI=1's
left_out="$(command -v libnet-config >/dev/null && echo /no_raw.c || echo /raw.c)|/ranks.c"
flags="-std=c11 -D_GNU_SOURCE -Isim -I$1/gen $(pkg-config --cflags glib-2.0 gio-2.0 json-glib-1.0 gsl libpcap)
	-DNATNAP_VERSION=\"0\" -DNATNAP_LIBNET=1"
# of a function so many states are looked at, not clang's 225,000: a third of the time
depth='--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=30000'
# in small handfuls, so that no core waits for the other; what it says of suppressed warnings is left out
printf '%s\n' sim/*/*.c | grep -vE "($left_out)$" | CHECKS="$checks" FLAGS="$flags" DEPTH="$depth" xargs -P "$jobs" -n 4 sh -c \
	'out=$(clang-tidy --quiet --warnings-as-errors="*" $DEPTH --checks="$CHECKS" "$@" -- $FLAGS 2>&1); rc=$?; [ $rc -eq 0 ] || printf "%s\n" "$out"; exit $rc' lint || fail=1
[ $fail -eq 0 ] && echo "lint: clean"
exit $fail
