# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 820,532 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1641,1064 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.546in,5.542in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'UDP to a pod that is replaced' at screen 0.01706,0.96241 left font ',15' tc rgb '#000000'
set label 'lines: middlebox.node.udp' at screen 0.01706,0.92105 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12677
set rmargin at screen 0.92638
set tmargin at screen 0.88346
set bmargin at screen 0.13158
set ylabel 'requests failed/requests made'
unset logscale y
set yrange [0:0.898305085]
set format y '%g'
set ytics autofreq
set xlabel 'client.report (an hour)'
set logscale x
set xrange [11.056514:781.43979]
set format x '%g'
set xtics ('20' 20, '50' 50, '100' 100, '200' 200, '500' 500)
set arrow from graph 1,0.92896 to graph 1.01829,0.92896 nohead lw 1 lc rgb '#0072b2'
set label '30s' at graph 1.02561,0.92896 left tc rgb '#0072b2'
set arrow from graph 1,0.92896 to graph 1.01829,0.96896 nohead lw 1 lc rgb '#d55e00'
set label '2min' at graph 1.02561,0.96896 left tc rgb '#d55e00'
plot data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
