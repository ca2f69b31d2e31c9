# `gnuplot timeline.gp` draws timeline.dat anew; gnuplot -e "format='pdf'" timeline.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'timeline.' . format
if (format eq 'svg') eval 'set terminal svg size 900,518 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1800,1036 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.375in,5.396in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'timeline.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Power of one device, with a NAT that restarts' at screen 0.01556,0.96139 left font ',15' tc rgb '#000000'
set lmargin at screen 0.11556
set rmargin at screen 0.97333
set tmargin at screen 0.77220
set bmargin at screen 0.13514
top = 1416.84
set xrange [0:360]
set yrange [-0.17*top:top]
set ylabel 'radio power (mW)'
set xlabel 'time (s)'
set ytics 0, 500
unset grid
set key at screen 0.5, screen 0.93822 top center horizontal reverse Left samplen 1.2 width 1 maxrows 2 font ',11'
set arrow from first 150.000089, graph 0 to first 150.000089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#000000'
set label 'flow lost (reboot)' at screen 0.47296,0.78764 left font ',11' tc rgb '#000000'
set arrow from first 240.584089, graph 0 to first 240.584089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#cc79a7'
set label 'noticed dead' at screen 0.68880,0.78764 left font ',11' tc rgb '#cc79a7'
set arrow from first 241.584089, graph 0 to first 241.584089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#009e73'
set label 'reconnects' at screen 0.69118,0.81467 left font ',11' tc rgb '#009e73'
plot data index 0 using 1:(0):1:2:(0):(top):4 with boxxyerror fs solid noborder lc rgb variable notitle, \
     data index 1 using 1:2 with lines lw 1.6 lc rgb '#20304a' notitle, \
     data index 2 using 1:(-0.02*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#0072b2' notitle, \
     data index 3 using 1:(-0.075*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#d55e00' notitle, \
     data index 4 using 1:(-0.145*top) with points pt 2 ps 0.8 lw 1.5 lc rgb '#000000' notitle, \
     keyentry with boxes fs solid noborder lc rgb '#e8eef4' title 'promotion', \
     keyentry with boxes fs solid noborder lc rgb '#fde0c5' title 'active', \
     keyentry with boxes fs solid noborder lc rgb '#cfe8d5' title 'short-drx', \
     keyentry with boxes fs solid noborder lc rgb '#f6d4e4' title 'long-drx', \
     keyentry with boxes fs solid noborder lc rgb '#dcd6f0' title 'idle', \
     keyentry with lines lw 2  lc rgb '#0072b2' title 'packet up', \
     keyentry with lines lw 2  lc rgb '#d55e00' title 'packet down', \
     keyentry with points lw 2 pt 2 ps 0.8 lc rgb '#000000' title 'lost'
unset multiplot
unset output
