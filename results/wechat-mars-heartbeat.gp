# `gnuplot wechat-mars-heartbeat.gp` draws wechat-mars-heartbeat.dat anew; gnuplot -e "format='pdf'" wechat-mars-heartbeat.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'wechat-mars-heartbeat.' . format
if (format eq 'svg') eval 'set terminal svg size 856,736 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1711,1472 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.912in,7.667in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'wechat-mars-heartbeat.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'WeChat Mars: stable heartbeat against the binding timeout' at screen 0.01636,0.97283 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ calculated' at screen 0.01636,0.94293 left font ',11' tc rgb '#444444'
set label 'Where the search settles' at screen 0.09818,0.90217 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09818
set rmargin at screen 0.82281
set tmargin at screen 0.88859
set bmargin at screen 0.54891
set ylabel 'heartbeat (min)'
unset logscale y
set yrange [0:10.2466667]
set format y '%g'
set ytics autofreq
set xlabel 'binding timeout'
set logscale x
set xrange [2.86497776:31.4138564]
set format x '%g'
set xtics ('5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.94340 to graph 1.01935,0.94340 nohead lw 1 lc rgb '#0072b2'
set label 'stable heartbeat' at graph 1.02710,0.94340 left tc rgb '#0072b2'
set label 'the timeout itself' at first 9.222, first 9.222 right offset -1,0 font ',11' tc rgb '#444444'
plot data index 0 using 1:2 with steps lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 1 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2', \
     [2.86497776:10.2466667] x with lines dt 2 lw 1.5 lc rgb '#777777'
unset label
unset arrow
set label 'How long the search takes' at screen 0.09818,0.43750 left font ',12' tc rgb '#000000'
set lmargin at screen 0.09818
set rmargin at screen 0.82281
set tmargin at screen 0.42391
set bmargin at screen 0.08424
set ylabel 'until the last good beat (h)'
unset logscale y
set yrange [0:5.97133333]
set format y '%g'
set ytics autofreq
set xlabel 'binding timeout'
set logscale x
set xrange [2.86497776:31.4138564]
set format x '%g'
set xtics ('5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.94340 to graph 1.01935,0.94340 nohead lw 1 lc rgb '#0072b2'
set label 'time to converge' at graph 1.02710,0.94340 left tc rgb '#0072b2'
plot data index 2 using 1:2 with steps lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 3 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 3 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2'
unset label
unset arrow
unset multiplot
unset output
