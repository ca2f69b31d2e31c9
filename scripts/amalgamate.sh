#!/bin/sh
# Write one header that stands alone: every #include "..." of the project is replaced by its text, once.
# usage: amalgamate.sh HEADER
awk '
function emit(file,   line, name) {
	if (file in seen) return
	seen[file] = 1
	while ((getline line < file) > 0) {
		if (line ~ /^#include "/) { split(line, name, "\""); emit("sim/" name[2]) }
		else print line
	}
	close(file)
}
BEGIN { emit(ARGV[1]); exit }' "$1"
