# Mean power against the polling interval.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale x
set xrange [55:3900]
set yrange [0:1200]
set xtics ('1 min' 60, '2 min' 120, '5 min' 300, '10 min' 600, '15 min' 900, '30 min' 1800, '1 h' 3600)
set xlabel 'interval of polls'
set ylabel 'mean radio power (mW)'
set key top right samplen 2
plot points using (strcol(1) eq 'poll' ? $2 : NaN):3 with lines ls 1 title 'simulated', \
     checks using (strcol(1) eq 'poll' ? $2 : NaN):4:(0.25*$4) skip 1 with yerrorbars pt 7 ps 1.4 lw 2 lc rgb '#D55E00' title 'reported, with the tolerance of 25 %', \
     checks using (strcol(1) eq 'poll' ? 1.07*$2 : NaN):4:(sprintf('reported %.0f mW, simulated %.0f mW: %+.0f %%', $4, $5, 100*$6)) skip 1 with labels left font small tc rgb '#8a3d00' notitle
