# SPDX-License-Identifier: BSD-2-Clause
# bash completion of natnap: the program knows its commands, options, keys, profiles and values.
_natnap() {
	local line=${COMP_LINE:0:COMP_POINT} cur
	local -a words
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	cur=${words[${#words[@]} - 1]}
	mapfile -t COMPREPLY < <("${words[0]}" help --complete -- "${words[@]:1}" 2>/dev/null)
	# what readline takes for a word of its own begins behind the last of these signs
	if [[ $cur == *[=:]* && ${COMP_WORDBREAKS} == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*[=:]}"}"}")
	fi
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
}
complete -o default -F _natnap natnap
