# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 780,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1560,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.125in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A carrier NAT for a million: addresses against the UDP timeout' at screen 0.01795,0.96914 left font ',15' tc rgb '#000000'
set lmargin at screen 0.13333
set rmargin at screen 0.97436
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'blocks peak'
unset logscale y
set yrange [0:5342.4]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.460688084:32.5599913]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 30)
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 0 using 1:2 with linespoints lw 2.2 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2'
unset label
unset arrow
set lmargin at screen 0.13333
set rmargin at screen 0.97436
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'sessions refused (thousand)'
unset logscale y
set yrange [0:276.867832]
set format y '%g'
set ytics autofreq
set xlabel 'middlebox.cgn.udp'
set logscale x
set xrange [0.460688084:32.5599913]
set format x '%g'
set xtics ('30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30)
plot data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 2.2 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2'
unset label
unset arrow
unset multiplot
unset output
