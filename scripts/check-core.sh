#!/bin/sh
# The core's border, proved on its objects: no clock, file, socket, environment, printing or foreign randomness.
# usage: check-core.sh LIBRARY
bad='^(time|clock|clock_gettime|gettimeofday|nanosleep|usleep|sleep|rand|rand_r|srand|random|drand48|getenv|secure_getenv|f?printf|vf?printf|__[vf]*printf_chk|puts|putchar|perror|fopen|fdopen|freopen|open|openat|creat|read|write|fwrite|fread|socket|connect|sendto|recvfrom|system|popen|fork|exit|_exit|pthread_.*|g_random_.*|g_rand_.*|g_get_.*time|g_print.*|g_file_.*|g_getenv|g_thread_.*|g_timer_.*|log|exp|pow|sin|cos)$'
found=$(nm --undefined-only --format=posix "$1" | awk 'NF >= 2 { print $1 }' | sort -u | grep -E "$bad")
if [ -n "$found" ]; then
	echo "core uses what it may not: $(echo $found)" >&2
	exit 1
fi
# file-level variables that can change lie in .data and .bss; constants that need relocation in .data.rel.ro
vars=$(objdump -t "$1" 2>/dev/null | awk '/ O [.](data|bss)/ && !/[.]data[.]rel[.]ro/ { print $NF }')
if [ -n "$vars" ]; then
	echo "core has file-level variables: $(echo $vars)" >&2
	exit 1
fi
echo "core border: no forbidden symbol, no file-level variable"
