# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 1071,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 2142,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 11.158in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A router that gets another address each night' at screen 0.01307,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: middlebox.home.link-down, client.keepalive-answer' at screen 0.01307,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.09709
set rmargin at screen 0.70948
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'reachable (%)'
unset logscale y
set yrange [0:104]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.382509397:32.6789358]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 30)
set arrow from graph 1,0.87875 to graph 1.01829,0.80800 nohead lw 1 lc rgb '#009e73'
set label 'link-down keep, keepalive-answer 0B' at graph 1.02561,0.80800 left tc rgb '#009e73'
set arrow from graph 1,0.88586 to graph 1.01829,0.87200 nohead lw 1 lc rgb '#cc79a7'
set label 'link-down keep, keepalive-answer 20B' at graph 1.02561,0.87200 left tc rgb '#cc79a7'
set arrow from graph 1,0.88659 to graph 1.01829,0.93600 nohead lw 1 lc rgb '#d55e00'
set label 'link-down flush, keepalive-answer 20B' at graph 1.02561,0.93600 left tc rgb '#d55e00'
set arrow from graph 1,0.88660 to graph 1.01829,1.00000 nohead lw 1 lc rgb '#0072b2'
set label 'link-down flush, keepalive-answer 0B' at graph 1.02561,1.00000 left tc rgb '#0072b2'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#cc79a7', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 2 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73', \
     data index 3 using 1:2 with linespoints lw 2.3 dt 1 pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 3 using 1:2:5 with labels hypertext point pt 11 ps 0.6 lc rgb '#cc79a7'
unset label
unset arrow
set lmargin at screen 0.09709
set rmargin at screen 0.70948
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'pushes lost'
set logscale y
set yrange [1.0962242:1274.53131]
set format y '%g'
set ytics ('10' 10, '100' 100, '1000' 1000)
set xlabel 'client.interval'
set logscale x
set xrange [0.382509397:32.6789358]
set format x '%g'
set xtics ('30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30)
set arrow from graph 1,0.60656 to graph 1.01829,0.60656 nohead lw 1 lc rgb '#0072b2'
set label 'link-down flush, keepalive-answer 0B' at graph 1.02561,0.60656 left tc rgb '#0072b2'
set arrow from graph 1,0.60656 to graph 1.01829,0.67056 nohead lw 1 lc rgb '#d55e00'
set label 'link-down flush, keepalive-answer 20B' at graph 1.02561,0.67056 left tc rgb '#d55e00'
set arrow from graph 1,0.60833 to graph 1.01829,0.73456 nohead lw 1 lc rgb '#cc79a7'
set label 'link-down keep, keepalive-answer 20B' at graph 1.02561,0.73456 left tc rgb '#cc79a7'
set arrow from graph 1,0.62050 to graph 1.01829,0.79856 nohead lw 1 lc rgb '#009e73'
set label 'link-down keep, keepalive-answer 0B' at graph 1.02561,0.79856 left tc rgb '#009e73'
plot data index 4 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 5 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 6 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 7 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#cc79a7', \
     data index 4 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 4 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 5 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 5 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 6 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 6 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73', \
     data index 7 using 1:2 with linespoints lw 2.3 dt 1 pt 11 ps 0.6 lc rgb '#cc79a7', \
     data index 7 using 1:2:5 with labels hypertext point pt 11 ps 0.6 lc rgb '#cc79a7'
unset label
unset arrow
unset multiplot
unset output
