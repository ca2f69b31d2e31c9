# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 934,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1869,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.733in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A pool of database connections behind a firewall of an hour' at screen 0.01498,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: changes from pool-order fifo, tcp-keepalive never, retire-idle never, retire-age never, validate never' at screen 0.01498,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.11130
set rmargin at screen 0.81336
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'requests met dead/requests made'
unset logscale y
set yrange [0:1.06]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.767813474:54.2666521]
set format x ''
set xtics ('' 1, '' 2, '' 5, '' 10, '' 20, '' 50)
set arrow from graph 1,0.00000 to graph 1.01829,0.00000 nohead lw 1 lc rgb '#009e73'
set label 'tcp-keepalive 30min' at graph 1.02561,0.00000 left tc rgb '#009e73'
set arrow from graph 1,0.00000 to graph 1.01829,0.06400 nohead lw 1 lc rgb '#cc79a7'
set label 'retire-idle 10min' at graph 1.02561,0.06400 left tc rgb '#cc79a7'
set arrow from graph 1,0.00000 to graph 1.01829,0.12800 nohead lw 1 lc rgb '#e69f00'
set label 'retire-age 30min' at graph 1.02561,0.12800 left tc rgb '#e69f00'
set arrow from graph 1,0.00000 to graph 1.01829,0.19200 nohead lw 1 lc rgb '#56b4e9'
set label 'validate 0s' at graph 1.02561,0.19200 left tc rgb '#56b4e9'
set arrow from graph 1,0.00788 to graph 1.01829,0.25600 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.25600 left tc rgb '#0072b2'
set arrow from graph 1,0.00852 to graph 1.01829,0.32000 nohead lw 1 lc rgb '#d55e00'
set label 'pool-order lifo' at graph 1.02561,0.32000 left tc rgb '#d55e00'
plot data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
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
set lmargin at screen 0.11130
set rmargin at screen 0.81336
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'request delay p95'
set logscale y
set yrange [0.0391876808:75.0500405]
set format y '%g'
set ytics ('0.1 s' 0.1, '0.2 s' 0.2, '0.5 s' 0.5, '1 s' 1, '2 s' 2, '5 s' 5, '10 s' 10, '20 s' 20, '1 min' 60)
set xlabel 'client.report (an hour)'
set logscale x
set xrange [0.767813474:54.2666521]
set format x '%g'
set xtics ('1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50)
set arrow from graph 1,0.06070 to graph 1.01829,0.06070 nohead lw 1 lc rgb '#e69f00'
set label 'retire-age 30min' at graph 1.02561,0.06070 left tc rgb '#e69f00'
set arrow from graph 1,0.06081 to graph 1.01829,0.12470 nohead lw 1 lc rgb '#009e73'
set label 'tcp-keepalive 30min' at graph 1.02561,0.12470 left tc rgb '#009e73'
set arrow from graph 1,0.06126 to graph 1.01829,0.18870 nohead lw 1 lc rgb '#cc79a7'
set label 'retire-idle 10min' at graph 1.02561,0.18870 left tc rgb '#cc79a7'
set arrow from graph 1,0.06618 to graph 1.01829,0.25270 nohead lw 1 lc rgb '#56b4e9'
set label 'validate 0s' at graph 1.02561,0.25270 left tc rgb '#56b4e9'
set arrow from graph 1,0.07852 to graph 1.01829,0.31670 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.31670 left tc rgb '#0072b2'
set arrow from graph 1,0.07969 to graph 1.01829,0.38070 nohead lw 1 lc rgb '#d55e00'
set label 'pool-order lifo' at graph 1.02561,0.38070 left tc rgb '#d55e00'
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
