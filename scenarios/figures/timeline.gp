# Power of one device over time, from the timeline.csv of `natnap run --timeline`: states as bands, packets as ticks.
#   gnuplot -e "timeline='OUT/timeline.csv'; from=0; to=120" scenarios/figures/timeline.gp > timeline.svg
# from, to: seconds (default: all); png=1: PNG in place of SVG.
if (!exists("timeline")) timeline = 'timeline.csv'
if (!exists("png")) png = 0
set datafile separator ','
if (png) {
	set terminal pngcairo size 1800,800 enhanced font 'DejaVu Sans,22' linewidth 2
} else {
	set terminal svg size 900,400 dynamic enhanced background rgb 'white' font 'DejaVu Sans,12'
}

# names of states and transitions, in order of appearance
states = system("awk -F, '$2 == \"state\" && !seen[$3]++ { print $3 }' '".timeline."'")
index_of(s) = sum [i=1:words(states)] (word(states, i) eq s ? i : 0)
colors = "#e8eef4 #fde0c5 #cfe8d5 #f6d4e4 #dcd6f0 #fff2b2 #d9d9d9 #c6e5ee #f2c9c0 #e3efc2 #e6d5c3 #cdd5ea"
color_of(i) = int(sprintf("0x%s", word(colors, (i - 1) % 12 + 1)[2:7]))

stats timeline using 1 nooutput
end = STATS_max
if (!exists("from")) from = 0
if (!exists("to")) to = end
is_state(k) = k eq 'state' || k eq 'end'
# power goes on until the next state: each row closes the one before
stats timeline using (strcol(2) eq 'state' ? $4 : NaN) nooutput
top = STATS_max > 0 ? 1.18 * STATS_max : 1
set xrange [from:to]
set yrange [-0.16 * top:top]
set xlabel 'time (s)'
set ylabel 'radio power (mW)'
set border 3 lc rgb '#444444'
set tics nomirror out
set ytics 0, 200
if (top < 400) set ytics auto
set key outside top center horizontal samplen 1.2 width 1
set style fill solid noborder
t0 = 0; s0 = 0; t1 = 0; s1 = 0; p = 0
band(x, k, s) = (t1 = t0, s1 = s0, t0 = x, s0 = (k eq 'state' ? index_of(s) : s0), (t1 + x) / 2)
plot timeline using (is_state(strcol(2)) ? band($1, strcol(2), strcol(3)) : NaN):(top / 2):(t1):(t0):(0):(top):(s1 > 0 ? color_of(s1) : 0xffffff) with boxxyerror lc rgb variable notitle, \
     for [i=1:words(states)] NaN with boxes lc rgb color_of(i) title word(states, i), \
     timeline using (is_state(strcol(2)) ? $1 : NaN):(strcol(2) eq 'state' ? (p = $4) : p) with steps lw 1.4 lc rgb '#20304a' title 'power', \
     timeline using (strcol(2) eq 'packet' && strcol(3) eq 'up' ? $1 : NaN):(-0.04 * top):(0):(-0.05 * top) with vectors nohead lw 1 lc rgb '#0072B2' title 'packet up', \
     timeline using (strcol(2) eq 'packet' && strcol(3) eq 'down' ? $1 : NaN):(-0.10 * top):(0):(-0.05 * top) with vectors nohead lw 1 lc rgb '#D55E00' title 'packet down', \
     timeline using (strcol(2) eq 'packet' && strcol(3) eq 'lost' ? $1 : NaN):(-0.10 * top) with points pt 2 lc rgb '#cc0000' title 'lost'
