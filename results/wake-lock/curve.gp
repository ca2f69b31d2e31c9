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
set label 'A wake lock: what a held processor costs beside the radio' at screen 0.01691,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: client.wake-lock' at screen 0.01691,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12560
set rmargin at screen 0.91787
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
unset logscale y
set yrange [0:17.3642614]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.30712539:21.7066608]
set format x ''
set xtics ('' 0.333333333, '' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20)
set arrow from graph 1,0.01778 to graph 1.01829,0.01778 nohead lw 1 lc rgb '#cc79a7'
set label '0s' at graph 1.02561,0.01778 left tc rgb '#cc79a7'
set arrow from graph 1,0.02725 to graph 1.01829,0.08178 nohead lw 1 lc rgb '#009e73'
set label '10s' at graph 1.02561,0.08178 left tc rgb '#009e73'
set arrow from graph 1,0.54899 to graph 1.01829,0.54899 nohead lw 1 lc rgb '#d55e00'
set label '10min' at graph 1.02561,0.54899 left tc rgb '#d55e00'
set arrow from graph 1,0.92631 to graph 1.01829,0.92631 nohead lw 1 lc rgb '#0072b2'
set label '1h' at graph 1.02561,0.92631 left tc rgb '#0072b2'
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
set lmargin at screen 0.12560
set rmargin at screen 0.91787
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'energy processor (J)'
set logscale y
set yrange [10.4794986:13839.7067]
set format y '%g'
set ytics ('100' 100, '1000' 1000, '10000' 10000)
set xlabel 'client.interval'
set logscale x
set xrange [0.30712539:21.7066608]
set format x '%g'
set xtics ('20 s' 0.333333333, '30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20)
set arrow from graph 1,0.05357 to graph 1.01829,0.05357 nohead lw 1 lc rgb '#cc79a7'
set label '0s' at graph 1.02561,0.05357 left tc rgb '#cc79a7'
set arrow from graph 1,0.33153 to graph 1.01829,0.33153 nohead lw 1 lc rgb '#009e73'
set label '10s' at graph 1.02561,0.33153 left tc rgb '#009e73'
set arrow from graph 1,0.87191 to graph 1.01829,0.87191 nohead lw 1 lc rgb '#d55e00'
set label '10min' at graph 1.02561,0.87191 left tc rgb '#d55e00'
set arrow from graph 1,0.94643 to graph 1.01829,0.94643 nohead lw 1 lc rgb '#0072b2'
set label '1h' at graph 1.02561,0.94643 left tc rgb '#0072b2'
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
