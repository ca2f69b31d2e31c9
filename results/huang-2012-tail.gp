# `gnuplot huang-2012-tail.gp` draws huang-2012-tail.dat anew; gnuplot -e "format='pdf'" huang-2012-tail.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'huang-2012-tail.' . format
if (format eq 'svg') eval 'set terminal svg size 886,736 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1772,1472 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.229in,7.667in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'huang-2012-tail.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'LTE tail: power after a packet, and energy against the tail timer' at screen 0.01580,0.97283 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ published     grey: recalled, seen in no source' at screen 0.01580,0.94293 left font ',11' tc rgb '#444444'
set label 'Power around one packet: promotion, tail with DRX every 40 ms, paging every 1.28 s' at screen 0.09481,0.90217 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09481
set rmargin at screen 0.79458
set tmargin at screen 0.88859
set bmargin at screen 0.54891
set ylabel 'power (mW)'
unset logscale y
set yrange [0:1365.3224]
set format y '%g'
set ytics autofreq
set xlabel 'time since the packet (s)'
unset logscale x
set xrange [-1.279898:14.317398]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.00000 to graph 1.01935,0.00000 nohead lw 1 lc rgb '#0072b2'
set label 'LTE' at graph 1.02710,0.00000 left tc rgb '#0072b2'
plot data index 0 using 1:2 with steps lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'Energy against the tail timer' at screen 0.09481,0.43750 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09481
set rmargin at screen 0.79458
set tmargin at screen 0.42391
set bmargin at screen 0.08424
set ylabel 'energy (J)'
unset logscale y
set yrange [0:38.6885186]
set format y '%g'
set ytics autofreq
set xlabel 'long DRX before release (s)'
unset logscale x
set xrange [-0.498:30.598]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.85200 to graph 1.01935,0.85200 nohead lw 1 lc rgb '#0072b2'
set label 'lone packet' at graph 1.02710,0.85200 left tc rgb '#0072b2'
set arrow from graph 1,0.86792 to graph 1.01935,0.91600 nohead lw 1 lc rgb '#d55e00'
set label 'a keepalive a minute' at graph 1.02710,0.91600 left tc rgb '#d55e00'
set arrow from first 11.456, graph 0 to first 11.456, graph 1 nohead dt 2 lc rgb '#777777'
set label 'the measured network' at first 11.456, graph 0.96000 left offset 0.5,0 font ',11' tc rgb '#444444'
plot data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 3 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 3 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777'
unset label
unset arrow
unset multiplot
unset output
