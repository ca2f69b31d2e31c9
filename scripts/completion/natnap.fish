# SPDX-License-Identifier: BSD-2-Clause
# fish completion of natnap: the program knows its commands, options, keys, profiles and values.
function __natnap_complete
	set -l words (commandline -opc) (commandline -ct)
	$words[1] help --complete -- $words[2..-1] 2>/dev/null
end
complete -c natnap -a '(__natnap_complete)'
