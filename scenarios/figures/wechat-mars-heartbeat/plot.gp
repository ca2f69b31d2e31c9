# Left: the rung it settles on. Right: how long the search takes.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 1,2 margins 0.095,0.98,0.15,0.92 spacing 0.13
set xrange [170:700]
set xlabel 'binding timeout (s)'
set title 'Stable heartbeat'
set yrange [0:700]
set ylabel 'interval (s)' offset 1,0
set key top left Left reverse samplen 1.5
plot x with lines dt 2 lc rgb '#999999' title 'the timeout itself', \
     points using (strcol(1) eq 'stable' ? $2 : NaN):3 with steps ls 1 title 'simulated', \
     checks using (strcol(1) eq 'stable' ? $2 : NaN):(real(strcol(4))) skip 1 with points pt 2 ps 1.2 lw 2 lc rgb '#D55E00' title 'from its source'
set title 'Time to converge'
set yrange [0:7]
set ylabel 'time to the last good beat of the search (h)' offset 1,0
plot points using (strcol(1) eq 'converge' ? $2 : NaN):($3/3600) with steps ls 1 title 'simulated', \
     checks using (strcol(1) eq 'converge' ? $2 : NaN):(real(strcol(4))/3600) skip 1 with points pt 2 ps 1.2 lw 2 lc rgb '#D55E00' title 'from its source'
unset multiplot
