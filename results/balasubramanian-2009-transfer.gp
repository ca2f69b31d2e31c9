# `gnuplot balasubramanian-2009-transfer.gp` draws balasubramanian-2009-transfer.dat anew; gnuplot -e "format='pdf'" balasubramanian-2009-transfer.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'balasubramanian-2009-transfer.' . format
if (format eq 'svg') eval 'set terminal svg size 772,586 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1544,1172 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.042in,6.104in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'balasubramanian-2009-transfer.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Energy of a 50 KB transfer by technology, and against the transfer interval' at screen 0.01813,0.96587 left font ',15' tc rgb '#000000'
set label 'lines, bars: simulated     ○ published     grey: recalled, seen in no source' at screen 0.01813,0.92833 left font ',11' tc rgb '#444444'
set label 'A transfer of 50 KB' at screen 0.10881,0.87713 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10881
set rmargin at screen 0.91192
set tmargin at screen 0.86007
set bmargin at screen 0.68942
set xlabel 'energy (J)'
unset logscale x
set xrange [0:13.25]
set format x '%g'
set xtics autofreq
unset logscale y
unset ylabel
set yrange [0.4:3.6]
set ytics scale 0 ('3G' 3, 'GSM' 2, 'Wi-Fi' 1)
unset grid
set grid xtics lc rgb '#dddddd' lw 1
plot data index 0 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#8fbbdc', \
     data index 1 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 2 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 3 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777'
unset label
unset arrow
set ytics scale 0.5 autofreq
unset grid
set label '50 KB every interval, idle included' at screen 0.10881,0.54949 left font ',12' tc rgb '#000000'
set lmargin at screen 0.10881
set rmargin at screen 0.91192
set tmargin at screen 0.53242
set bmargin at screen 0.10580
set ylabel 'energy of each (J)'
unset logscale y
set yrange [0:14.257]
set format y '%g'
set ytics autofreq
set xlabel 'time between transfers'
set logscale x
set xrange [0.921376169:65.1199825]
set format x '%g'
set xtics ('1 s' 1, '2 s' 2, '5 s' 5, '10 s' 10, '20 s' 20, '30 s' 30, '1 min' 60)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.46433 to graph 1.01935,0.46433 nohead lw 1 lc rgb '#d55e00'
set label 'GSM' at graph 1.02710,0.46433 left tc rgb '#d55e00'
set arrow from graph 1,0.64880 to graph 1.01935,0.64880 nohead lw 1 lc rgb '#009e73'
set label 'Wi-Fi' at graph 1.02710,0.64880 left tc rgb '#009e73'
set arrow from graph 1,0.94340 to graph 1.01935,0.94340 nohead lw 1 lc rgb '#0072b2'
set label '3G' at graph 1.02710,0.94340 left tc rgb '#0072b2'
plot data index 4 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 5 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 6 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73'
unset label
unset arrow
unset multiplot
unset output
