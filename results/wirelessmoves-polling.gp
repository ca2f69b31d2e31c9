# `gnuplot wirelessmoves-polling.gp` draws wirelessmoves-polling.dat anew; gnuplot -e "format='pdf'" wirelessmoves-polling.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'wirelessmoves-polling.' . format
if (format eq 'svg') eval 'set terminal svg size 878,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1757,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.150in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'wirelessmoves-polling.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Mean power of polling mail over 3G with long timers' at screen 0.01594,0.96183 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ published     │ tolerance' at screen 0.01594,0.91985 left font ',11' tc rgb '#444444'
set label 'One value was reported' at screen 0.09563,0.86260 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09563
set rmargin at screen 0.80146
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'mean radio power (mW)'
unset logscale y
set yrange [0:1145.41833]
set format y '%g'
set ytics autofreq
set xlabel 'interval of polls'
set logscale x
set xrange [0.921376169:65.1199825]
set format x '%g'
set xtics ('1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30, '1 h' 60)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.02930 to graph 1.01935,0.02930 nohead lw 1 lc rgb '#0072b2'
set label 'operator 3, Austria' at graph 1.02710,0.02930 left tc rgb '#0072b2'
set label 'simulated: 19 % less' at first 5, first 500 left offset 1.4,0.4 front tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 1 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2'
unset label
unset arrow
unset multiplot
unset output
