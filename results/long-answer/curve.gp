# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 980,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1960,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.208in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'An answer that takes longer than a NAT waits' at screen 0.01429,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: changes from client.tcp-keepalive never, server.tcp-keepalive never' at screen 0.01429,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.10612
set rmargin at screen 0.77551
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'requests failed/requests made'
unset logscale y
set yrange [0:1.06]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.941844921:21.2349184]
set format x ''
set xtics ('' 1, '' 2, '' 5, '' 10, '' 20)
set arrow from graph 1,0.94340 to graph 1.01829,0.80800 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.80800 left tc rgb '#0072b2'
set arrow from graph 1,0.94340 to graph 1.01829,0.87200 nohead lw 1 lc rgb '#d55e00'
set label 'client.tcp-keepalive 2h' at graph 1.02561,0.87200 left tc rgb '#d55e00'
set arrow from graph 1,0.94340 to graph 1.01829,0.93600 nohead lw 1 lc rgb '#009e73'
set label 'client.tcp-keepalive 5min' at graph 1.02561,0.93600 left tc rgb '#009e73'
set arrow from graph 1,0.94340 to graph 1.01829,1.00000 nohead lw 1 lc rgb '#cc79a7'
set label 'server.tcp-keepalive 5min' at graph 1.02561,1.00000 left tc rgb '#cc79a7'
plot data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 2 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73', \
     data index 3 using 1:2 with linespoints lw 2.3 dt 1 pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 3 using 1:2:5 with labels hypertext point pt 11 ps 0.6 lc rgb '#cc79a7'
unset label
unset arrow
set lmargin at screen 0.10612
set rmargin at screen 0.77551
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'dead detection (min)'
unset logscale y
set yrange [0:10.6879447]
set format y '%g'
set ytics autofreq
set xlabel 'client.report-answer-time'
set logscale x
set xrange [0.941844921:21.2349184]
set format x '%g'
set xtics ('1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20)
set arrow from graph 1,0.85763 to graph 1.01829,0.85763 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.85763 left tc rgb '#0072b2'
set arrow from graph 1,0.85763 to graph 1.01829,0.92163 nohead lw 1 lc rgb '#d55e00'
set label 'client.tcp-keepalive 2h' at graph 1.02561,0.92163 left tc rgb '#d55e00'
plot data index 4 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 5 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 4 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 4 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 5 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 5 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
