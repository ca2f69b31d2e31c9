#!/bin/sh
# The main job on a ready scenario: a table, the recommended intervals, and figures under results/.
set -e
cd "$(dirname "$0")/.."
dir=results/imap-idle-lte
./natnap run scenarios/imap-idle-lte.ini --out "$dir"
for kind in curve cliff; do
	./natnap plot "$dir" $kind >/dev/null
	./natnap plot "$dir" $kind --format png >/dev/null
done
echo
echo "table:    $dir/summary.csv   (the same with provenance: $dir/run.json)"
echo "figures:  $dir/curve.svg   $dir/cliff.svg   (and .png; natnap plot $dir --list names more)"
