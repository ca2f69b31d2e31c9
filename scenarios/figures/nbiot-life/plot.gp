# Battery life against report interval; hollow: recalled.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale xy
set xrange [1600:180000]
set yrange [0.35:50]
set xtics ('30 min' 1800, '1 h' 3600, '2 h' 7200, '6 h' 21600, '12 h' 43200, '1 d' 86400, '2 d' 172800)
set ytics (0.5, 1, 2, 5, 10, 20, 40)
set xlabel 'report interval'
set ylabel 'battery life (years), 5 Wh'
set key bottom right samplen 2
set label 1 'fitted to' at 7200, 30 center font small tc rgb '#555555'
set label 2 'predicted' at 86400, 45 center font small tc rgb '#555555'
plot points using (strcol(1) eq '144-50' ? $2 : NaN):3 with lines ls 1 title '144 dB, 50 byte', \
     points using (strcol(1) eq '144-200' ? $2 : NaN):3 with lines ls 1 dt 2 title '144 dB, 200 byte', \
     points using (strcol(1) eq '154-50' ? $2 : NaN):3 with lines ls 3 title '154 dB, 50 byte', \
     points using (strcol(1) eq '154-200' ? $2 : NaN):3 with lines ls 3 dt 2 title '154 dB, 200 byte', \
     points using (strcol(1) eq '164-50' ? $2 : NaN):3 with lines ls 2 title '164 dB, 50 byte', \
     points using (strcol(1) eq '164-200' ? $2 : NaN):3 with lines ls 2 dt 2 title '164 dB, 200 byte', \
     checks using (strcol(1)[5:] eq '50' ? $2 : NaN):4 skip 1 with points pt 6 ps 1.6 lw 2 lc rgb '#777777' title '50 byte, published (recalled)', \
     checks using (strcol(1)[5:] eq '200' ? $2 : NaN):4 skip 1 with points pt 8 ps 1.6 lw 2 lc rgb '#777777' title '200 byte, published (recalled)'
