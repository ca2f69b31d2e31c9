# The oracle's saving, an upper bound, against the interval of exchanges; bands: what the paper's schemes saved on its traces.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale x
set xrange [5:300]
set yrange [0:100]
set xlabel 'interval of exchanges (s)'
set ylabel 'energy saved (%)'
set xtics (5, 10, 20, 50, 100, 200, 300)
set key bottom right samplen 2
set label 3 "upper bound, not a prediction:\nan oracle ends each tail at once\n(powers and timers recalled)" at 22, 16 left tc rgb '#444444'
set object 1 rectangle from graph 0, first 51 to graph 1, first 66 fc rgb '#f6ddcf' fs solid noborder behind
set label 1 'published for its traces, 3G carriers: 51 to 66 %' at 280,58 right font small tc rgb '#8a4a1e'
set arrow 1 from graph 0, first 67 to graph 1, first 67 nohead dt 2 lc rgb '#D55E00'
set label 2 'published, LTE: 67 %' at 280,69.6 right font small tc rgb '#D55E00'
plot points using (strcol(1) eq 'tmobile-3g' ? $2 : NaN):3 with lines ls 1 title 'T-Mobile 3G', \
     points using (strcol(1) eq 'att-hspa' ? $2 : NaN):3 with lines ls 3 title 'AT\&T HSPA+', \
     points using (strcol(1) eq 'verizon-3g' ? $2 : NaN):3 with lines ls 4 title 'Verizon 3G', \
     points using (strcol(1) eq 'verizon-lte' ? $2 : NaN):3 with lines lw 2 lc rgb '#000000' title 'Verizon LTE'
