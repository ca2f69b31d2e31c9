# `gnuplot timeline.gp` draws timeline.dat anew; gnuplot -e "format='pdf'" timeline.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'timeline.' . format
if (format eq 'svg') eval 'set terminal svg size 900,818 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1800,1636 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.375in,8.521in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'timeline.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Power of one device, with a NAT that restarts' at screen 0.01556,0.97555 left font ',15' tc rgb '#000000'
set lmargin at screen 0.11556
set rmargin at screen 0.97333
set tmargin at screen 0.85575
set bmargin at screen 0.45232
top = 1416.84
set yrange [-0.17*top:top]
set ylabel 'radio power (mW)'
set ytics 0, 500
set xrange [0:360]
set xlabel 'time (s)'
unset grid
set key at screen 0.5, screen 0.96088 top center horizontal reverse Left samplen 1.2 width 1 maxrows 2 font ',11'
set arrow from first 150.000089, graph 0 to first 150.000089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#000000'
set label 'flow lost (reboot)' at screen 0.47296,0.86553 left font ',11' tc rgb '#000000'
set arrow from first 240.584089, graph 0 to first 240.584089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#cc79a7'
set label 'noticed dead' at screen 0.68880,0.86553 left font ',11' tc rgb '#cc79a7'
set arrow from first 241.584089, graph 0 to first 241.584089, graph 1 nohead front lw 1.6 dt 2 lc rgb '#009e73'
set label 'reconnects' at screen 0.69118,0.88264 left font ',11' tc rgb '#009e73'
set object 1 polygon from first 60.5840893, graph 0 to first 72.5004068, graph 0 to screen 0.97333,0.36186 to screen 0.11556,0.36186 to first 60.5840893, graph 0 behind fc rgb '#eeeeee' fs solid noborder
set object 2 rectangle from first 60.5840893, graph 0 to first 72.5004068, graph 1 front fs empty border rgb '#777777'
plot data index 0 using 1:(0):1:2:(0):(top):4 with boxxyerror fs solid noborder lc rgb variable notitle, \
     data index 1 using 1:2 with lines lw 1.6 lc rgb '#20304a' notitle, \
     data index 2 using 1:(-0.02*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#0072b2' notitle, \
     data index 3 using 1:(-0.075*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#d55e00' notitle, \
     data index 4 using 1:(-0.145*top) with points pt 2 ps 0.8 lw 1.5 lc rgb '#000000' notitle, \
     data index 0 using (($1+$2)/2):3:5 with labels hypertext point pt 7 ps 0.15 lc rgb '#20304a' notitle, \
     keyentry with boxes fs solid noborder lc rgb '#e8eef4' title 'promotion', \
     keyentry with boxes fs solid noborder lc rgb '#fde0c5' title 'active', \
     keyentry with boxes fs solid noborder lc rgb '#cfe8d5' title 'short-drx', \
     keyentry with boxes fs solid noborder lc rgb '#f6d4e4' title 'long-drx', \
     keyentry with boxes fs solid noborder lc rgb '#dcd6f0' title 'idle', \
     keyentry with lines lw 2  lc rgb '#0072b2' title 'packet up', \
     keyentry with lines lw 2  lc rgb '#d55e00' title 'packet down', \
     keyentry with points lw 2 pt 2 ps 0.8 lc rgb '#000000' title 'lost'
unset label
unset arrow
unset object
unset key
set label 'One keepalive, at 60.584 s: 12.7 J in 11.9 s' at screen 0.11556,0.33985 left font ',12' tc rgb '#000000'
set lmargin at screen 0.11556
set rmargin at screen 0.97333
set tmargin at screen 0.26161
set bmargin at screen 0.08557
set arrow from screen 0.55873,0.26161 to screen 0.55873,0.27873 nohead lw 0.8 lc rgb '#777777'
set label 'long-drx 11.5 s' at screen 0.55873,0.27262 left offset 0.4,0 font ',11' tc rgb '#444444'
set arrow from screen 0.20266,0.26161 to screen 0.20266,0.27873 nohead lw 0.8 lc rgb '#777777'
set label 'short-drx 20 ms' at screen 0.20266,0.27262 left offset 0.4,0 font ',11' tc rgb '#444444'
set arrow from screen 0.19644,0.26161 to screen 0.19644,0.29584 nohead lw 0.8 lc rgb '#777777'
set label 'active 180 ms' at screen 0.19644,0.28973 left offset 0.4,0 font ',11' tc rgb '#444444'
set arrow from screen 0.18278,0.26161 to screen 0.18278,0.31296 nohead lw 0.8 lc rgb '#777777'
set label 'promotion 260 ms' at screen 0.18278,0.30685 left offset 0.4,0 font ',11' tc rgb '#444444'
set xrange [-0.953305395:12.8696228]
set xlabel 'since the radio woke for it (s)'
plot data index 5 using 1:(0):1:2:(0):(top):4 with boxxyerror fs solid noborder lc rgb variable notitle, \
     data index 6 using 1:2 with lines lw 1.6 lc rgb '#20304a' notitle, \
     data index 7 using 1:(-0.02*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#0072b2' notitle, \
     data index 8 using 1:(-0.075*top):(0):(-0.05*top) with vectors nohead lw 1.4 lc rgb '#d55e00' notitle, \
     data index 5 using (($1+$2)/2):3:5 with labels hypertext point pt 7 ps 0.15 lc rgb '#20304a' notitle
unset multiplot
unset output
