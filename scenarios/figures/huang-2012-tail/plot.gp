# Left: power over time. Right: energy against the tail timer.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 1,2 margins 0.105,0.985,0.14,0.92 spacing 0.10
set title 'Power around one packet'
set xrange [-1:14]
set yrange [0:1500]
set xlabel 'time since the packet (s)'
set ylabel 'mean power (mW)' offset 1,0
set label 1 'promotion' at 0.6,1290 font small
set label 2 'tail: DRX every 40 ms' at 3.5,1180 font small
set label 3 'idle: paging every 1.28 s' at 11.5,700 right font small
unset key
plot points using (strcol(1) eq 'power' ? $2 : NaN):3 with histeps lw 1.2 lc rgb '#0072B2'
unset label
set title 'Energy against the tail timer'
set xrange [0:30]
set yrange [0:*]
set xlabel 'time in long DRX before release (s)'
set ylabel 'energy (J)' offset 1,0
set key on bottom right samplen 1.5 font small
set arrow 1 from 11.456, graph 0.14 to 11.456, graph 0.83 nohead dt 2 lc rgb '#777777'
set label 4 'measured network' at 11.456, graph 0.87 center font small tc rgb '#555555'
plot points using (strcol(1) eq 'tail-lone' ? $2 : NaN):3 with lines ls 1 title 'lone packet', \
     points using (strcol(1) eq 'tail-60s' ? $2 : NaN):3 with lines ls 3 title 'a keepalive a minute, idle included', \
     checks using (strcol(1) eq 'lone' ? 11.456 : NaN):4 skip 1 with points pt 6 ps 2 lw 2 lc rgb '#777777' title 'published (recalled)'
unset multiplot
