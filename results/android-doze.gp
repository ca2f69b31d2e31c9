# `gnuplot android-doze.gp` draws android-doze.dat anew; gnuplot -e "format='pdf'" android-doze.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'android-doze.' . format
if (format eq 'svg') eval 'set terminal svg size 901,738 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1802,1476 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.388in,7.688in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'android-doze.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Android Doze: maintenance windows and the delay of an alarm' at screen 0.01553,0.97290 left font ',15' tc rgb '#000000'
set label 'lines, ticks: simulated     ○ calculated' at screen 0.01553,0.94309 left font ',11' tc rgb '#444444'
set label 'Deep Doze: how long an alarm waits' at screen 0.09321,0.90244 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09321
set rmargin at screen 0.78118
set tmargin at screen 0.88889
set bmargin at screen 0.65854
set ylabel 'delay (h)'
unset logscale y
set yrange [0:6.36]
set format y '%g'
set ytics autofreq
set xlabel 'time since left alone (h)'
unset logscale x
set xrange [-0.5555:28.3305]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.82023 to graph 1.01935,0.82023 nohead lw 1 lc rgb '#0072b2'
set label 'an alarm that may wait' at graph 1.02710,0.82023 left tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'Light Doze' at screen 0.09321,0.54743 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09321
set rmargin at screen 0.78118
set tmargin at screen 0.53388
set bmargin at screen 0.30352
set ylabel 'delay (min)'
unset logscale y
set yrange [0:15.9]
set format y '%g'
set ytics autofreq
set xlabel 'time since left alone (h)'
unset logscale x
set xrange [-0.06:3.06]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.06289 to graph 1.01935,0.06289 nohead lw 1 lc rgb '#0072b2'
set label 'an alarm that may wait' at graph 1.02710,0.06289 left tc rgb '#0072b2'
plot data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'When the maintenance windows begin' at screen 0.09321,0.19241 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09321
set rmargin at screen 0.78118
set tmargin at screen 0.17886
set bmargin at screen 0.08401
set xlabel 'time since left alone'
set logscale x
set xrange [0.149693872:39.8776809]
set format x '%g'
set xtics ('10 min' 0.166666667, '20 min' 0.333333333, '1 h' 1, '2 h' 2, '4 h' 4, '12 h' 12, '1 d' 24)
unset logscale y
unset ylabel
set yrange [0.4:2.6]
set ytics scale 0 ('deep' 2, 'light' 1)
unset grid
set grid xtics lc rgb '#dddddd' lw 1
plot data index 2 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 3 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 4 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 5 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
set ytics scale 0.5 autofreq
unset grid
unset multiplot
unset output
