# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 1003,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 2006,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.446in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'NAT keepalives from the processor, and from the network card' at screen 0.01396,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: radio.profile, client.offload' at screen 0.01396,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.10371
set rmargin at screen 0.75788
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
set logscale y
set yrange [0.228290354:197.076366]
set format y '%g'
set ytics ('1' 1, '10' 10, '100' 100)
unset xlabel
set logscale x
set xrange [9.34871758:310.202974]
set format x ''
set xtics ('' 10, '' 20, '' 30, '' 60, '' 120, '' 300)
set arrow from graph 1,0.05357 to graph 1.01829,0.05357 nohead lw 1 lc rgb '#d55e00'
set label 'wifi-huang-2012, offload yes' at graph 1.02561,0.05357 left tc rgb '#d55e00'
set arrow from graph 1,0.07924 to graph 1.01829,0.11757 nohead lw 1 lc rgb '#0072b2'
set label 'wifi-huang-2012, offload no' at graph 1.02561,0.11757 left tc rgb '#0072b2'
set arrow from graph 1,0.53496 to graph 1.01829,0.53496 nohead lw 1 lc rgb '#cc79a7'
set label 'lte-huang-2012, offload yes' at graph 1.02561,0.53496 left tc rgb '#cc79a7'
set arrow from graph 1,0.53604 to graph 1.01829,0.59896 nohead lw 1 lc rgb '#009e73'
set label 'lte-huang-2012, offload no' at graph 1.02561,0.59896 left tc rgb '#009e73'
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
set lmargin at screen 0.10371
set rmargin at screen 0.75788
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'processor wakeups'
set logscale y
set yrange [20.7505709:12197.8238]
set format y '%g'
set ytics ('100' 100, '1000' 1000, '10000' 10000)
set xlabel 'client.interval'
set logscale x
set xrange [9.34871758:310.202974]
set format x '%g'
set xtics ('10 s' 10, '20 s' 20, '30 s' 30, '1 min' 60, '2 min' 120, '5 min' 300)
set arrow from graph 1,0.05357 to graph 1.01829,0.05357 nohead lw 1 lc rgb '#d55e00'
set label 'wifi-huang-2012, offload yes' at graph 1.02561,0.05357 left tc rgb '#d55e00'
set arrow from graph 1,0.05357 to graph 1.01829,0.11757 nohead lw 1 lc rgb '#cc79a7'
set label 'lte-huang-2012, offload yes' at graph 1.02561,0.11757 left tc rgb '#cc79a7'
set arrow from graph 1,0.43186 to graph 1.01829,0.43186 nohead lw 1 lc rgb '#009e73'
set label 'lte-huang-2012, offload no' at graph 1.02561,0.43186 left tc rgb '#009e73'
set arrow from graph 1,0.43205 to graph 1.01829,0.49586 nohead lw 1 lc rgb '#0072b2'
set label 'wifi-huang-2012, offload no' at graph 1.02561,0.49586 left tc rgb '#0072b2'
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
