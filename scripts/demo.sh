#!/bin/sh
# The main job on a ready scenario: a table, the recommended intervals, and a figure under results/.
set -e
cd "$(dirname "$0")/.."
dir=results/imap-idle-lte
./natnap run scenarios/imap-idle-lte.ini --out "$dir"
for end in svg png; do
	gnuplot -e "in='$dir/summary.csv'; out='$dir/figure.$end.part'; ext='$end'" scripts/plot-keepalive.gp
	mv "$dir/figure.$end.part" "$dir/figure.$end"
done
echo
echo "table:   $dir/summary.csv   (the same with provenance: $dir/run.json)"
echo "figure:  $dir/figure.svg   $dir/figure.png"
