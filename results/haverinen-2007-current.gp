# `gnuplot haverinen-2007-current.gp` draws haverinen-2007-current.dat anew; gnuplot -e "format='pdf'" haverinen-2007-current.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'haverinen-2007-current.' . format
if (format eq 'svg') eval 'set terminal svg size 1015,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 2030,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.575in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'haverinen-2007-current.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Current against keepalive interval in 2G and 3G' at screen 0.01379,0.96183 left font ',15' tc rgb '#000000'
set label 'lines, +: simulated     ○ published     ✕ published, not met     │ tolerance' at screen 0.01379,0.91985 left font ',11' tc rgb '#444444'
set lmargin at screen 0.08274
set rmargin at screen 0.69346
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'average current (mA)'
unset logscale y
set yrange [0:36.2572993]
set format y '%g'
set ytics autofreq
set xlabel 'keepalive interval'
set logscale x
set xrange [0.309473216:14.7203548]
set format x '%g'
set xtics ('20 s' 0.333333333, '30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10)
set grid ytics lc rgb '#dddddd' lw 1
set xtics add ('never' 13.6666667)
set arrow from graph 1,0.17553 to graph 1.01935,0.17553 nohead lw 1 lc rgb '#009e73'
set label '2G, current at rest and charge fitted' at graph 1.02710,0.17553 left tc rgb '#009e73'
set arrow from graph 1,0.18966 to graph 1.01935,0.21764 nohead lw 1 lc rgb '#d55e00'
set label '3G, Qian 2010 carrier 2, not fitted' at graph 1.02710,0.21764 left tc rgb '#d55e00'
set arrow from graph 1,0.37751 to graph 1.01935,0.37751 nohead lw 1 lc rgb '#0072b2'
set label '3G, current at rest and charge fitted' at graph 1.02710,0.37751 left tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2 with points pt 1 ps 1.2 lw 2.2 lc rgb '#0072b2', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 3 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 4 using 1:2 with points pt 1 ps 1.2 lw 2.2 lc rgb '#009e73', \
     data index 5 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 5 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 6 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 6 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 7 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#009e73', \
     data index 7 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#009e73', \
     data index 8 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 8 using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '#0072b2', \
     data index 8 using 1:2:7 with labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 9 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 9 using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '#d55e00', \
     data index 9 using 1:2:7 with labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
