# Power of one device over time, from the timeline.csv of `natnap run --timeline`: states as bands, packets as ticks, what was lost
# and noticed as lines; below, one keepalive enlarged.
#   gnuplot -e "timeline='OUT/timeline.csv'; from=0; to=120" scenarios/figures/timeline.gp > timeline.svg
# from, to: seconds (default: all); near: when the enlarged keepalive is sent (default: the first shown; -1: none); png=1: PNG in place of SVG.
if (!exists("timeline")) timeline = 'timeline.csv'
if (!exists("png")) png = 0
set datafile separator ','
set encoding utf8
if (png) {
	set terminal pngcairo size 1800,1200 enhanced font 'DejaVu Sans,22' linewidth 2
	small = 'DejaVu Sans,18'
} else {
	set terminal svg size 900,600 dynamic enhanced background rgb 'white' font 'DejaVu Sans,12'
	small = 'DejaVu Sans,10'
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
if (!exists("near")) near = real(system(sprintf("awk -F, 'BEGIN { t = -1 } t < 0 && $2 == \"note\" && $3 == \"keepalive\" && $1 >= %g && $1 <= %g { t = $1 } END { print t }' '%s'", from, to, timeline)))
is_state(k) = k eq 'state' || k eq 'end'
# power goes on until the next state: each row closes the one before
stats timeline using (strcol(2) eq 'state' ? $4 : NaN) nooutput
top = STATS_max > 0 ? 1.18 * STATS_max : 1
set yrange [-0.16 * top:top]
set ylabel 'radio power (mW)'
set border 3 lc rgb '#444444'
set tics nomirror out
set ytics 0, 200
if (top < 400) set ytics auto
set style fill solid noborder
t0 = 0; s0 = 0; t1 = 0; s1 = 0; p = 0
band(x, k, s) = (t1 = t0, s1 = s0, t0 = x, s0 = (k eq 'state' ? index_of(s) : s0), (t1 + x) / 2)
is_note(k, s, which) = k eq 'note' && s eq which
# "reboot lost 90.584 s ago": why, and when
lost_at(k, s, t, detail) = k eq 'note' && s eq 'client-noticed' ? t - real(word(detail, 3)) : NaN
set macros
bands = "timeline using (is_state(strcol(2)) ? band($1, strcol(2), strcol(3)) : NaN):(top / 2):(t1):(t0):(0):(top):(s1 > 0 ? color_of(s1) : 0xffffff) with boxxyerror lc rgb variable notitle"
power = "timeline using (is_state(strcol(2)) ? $1 : NaN):(strcol(2) eq 'state' ? (p = $4) : p) with steps lw 1.4 lc rgb '#20304a'"
up = "timeline using (strcol(2) eq 'packet' && strcol(3) eq 'up' ? $1 : NaN):(-0.02 * top):(0):(-0.05 * top) with vectors nohead lw 1.4 lc rgb '#0072B2'"
down = "timeline using (strcol(2) eq 'packet' && strcol(3) eq 'down' ? $1 : NaN):(-0.075 * top):(0):(-0.05 * top) with vectors nohead lw 1.4 lc rgb '#D55E00'"
lost = "timeline using (strcol(2) eq 'packet' && strcol(3) eq 'lost' ? $1 : NaN):(-0.14 * top) with points pt 2 ps 0.9 lw 1.5 lc rgb '#000000'"

set multiplot
set lmargin at screen 0.1
set rmargin at screen 0.975
set bmargin at screen (near < 0 ? 0.12 : 0.50)
set tmargin at screen 0.90
set key at screen 0.53, screen 0.99 top center horizontal samplen 1.2 width 1
set xrange [from:to]
if (near < 0) set xlabel 'time (s)'
plot @bands, \
     for [i=1:words(states)] NaN with boxes lc rgb color_of(i) title word(states, i), \
     @power title 'power', @up title 'packet up', @down title 'packet down', @lost title 'lost', \
     timeline using (lost_at(strcol(2), strcol(3), $1, strcol(5))):(-0.16 * top):(0):(1.16 * top) with vectors nohead lw 2 dt 2 lc rgb '#000000' notitle, \
     timeline using (lost_at(strcol(2), strcol(3), $1, strcol(5))):(0.95 * top):(sprintf(' flow lost (%s)', word(strcol(5), 1))) with labels left font small notitle, \
     timeline using (is_note(strcol(2), strcol(3), 'dead') ? $1 : NaN):(-0.16 * top):(0):(1.16 * top) with vectors nohead lw 2 lc rgb '#CC79A7' notitle, \
     timeline using (is_note(strcol(2), strcol(3), 'dead') ? $1 : NaN):(0.95 * top):("noticed dead ") with labels right font small notitle, \
     timeline using (is_note(strcol(2), strcol(3), 'reconnect') ? $1 : NaN):(-0.16 * top):(0):(1.16 * top) with vectors nohead lw 2 lc rgb '#009E73' notitle, \
     timeline using (is_note(strcol(2), strcol(3), 'reconnect') ? $1 : NaN):(0.95 * top):(" reconnects") with labels left font small notitle

if (near >= 0) {
	unset key
	t0 = 0; s0 = 0; t1 = 0; s1 = 0; p = 0
	set bmargin at screen 0.105
	set tmargin at screen 0.40
	set xrange [near - 0.2:near + 1]
	set xlabel sprintf('time (s): the keepalive at %.0f s, enlarged', near)
	plot @bands, @power notitle, @up notitle, @down notitle, @lost notitle
}
unset multiplot
