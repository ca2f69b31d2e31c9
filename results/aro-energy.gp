# `gnuplot aro-energy.gp` draws aro-energy.dat anew; gnuplot -e "format='pdf'" aro-energy.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'aro-energy.' . format
if (format eq 'svg') eval 'set terminal svg size 862,646 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1725,1292 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.983in,6.729in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'aro-energy.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Radio energy per packet and per keepalive, AT&T ARO profiles' at screen 0.01623,0.96904 left font ',15' tc rgb '#000000'
set label 'lines, bars: simulated     ○ calculated' at screen 0.01623,0.93498 left font ',11' tc rgb '#444444'
set label 'One packet from idle' at screen 0.14935,0.88854 left font ',12' tc rgb '#000000'
set lmargin at screen 0.14935
set rmargin at screen 0.86827
set tmargin at screen 0.87307
set bmargin at screen 0.62539
set xlabel 'energy (J)'
unset logscale x
set xrange [0:12.0490641]
set format x '%g'
set xtics autofreq
unset logscale y
unset ylabel
set yrange [0.4:5.6]
set ytics scale 0 ('3G, default' 5, '3G, Captivate' 4, '3G, Inspire' 3, '3G, Thrill' 2, 'LTE' 1)
unset grid
set grid xtics lc rgb '#dddddd' lw 1
set label '■' at screen 0.36039,0.88854 left font ',13' tc rgb '#8fbbdc'
set label 'promotion' at screen 0.37778,0.88854 left font ',11' tc rgb '#444444'
set label '■' at screen 0.48145,0.88854 left font ',13' tc rgb '#f0b58f'
set label 'DCH or long DRX' at screen 0.49884,0.88854 left font ',11' tc rgb '#444444'
set label '■' at screen 0.65538,0.88854 left font ',13' tc rgb '#8fcdb8'
set label 'FACH or active' at screen 0.67277,0.88854 left font ',11' tc rgb '#444444'
set label '■' at screen 0.82050,0.88854 left font ',13' tc rgb '#e3c3d5'
set label 'short DRX' at screen 0.83789,0.88854 left font ',11' tc rgb '#444444'
plot data index 0 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#8fbbdc', \
     data index 1 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#f0b58f', \
     data index 2 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#8fcdb8', \
     data index 3 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#e3c3d5', \
     data index 4 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 5 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 6 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 7 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 8 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
set ytics scale 0.5 autofreq
unset grid
set label 'A keepalive every interval' at screen 0.14935,0.49845 left font ',12' tc rgb '#000000'
set lmargin at screen 0.14935
set rmargin at screen 0.86827
set tmargin at screen 0.48297
set bmargin at screen 0.09598
set ylabel 'mean radio power (mW)'
set logscale y
set yrange [12.153744:1693.5796]
set format y '%g'
set ytics ('20' 20, '50' 50, '100' 100, '200' 200, '500' 500, '1000' 1000)
set xlabel 'keepalive interval'
set logscale x
set xrange [0.0146651235:11.3648321]
set format x '%g'
set xtics ('1 s' 0.0166666667, '2 s' 0.0333333333, '5 s' 0.0833333333, '10 s' 0.166666667, '20 s' 0.333333333, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.05357 to graph 1.01935,0.05357 nohead lw 1 lc rgb '#0072b2'
set label '3G, default' at graph 1.02710,0.05357 left tc rgb '#0072b2'
set arrow from graph 1,0.23393 to graph 1.01935,0.23393 nohead lw 1 lc rgb '#d55e00'
set label 'LTE' at graph 1.02710,0.23393 left tc rgb '#d55e00'
plot data index 9 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 10 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 11 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 11 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2'
unset label
unset arrow
unset multiplot
unset output
