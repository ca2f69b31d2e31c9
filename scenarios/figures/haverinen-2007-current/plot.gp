# Average current against keepalive interval; a horizontal bar at the right: without keepalives.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale x
set xrange [17:900]
set yrange [0:40]
set xtics (20, 40, 80, 150, 300, 600, 'none' 800)
set xlabel 'keepalive interval (s)'
set ylabel 'average current (mA)'
set key top right samplen 2 spacing 1.2
meas(s) = strcol(1) eq s && strcol(9) eq 'yes' && strcol(2) ne 'never'
plot points using (strcol(1) eq '3g' ? $2 : NaN):3 with lines ls 1 title '3G, I_0 and Q fitted', \
     points using (strcol(1) eq '2g' ? $2 : NaN):3 with lines ls 3 title '2G, I_0 and Q fitted', \
     points using (strcol(1) eq '3g-model' ? $2 : NaN):3 with lines lw 2 dt 3 lc rgb '#0072B2' title '3G, Qian 2010 carrier 2 above 6.1 mA (nothing fitted)', \
     checks using (meas('3g') ? $2 : NaN):4 skip 1 with points pt 7 ps 1.5 lc rgb '#D55E00' title '3G, measured', \
     checks using (meas('2g') ? $2 : NaN):4 skip 1 with points pt 5 ps 1.4 lc rgb '#CC79A7' title '2G, measured', \
     checks using (strcol(1) eq '3g-none' ? 800 : NaN):4 skip 1 with points pt 7 ps 1.5 lc rgb '#D55E00' notitle, \
     checks using (strcol(1) eq '2g-none' ? 800 : NaN):4 skip 1 with points pt 5 ps 1.4 lc rgb '#CC79A7' notitle
