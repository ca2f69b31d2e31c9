# Mean relative power against the DRX cycle.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale xy
set xrange [25:3000]
set yrange [1:50]
set xlabel 'DRX cycle (ms)'
set ylabel 'mean power (deep sleep = 1)'
set xtics (40, 80, 160, 320, 640, 1280, 2560)
set ytics (1, 2, 5, 10, 20, 50)
set key top right samplen 2
plot points using (strcol(1) eq 'im' ? 1000*$2 : NaN):3 with lines ls 1 title 'simulated, on 10 ms (messaging)', \
     points using (strcol(1) eq 'ftp' ? 1000*$2 : NaN):3 with lines ls 2 title 'simulated, on 8 ms (FTP)', \
     points using (strcol(1) eq 'voip' ? 1000*$2 : NaN):3 with lines ls 3 title 'simulated, on 4 ms (VoIP)', \
     checks using (1000*$2):4 skip 1 with points pt 6 ps 1.3 lw 1.5 lc rgb '#444444' title 'calculated by hand from the power states'
