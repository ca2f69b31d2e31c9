# Delay of an alarm against the time at which it was due; maintenance windows are where it is 0.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 2,1 margins 0.095,0.98,0.12,0.93 spacing 0.05,0.16
set ylabel 'delay (h)' offset 0,0
set xrange [0:28]
set yrange [0:7.5]
set xtics 4
set title 'Deep Doze: an alarm waits for the next maintenance window'
set key top left Left reverse samplen 1.5 font small
plot points using (strcol(1) eq 'deep-delay' ? $2/3600 : NaN):($3/3600) with lines ls 1 title 'simulated delay', \
     checks using (strcol(1) eq 'deep-start' ? real(strcol(4))/3600 : NaN):(0) skip 1 with points pt 9 ps 1.4 lc rgb '#D55E00' title 'window begins (source)'
set title 'Light Doze'
set xrange [0:3]
set yrange [0:21]
set xtics 0.5
set ylabel 'delay (min)'
set xlabel 'time since the device was left alone (h)'
plot points using (strcol(1) eq 'light-delay' ? $2/3600 : NaN):($3/60) with lines ls 1 title 'simulated delay', \
     checks using (strcol(1) eq 'light-start' ? real(strcol(4))/3600 : NaN):(0) skip 1 with points pt 9 ps 1.4 lc rgb '#D55E00' title 'window begins (source)'
unset multiplot
