# `gnuplot cliff.gp` draws cliff.dat anew; gnuplot -e "format='pdf'" cliff.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'cliff.' . format
if (format eq 'svg') eval 'set terminal svg size 836,596 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1671,1192 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.704in,6.208in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'cliff.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'IMAP IDLE on LTE: keepalive interval against the NAT''s timeout' at screen 0.01675,0.96644 left font ',15' tc rgb '#000000'
set label 'lines: middlebox.nat.tcp-established' at screen 0.01675,0.92953 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.78859
set bmargin at screen 0.11745
set ylabel 'reachable (%)'
unset logscale y
set yrange [0:104]
set format y '%g'
set ytics autofreq
set xlabel 'client.interval'
set logscale x
set xrange [0.448090544:133.901509]
set format x '%g'
set xtics ('30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20, '1 h' 60, '2 h' 120)
set arrow from graph 1,0.04358 to graph 1.01829,0.04358 nohead lw 1 lc rgb '#0072b2'
set label '5min' at graph 1.02561,0.04358 left tc rgb '#0072b2'
set arrow from graph 1,0.41174 to graph 1.01829,0.41174 nohead lw 1 lc rgb '#d55e00'
set label '30min' at graph 1.02561,0.41174 left tc rgb '#d55e00'
set arrow from graph 1,0.96153 to graph 1.01829,0.96153 nohead lw 1 lc rgb '#009e73'
set label '2h4min' at graph 1.02561,0.96153 left tc rgb '#009e73'
set arrow from first 5, graph 0 to first 5, graph 1 nohead back lw 1.4 dt 2 lc rgb '#0072b2'
set label 'nat.tcp-established 5min' at first 5, graph 1 offset -0.6,0.70 left font ',11' tc rgb '#0072b2'
set arrow from first 30, graph 0 to first 30, graph 1 nohead back lw 1.4 dt 2 lc rgb '#d55e00'
set label 'nat.tcp-established 30min' at first 30, graph 1 offset -0.6,1.70 left font ',11' tc rgb '#d55e00'
set arrow from first 124, graph 0 to first 124, graph 1 nohead back lw 1.4 dt 2 lc rgb '#009e73'
set label 'nat.tcp-established 2h4min' at first 124, graph 1 offset 0.6,2.70 right font ',11' tc rgb '#009e73'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#009e73', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 3 dt 1 pt 9 ps 0.6 lc rgb '#009e73', \
     data index 2 using 1:2:5 with labels hypertext point pt 9 ps 0.6 lc rgb '#009e73'
unset label
unset arrow
unset multiplot
unset output
