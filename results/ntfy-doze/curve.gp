# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 828,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1656,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.625in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'ntfy on a phone that dozes, and on one that does not' at screen 0.01691,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: client.doze' at screen 0.01691,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12560
set rmargin at screen 0.91787
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
unset logscale y
set yrange [0:42.2291976]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.702331082:21.3574486]
set format x ''
set xtics ('' 1, '' 2, '' 5, '' 10, '' 20)
set arrow from graph 1,0.07517 to graph 1.01829,0.07517 nohead lw 1 lc rgb '#009e73'
set label 'both' at graph 1.02561,0.07517 left tc rgb '#009e73'
set arrow from graph 1,0.11643 to graph 1.01829,0.13917 nohead lw 1 lc rgb '#d55e00'
set label 'light' at graph 1.02561,0.13917 left tc rgb '#d55e00'
set arrow from graph 1,0.22111 to graph 1.01829,0.22111 nohead lw 1 lc rgb '#0072b2'
set label 'no' at graph 1.02561,0.22111 left tc rgb '#0072b2'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 2 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73'
unset label
unset arrow
set lmargin at screen 0.12560
set rmargin at screen 0.91787
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'push delay p95'
set logscale y
set yrange [0.000226107501:10.2092104]
set format y '%g'
set ytics ('1 s' 0.000277777778, '5 s' 0.00138888889, '20 s' 0.00555555556, '1 min' 0.0166666667, '5 min' 0.0833333333, '20 min' 0.333333333, '1 h' 1, '4 h' 4)
set xlabel 'client.interval'
set logscale x
set xrange [0.702331082:21.3574486]
set format x '%g'
set xtics ('1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20)
set arrow from graph 1,0.64925 to graph 1.01829,0.64925 nohead lw 1 lc rgb '#0072b2'
set label 'no' at graph 1.02561,0.64925 left tc rgb '#0072b2'
set arrow from graph 1,0.70515 to graph 1.01829,0.71325 nohead lw 1 lc rgb '#d55e00'
set label 'light' at graph 1.02561,0.71325 left tc rgb '#d55e00'
set arrow from graph 1,0.93954 to graph 1.01829,0.93954 nohead lw 1 lc rgb '#009e73'
set label 'both' at graph 1.02561,0.93954 left tc rgb '#009e73'
plot data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 4 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 5 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 3 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 3 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 4 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 4 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 5 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 5 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73'
unset label
unset arrow
unset multiplot
unset output
