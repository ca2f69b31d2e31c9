# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 813,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1626,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.467in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A load balancer that counts data alone' at screen 0.01722,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: client.keepalive-is-ping' at screen 0.01722,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12795
set rmargin at screen 0.93504
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'reconnects'
unset logscale y
set yrange [0:1451.82925]
set format y '%g'
set ytics autofreq
unset xlabel
unset logscale x
set xrange [19:71]
set format x ''
set xtics autofreq
set arrow from graph 1,0.89342 to graph 1.01829,0.89342 nohead lw 1 lc rgb '#d55e00'
set label 'no' at graph 1.02561,0.89342 left tc rgb '#d55e00'
set arrow from graph 1,0.93985 to graph 1.01829,0.95742 nohead lw 1 lc rgb '#0072b2'
set label 'yes' at graph 1.02561,0.95742 left tc rgb '#0072b2'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.12795
set rmargin at screen 0.93504
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'bytes up (kB)'
unset logscale y
set yrange [0:2118.91724]
set format y '%g'
set ytics autofreq
set xlabel 'client.interval (s)'
unset logscale x
set xrange [19:71]
set format x '%g'
set xtics autofreq
set arrow from graph 1,0.70952 to graph 1.01829,0.70952 nohead lw 1 lc rgb '#d55e00'
set label 'no' at graph 1.02561,0.70952 left tc rgb '#d55e00'
set arrow from graph 1,0.74556 to graph 1.01829,0.77352 nohead lw 1 lc rgb '#0072b2'
set label 'yes' at graph 1.02561,0.77352 left tc rgb '#0072b2'
plot data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 2 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 3 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 3 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
