# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 1102,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 2203,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 11.475in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'UnifiedPush over WebSocket: Wi-Fi and LTE, three NATs' at screen 0.01271,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: radio.profile, middlebox.nat.tcp-established' at screen 0.01271,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.09441
set rmargin at screen 0.68991
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
unset logscale y
set yrange [0:147.131214]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.30712539:21.7066608]
set format x ''
set xtics ('' 0.333333333, '' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20)
set arrow from graph 1,0.03520 to graph 1.01829,0.03520 nohead lw 1 lc rgb '#009e73'
set label 'wifi-adaptive-psm, tcp-established 2h4min' at graph 1.02561,0.03520 left tc rgb '#009e73'
set arrow from graph 1,0.03545 to graph 1.01829,0.09920 nohead lw 1 lc rgb '#0072b2'
set label 'wifi-adaptive-psm, tcp-established 60s' at graph 1.02561,0.09920 left tc rgb '#0072b2'
set arrow from graph 1,0.03545 to graph 1.01829,0.16320 nohead lw 1 lc rgb '#d55e00'
set label 'wifi-adaptive-psm, tcp-established 5min' at graph 1.02561,0.16320 left tc rgb '#d55e00'
set arrow from graph 1,0.05475 to graph 1.01829,0.22720 nohead lw 1 lc rgb '#56b4e9'
set label 'lte-huang-2012, tcp-established 2h4min' at graph 1.02561,0.22720 left tc rgb '#56b4e9'
set arrow from graph 1,0.10201 to graph 1.01829,0.29120 nohead lw 1 lc rgb '#cc79a7'
set label 'lte-huang-2012, tcp-established 60s' at graph 1.02561,0.29120 left tc rgb '#cc79a7'
set arrow from graph 1,0.10428 to graph 1.01829,0.35520 nohead lw 1 lc rgb '#e69f00'
set label 'lte-huang-2012, tcp-established 5min' at graph 1.02561,0.35520 left tc rgb '#e69f00'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#cc79a7', \
     data index 4 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#e69f00', \
     data index 5 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#56b4e9', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 2 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73', \
     data index 3 using 1:2 with linespoints lw 2.3 dt 1 pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 3 using 1:2:5 with labels hypertext point pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 4 using 1:2 with linespoints lw 1.6 dt 1 pt 13 ps 0.6 lc rgb '#e69f00', \
     data index 4 using 1:2:5 with labels hypertext point pt 13 ps 0.6 lc rgb '#e69f00', \
     data index 5 using 1:2 with linespoints lw 1.6 dt 1 pt 4 ps 0.6 lc rgb '#56b4e9', \
     data index 5 using 1:2:5 with labels hypertext point pt 4 ps 0.6 lc rgb '#56b4e9'
unset label
unset arrow
set lmargin at screen 0.09441
set rmargin at screen 0.68991
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'reachable (%)'
unset logscale y
set yrange [0:104]
set format y '%g'
set ytics autofreq
set xlabel 'client.interval'
set logscale x
set xrange [0.30712539:21.7066608]
set format x '%g'
set xtics ('20 s' 0.333333333, '30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20)
set arrow from graph 1,0.04787 to graph 1.01829,0.04787 nohead lw 1 lc rgb '#0072b2'
set label 'wifi-adaptive-psm, tcp-established 60s' at graph 1.02561,0.04787 left tc rgb '#0072b2'
set arrow from graph 1,0.04787 to graph 1.01829,0.11187 nohead lw 1 lc rgb '#cc79a7'
set label 'lte-huang-2012, tcp-established 60s' at graph 1.02561,0.11187 left tc rgb '#cc79a7'
set arrow from graph 1,0.25642 to graph 1.01829,0.25642 nohead lw 1 lc rgb '#d55e00'
set label 'wifi-adaptive-psm, tcp-established 5min' at graph 1.02561,0.25642 left tc rgb '#d55e00'
set arrow from graph 1,0.25647 to graph 1.01829,0.32042 nohead lw 1 lc rgb '#e69f00'
set label 'lte-huang-2012, tcp-established 5min' at graph 1.02561,0.32042 left tc rgb '#e69f00'
set arrow from graph 1,0.96153 to graph 1.01829,0.93600 nohead lw 1 lc rgb '#56b4e9'
set label 'lte-huang-2012, tcp-established 2h4min' at graph 1.02561,0.93600 left tc rgb '#56b4e9'
set arrow from graph 1,0.96154 to graph 1.01829,1.00000 nohead lw 1 lc rgb '#009e73'
set label 'wifi-adaptive-psm, tcp-established 2h4min' at graph 1.02561,1.00000 left tc rgb '#009e73'
plot data index 6 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 7 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 8 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 9 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#cc79a7', \
     data index 10 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#e69f00', \
     data index 11 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#56b4e9', \
     data index 6 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 6 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 7 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 7 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 8 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 8 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73', \
     data index 9 using 1:2 with linespoints lw 2.3 dt 1 pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 9 using 1:2:5 with labels hypertext point pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 10 using 1:2 with linespoints lw 1.6 dt 1 pt 13 ps 0.6 lc rgb '#e69f00', \
     data index 10 using 1:2:5 with labels hypertext point pt 13 ps 0.6 lc rgb '#e69f00', \
     data index 11 using 1:2 with linespoints lw 1.6 dt 1 pt 4 ps 0.6 lc rgb '#56b4e9', \
     data index 11 using 1:2:5 with labels hypertext point pt 4 ps 0.6 lc rgb '#56b4e9'
unset label
unset arrow
unset multiplot
unset output
