# Left: 50 KB by technology. Right: energy of each transfer against the interval between transfers.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 1,2 margins 0.095,0.98,0.15,0.92 spacing 0.125
set title '50 KB transfer'
set style fill solid 0.85 noborder
set boxwidth 0.5
set xrange [-0.6:2.6]
set yrange [0:15]
set ylabel 'energy (J)' offset 1,0
set xtics ('3G' 0, 'GSM' 1, 'Wi-Fi' 2)
row(s) = s eq '3g-50kb' ? 0 : s eq 'gsm-50kb' ? 1 : s eq 'wifi-50kb' ? 2 : NaN
set key top right samplen 1.5
plot points using (row(strcol(1))):3 with boxes ls 1 title 'simulated', \
     checks using (row(strcol(1))):(strcol(9) eq 'memory' ? $4 : NaN) skip 1 with points pt 6 ps 2 lw 2 lc rgb '#777777' title 'published (recalled)'
set title '50 KB at intervals'
set xrange [0:60]
set yrange [0:*]
set xtics auto
set xlabel 'time between transfers (s)'
set ylabel 'energy per transfer, idle included (J)' offset 1,0
set key bottom right
plot points using (strcol(1) eq '3g-interval' ? $2 : NaN):3 with lines ls 1 title '3G', \
     points using (strcol(1) eq 'gsm-interval' ? $2 : NaN):3 with lines ls 3 title 'GSM', \
     points using (strcol(1) eq 'wifi-interval' ? $2 : NaN):3 with lines ls 2 title 'Wi-Fi'
unset multiplot
