# `gnuplot deng-2012-savings.gp` draws deng-2012-savings.dat anew; gnuplot -e "format='pdf'" deng-2012-savings.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'deng-2012-savings.' . format
if (format eq 'svg') eval 'set terminal svg size 818,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1635,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.517in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'deng-2012-savings.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Energy saved by cutting tails: the bound of an oracle, by carrier' at screen 0.01712,0.96183 left font ',15' tc rgb '#000000'
set label 'lines: simulated     △ published, at least' at screen 0.01712,0.91985 left font ',11' tc rgb '#444444'
set label 'An oracle ends each tail at once: an upper bound, no prediction' at screen 0.10274,0.86260 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10274
set rmargin at screen 0.86106
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'energy saved (%)'
unset logscale y
set yrange [0:100.7353]
set format y '%g'
set ytics autofreq
set xlabel 'interval of exchanges'
set logscale x
set xrange [0.0767813474:5.42666521]
set format x '%g'
set xtics ('5 s' 0.0833333333, '10 s' 0.166666667, '20 s' 0.333333333, '30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.74008 to graph 1.01935,0.74008 nohead lw 1 lc rgb '#d55e00'
set label 'AT&T HSPA+' at graph 1.02710,0.74008 left tc rgb '#d55e00'
set arrow from graph 1,0.76960 to graph 1.01935,0.78219 nohead lw 1 lc rgb '#0072b2'
set label 'T-Mobile 3G' at graph 1.02710,0.78219 left tc rgb '#0072b2'
set arrow from graph 1,0.80953 to graph 1.01935,0.82429 nohead lw 1 lc rgb '#009e73'
set label 'Verizon 3G' at graph 1.02710,0.82429 left tc rgb '#009e73'
set arrow from graph 1,0.94340 to graph 1.01935,0.94340 nohead lw 1 lc rgb '#cc79a7'
set label 'Verizon LTE' at graph 1.02710,0.94340 left tc rgb '#cc79a7'
set arrow from graph 0, first 51 to graph 1, first 51 nohead dt 2 lc rgb '#777777'
set label 'published for its traces, 3G carriers: from 51 %' at graph 0.99, first 51 right offset 0,-0.6 font ',11' tc rgb '#444444'
set arrow from graph 0, first 66 to graph 1, first 66 nohead dt 2 lc rgb '#777777'
set label '3G carriers: to 66 %' at graph 0.99, first 66 right offset 0,-0.6 font ',11' tc rgb '#444444'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 3 using 1:2 with lines lw 2.2 dt 1 lc rgb '#cc79a7', \
     data index 4 using 1:2:7 with labels hypertext point pt 8 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 5 using 1:2:7 with labels hypertext point pt 8 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 6 using 1:2:7 with labels hypertext point pt 8 ps 1.25 lw 2 lc rgb '#009e73', \
     data index 7 using 1:2:7 with labels hypertext point pt 8 ps 1.25 lw 2 lc rgb '#cc79a7'
unset label
unset arrow
unset multiplot
unset output
