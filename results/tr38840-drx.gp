# `gnuplot tr38840-drx.gp` draws tr38840-drx.dat anew; gnuplot -e "format='pdf'" tr38840-drx.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'tr38840-drx.' . format
if (format eq 'svg') eval 'set terminal svg size 886,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1772,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.229in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'tr38840-drx.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Power of the 5G reference device against its DRX cycle: calculated, not published' at screen 0.01580,0.96183 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ calculated' at screen 0.01580,0.91985 left font ',11' tc rgb '#444444'
set lmargin at screen 0.09481
set rmargin at screen 0.79458
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'mean power, deep sleep = 1'
set logscale y
set yrange [1.07160108:60.8370917]
set format y '%g'
set ytics ('2' 2, '5' 5, '10' 10, '20' 20, '50' 50)
set xlabel 'DRX cycle'
set logscale x
set xrange [0.0274472527:2.79809425]
set format x '%g'
set xtics ('0.1 s' 0.1, '0.2 s' 0.2, '0.5 s' 0.5, '1 s' 1, '2 s' 2)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.05357 to graph 1.01935,0.05357 nohead lw 1 lc rgb '#009e73'
set label 'on 4 ms (VoIP)' at graph 1.02710,0.05357 left tc rgb '#009e73'
set arrow from graph 1,0.08080 to graph 1.01935,0.09568 nohead lw 1 lc rgb '#d55e00'
set label 'on 8 ms (FTP)' at graph 1.02710,0.09568 left tc rgb '#d55e00'
set arrow from graph 1,0.09337 to graph 1.01935,0.13778 nohead lw 1 lc rgb '#0072b2'
set label 'on 10 ms (messaging)' at graph 1.02710,0.13778 left tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 3 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 3 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 4 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 4 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 5 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#009e73', \
     data index 5 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#009e73'
unset label
unset arrow
unset multiplot
unset output
