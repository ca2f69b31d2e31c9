# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 988,648 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1975,1296 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.287in,6.750in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'WebRTC through two NATs, with TURN as fall-back' at screen 0.01418,0.96914 left font ',15' tc rgb '#000000'
set label 'lines: middlebox.carrier.mapping' at screen 0.01418,0.93519 left font ',12' tc rgb '#444444'
set lmargin at screen 0.10531
set rmargin at screen 0.76954
set tmargin at screen 0.90432
set bmargin at screen 0.51852
set ylabel 'battery (% a day)'
unset logscale y
set yrange [0:144.904793]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [4.6711905:160.558641]
set format x ''
set xtics ('' 5, '' 10, '' 20, '' 30, '' 60, '' 120)
set arrow from graph 1,0.11898 to graph 1.01829,0.11898 nohead lw 1 lc rgb '#0072b2'
set label 'endpoint-independent' at graph 1.02561,0.11898 left tc rgb '#0072b2'
set arrow from graph 1,0.76354 to graph 1.01829,0.76354 nohead lw 1 lc rgb '#d55e00'
set label 'address-and-port-dependent' at graph 1.02561,0.76354 left tc rgb '#d55e00'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.10531
set rmargin at screen 0.76954
set tmargin at screen 0.49383
set bmargin at screen 0.10802
set ylabel 'reachable (%)'
unset logscale y
set yrange [0:104]
set format y '%g'
set ytics autofreq
set xlabel 'peer.check-interval'
set logscale x
set xrange [4.6711905:160.558641]
set format x '%g'
set xtics ('5 s' 5, '10 s' 10, '20 s' 20, '30 s' 30, '1 min' 60, '2 min' 120)
set arrow from graph 1,0.21036 to graph 1.01829,0.21036 nohead lw 1 lc rgb '#0072b2'
set label 'endpoint-independent' at graph 1.02561,0.21036 left tc rgb '#0072b2'
set arrow from graph 1,0.96009 to graph 1.01829,0.96009 nohead lw 1 lc rgb '#d55e00'
set label 'address-and-port-dependent' at graph 1.02561,0.96009 left tc rgb '#d55e00'
plot data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 2 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 3 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 3 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
