# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 1041,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 2082,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.842in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A proxy that reuses connections to a server which closes them after 5 s' at screen 0.01345,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: changes from idle-timeout 5s, retire-idle never, report-retries 0' at screen 0.01345,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.09992
set rmargin at screen 0.73021
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'requests failed'
unset logscale y
set yrange [0:22.3258475]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [38.272497:3175.32921]
set format x ''
set xtics ('' 50, '' 100, '' 200, '' 500, '' 1000, '' 2000)
set arrow from graph 1,0.00000 to graph 1.01829,0.00000 nohead lw 1 lc rgb '#d55e00'
set label 'retire-idle 4s' at graph 1.02561,0.00000 left tc rgb '#d55e00'
set arrow from graph 1,0.00000 to graph 1.01829,0.06400 nohead lw 1 lc rgb '#009e73'
set label 'report-retries 1' at graph 1.02561,0.06400 left tc rgb '#009e73'
set arrow from graph 1,0.00000 to graph 1.01829,0.12800 nohead lw 1 lc rgb '#cc79a7'
set label 'idle-timeout 75s, retire-idle 60s' at graph 1.02561,0.12800 left tc rgb '#cc79a7'
set arrow from graph 1,0.53003 to graph 1.01829,0.53003 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.53003 left tc rgb '#0072b2'
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
set lmargin at screen 0.09992
set rmargin at screen 0.73021
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'connections opened'
set logscale y
set yrange [23.7277672:11204.4051]
set format y '%g'
set ytics ('100' 100, '1000' 1000, '10000' 10000)
set xlabel 'client.report (an hour)'
set logscale x
set xrange [38.272497:3175.32921]
set format x '%g'
set xtics ('50' 50, '100' 100, '200' 200, '500' 500, '1000' 1000, '2000' 2000)
set arrow from graph 1,0.50106 to graph 1.01829,0.50106 nohead lw 1 lc rgb '#cc79a7'
set label 'idle-timeout 75s, retire-idle 60s' at graph 1.02561,0.50106 left tc rgb '#cc79a7'
set arrow from graph 1,0.73915 to graph 1.01829,0.73915 nohead lw 1 lc rgb '#009e73'
set label 'report-retries 1' at graph 1.02561,0.73915 left tc rgb '#009e73'
set arrow from graph 1,0.74063 to graph 1.01829,0.80315 nohead lw 1 lc rgb '#0072b2'
set label 'unchanged' at graph 1.02561,0.80315 left tc rgb '#0072b2'
set arrow from graph 1,0.82405 to graph 1.01829,0.86715 nohead lw 1 lc rgb '#d55e00'
set label 'retire-idle 4s' at graph 1.02561,0.86715 left tc rgb '#d55e00'
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
