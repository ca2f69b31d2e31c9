# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 874,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1747,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.100in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'LwM2M on NB-IoT behind a NAT of 60 s: with and without connection ID' at screen 0.01603,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: client.application' at screen 0.01603,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.11905
set rmargin at screen 0.86996
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
set logscale y
set yrange [0.0134876631:11.4048459]
set format y '%g'
set ytics ('0.1' 0.1, '1' 1, '10' 10)
unset xlabel
set logscale x
set xrange [0.0131867316:27.8057275]
set format x ''
set xtics ('' 0.0166666667, '' 0.0333333333, '' 0.0833333333, '' 0.166666667, '' 0.333333333, '' 1, '' 2, '' 4, '' 12, '' 24)
set arrow from graph 1,0.05357 to graph 1.01829,0.05357 nohead lw 1 lc rgb '#d55e00'
set label 'dtls-cid' at graph 1.02561,0.05357 left tc rgb '#d55e00'
set arrow from graph 1,0.05364 to graph 1.01829,0.11757 nohead lw 1 lc rgb '#009e73'
set label 'lwm2m-queue' at graph 1.02561,0.11757 left tc rgb '#009e73'
set arrow from graph 1,0.13241 to graph 1.01829,0.18157 nohead lw 1 lc rgb '#0072b2'
set label 'dtls' at graph 1.02561,0.18157 left tc rgb '#0072b2'
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
set lmargin at screen 0.11905
set rmargin at screen 0.86996
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'push delay p95'
set logscale y
set yrange [0.00373772784:38.4327317]
set format y '%g'
set ytics ('20 s' 0.00555555556, '1 min' 0.0166666667, '2 min' 0.0333333333, '5 min' 0.0833333333, '10 min' 0.166666667, '20 min' 0.333333333, '1 h' 1, '2 h' 2, '4 h' 4, '12 h' 12, '1 d' 24)
set xlabel 'client.interval'
set logscale x
set xrange [0.0131867316:27.8057275]
set format x '%g'
set xtics ('1 min' 0.0166666667, '2 min' 0.0333333333, '5 min' 0.0833333333, '10 min' 0.166666667, '20 min' 0.333333333, '1 h' 1, '2 h' 2, '4 h' 4, '12 h' 12, '1 d' 24)
set arrow from graph 1,0.94304 to graph 1.01829,0.87200 nohead lw 1 lc rgb '#d55e00'
set label 'dtls-cid' at graph 1.02561,0.87200 left tc rgb '#d55e00'
set arrow from graph 1,0.94304 to graph 1.01829,0.93600 nohead lw 1 lc rgb '#009e73'
set label 'lwm2m-queue' at graph 1.02561,0.93600 left tc rgb '#009e73'
set arrow from graph 1,0.94362 to graph 1.01829,1.00000 nohead lw 1 lc rgb '#0072b2'
set label 'dtls' at graph 1.02561,1.00000 left tc rgb '#0072b2'
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
