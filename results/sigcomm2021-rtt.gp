# `gnuplot sigcomm2021-rtt.gp` draws sigcomm2021-rtt.dat anew; gnuplot -e "format='pdf'" sigcomm2021-rtt.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'sigcomm2021-rtt.' . format
if (format eq 'svg') eval 'set terminal svg size 802,914 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1605,1828 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.358in,9.521in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'sigcomm2021-rtt.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'RTT against idle time in LTE and 5G' at screen 0.01745,0.97812 left font ',15' tc rgb '#000000'
set label 'lines: simulated     dots: measured' at screen 0.01745,0.95405 left font ',11' tc rgb '#444444'
set label 'T-Mobile 5G NSA, low band (probes of more than 1.8 s are not shown)' at screen 0.10469,0.92123 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10469
set rmargin at screen 0.87737
set tmargin at screen 0.91028
set bmargin at screen 0.72429
set ylabel 'round trip (ms)'
unset logscale y
set yrange [0:2018.24]
set format y '%g'
set ytics autofreq
unset xlabel
unset logscale x
set xrange [-0.398:20.298]
set format x ''
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.28649 to graph 1.01935,0.28649 nohead lw 1 lc rgb '#0072b2'
set label 'simulated' at graph 1.02710,0.28649 left tc rgb '#0072b2'
set arrow from first 10.2, graph 0 to first 10.2, graph 1 nohead dt 2 lc rgb '#777777'
set label 'release, as annotated' at first 10.2, graph 0.94118 left offset 0.5,0 font ',11' tc rgb '#444444'
plot data index 0 using 1:2 with points pt 7 ps 0.3 lc rgb '#d55e00', \
     data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'Verizon 5G NSA, low band' at screen 0.10469,0.70241 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10469
set rmargin at screen 0.87737
set tmargin at screen 0.69147
set bmargin at screen 0.50547
set ylabel 'round trip (ms)'
unset logscale y
set yrange [0:1963.57933]
set format y '%g'
set ytics autofreq
unset xlabel
unset logscale x
set xrange [-0.398:20.298]
set format x ''
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.29258 to graph 1.01935,0.29258 nohead lw 1 lc rgb '#0072b2'
set label 'simulated' at graph 1.02710,0.29258 left tc rgb '#0072b2'
set arrow from first 10.2, graph 0 to first 10.2, graph 1 nohead dt 2 lc rgb '#777777'
set label 'release, as annotated' at first 10.2, graph 0.94118 left offset 0.5,0 font ',11' tc rgb '#444444'
plot data index 2 using 1:2 with points pt 7 ps 0.3 lc rgb '#d55e00', \
     data index 3 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'T-Mobile 4G' at screen 0.10469,0.48359 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10469
set rmargin at screen 0.87737
set tmargin at screen 0.47265
set bmargin at screen 0.28665
set ylabel 'round trip (ms)'
unset logscale y
set yrange [0:1994.21333]
set format y '%g'
set ytics autofreq
unset xlabel
unset logscale x
set xrange [-0.398:20.298]
set format x ''
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.29084 to graph 1.01935,0.29084 nohead lw 1 lc rgb '#0072b2'
set label 'simulated' at graph 1.02710,0.29084 left tc rgb '#0072b2'
set arrow from first 5, graph 0 to first 5, graph 1 nohead dt 2 lc rgb '#777777'
set label 'release, as annotated' at first 5, graph 0.94118 left offset 0.5,0 font ',11' tc rgb '#444444'
plot data index 4 using 1:2 with points pt 7 ps 0.3 lc rgb '#d55e00', \
     data index 5 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
set label 'Verizon 5G NSA, mmWave' at screen 0.10469,0.26477 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10469
set rmargin at screen 0.87737
set tmargin at screen 0.25383
set bmargin at screen 0.06783
set ylabel 'round trip (ms)'
unset logscale y
set yrange [0:1950.96533]
set format y '%g'
set ytics autofreq
set xlabel 'idle time before the packet (s)'
unset logscale x
set xrange [-0.398:20.298]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.29765 to graph 1.01935,0.29765 nohead lw 1 lc rgb '#0072b2'
set label 'simulated' at graph 1.02710,0.29765 left tc rgb '#0072b2'
set arrow from first 11.2, graph 0 to first 11.2, graph 1 nohead dt 2 lc rgb '#777777'
set label 'release, as annotated' at first 11.2, graph 0.94118 left offset 0.5,0 font ',11' tc rgb '#444444'
plot data index 6 using 1:2 with points pt 7 ps 0.3 lc rgb '#d55e00', \
     data index 7 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2'
unset label
unset arrow
unset multiplot
unset output
