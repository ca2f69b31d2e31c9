#!/bin/sh
# The core's border, proved on its objects: whatever it calls is its own or stands on the list below. So there is no
# clock, file, socket, environment, printing or foreign randomness, and of libm only what is exact on every machine;
# madvise asks for large pages and changes no result.
# usage: check-core.sh LIBRARY
allowed='mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|chr|rchr|str|spn|cspn|pbrk|tol|toul|toll|toull)|__(memcpy|memmove|memset)_chk
malloc|calloc|realloc|free|posix_memalign|aligned_alloc|madvise|qsort|bsearch|abs|labs|llabs
sqrt|fabs|floor|ceil|trunc|round|rint|nearbyint|l?l(round|rint)|fmin|fmax|fmod|modf|frexp|ldexp|scalbn|ilogb|copysign
g_(malloc|malloc0|realloc|try_malloc|try_malloc0|try_realloc)(_n)?|g_free|g_memdup2?|g_qsort_with_data|g_assertion_message.*
g_(array|byte_array|ptr_array|hash_table|string|queue|list|slist|bytes|error|tree)_.*|g_set_error(_literal)?|g_propagate_error|g_clear_error|g_quark_.*
g_strcmp0|g_str(chomp|chug|dup|ndup|concat|joinv?|split|split_set|freev|dupv|lcpy|lcat|stripv|v_length|v_contains|_equal|_hash|_has_prefix|_has_suffix|dup_printf|dup_vprintf)|g_v?snprintf
g_(int|int64|direct|double)_(equal|hash)|g_compute_checksum_for_data|g_mutex_.*|g_prefix_error|g_log|g_unichar_.*|g_ascii_.*|g_clear_pointer|g_utf8_.*
_GLOBAL_OFFSET_TABLE_|__u?(div|mod|mul|divmod|c[lt]z|popcount)[dt]i[234]|__stack_chk_fail|__(asan|ubsan|tsan|gcov)_.*'
export LC_ALL=C
pattern=$(printf '%s' "$allowed" | tr '\n' '|')
own=$(mktemp)
trap 'rm -f "$own"' EXIT
nm --defined-only --format=posix "$1" | awk 'NF >= 2 { print $1 }' | sort -u >"$own"
found=$(nm --undefined-only --format=posix "$1" | awk 'NF >= 2 { print $1 }' | sort -u | comm -23 - "$own" | grep -vE "^($pattern)$")
if [ -n "$found" ]; then
	echo "core uses what it may not: $(echo $found)" >&2
	exit 1
fi
# file-level variables that can change lie in .data and .bss; constants that need relocation in .data.rel.ro
vars=$(objdump -t "$1" 2>/dev/null | awk '/ O [.]t?(data|bss)/ && !/[.]data[.]rel[.]ro/ { print $NF }')
if [ -n "$vars" ]; then
	echo "core has file-level variables: $(echo $vars)" >&2
	exit 1
fi
echo "core border: no foreign symbol but the allowed ones, no file-level variable"
