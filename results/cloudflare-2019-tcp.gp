# `gnuplot cloudflare-2019-tcp.gp` draws cloudflare-2019-tcp.dat anew; gnuplot -e "format='pdf'" cloudflare-2019-tcp.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'cloudflare-2019-tcp.' . format
if (format eq 'svg') eval 'set terminal svg size 974,394 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1948,788 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 10.146in,4.104in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'cloudflare-2019-tcp.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'TCP towards a host that is gone: retransmissions, probes and the end' at screen 0.01437,0.94924 left font ',15' tc rgb '#000000'
set label 'ticks: simulated     ○ published     ✕ published, not met' at screen 0.01437,0.89340 left font ',11' tc rgb '#444444'
set label 'When each packet leaves, and when the connection is given up' at screen 0.34292,0.81726 left font ',12' tc rgb '#000000'
set lmargin at screen 0.34292
set rmargin at screen 0.97947
set tmargin at screen 0.79188
set bmargin at screen 0.15736
set xlabel 'time since the first SYN'
set logscale x
set xrange [0.00588282561:18.2770258]
set format x '%g'
set xtics ('0.5 s' 0.00833333333, '1 s' 0.0166666667, '2 s' 0.0333333333, '5 s' 0.0833333333, '10 s' 0.166666667, '20 s' 0.333333333, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10)
unset logscale y
unset ylabel
set yrange [0.4:8.6]
set ytics scale 0 ('SYN' 8, 'SYN-ACK' 7, '11 bytes written' 6, 'keepalive alone' 5, 'keepalive, user timeout 5 s' 4, 'keepalive, user timeout 12.5 s' 3, 'keepalive, user timeout 30 s, as printed' 2, 'the same trace, user timeout 60 s' 1)
unset grid
set grid xtics lc rgb '#dddddd' lw 1
plot data index 0 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 1 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 2 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 3 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 4 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 5 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 6 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 7 using 1:($2-0.32):(0):(0.64) with vectors nohead lw 2.2 lc rgb '#0072b2', \
     data index 8 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 9 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 10 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 11 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 12 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 13 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 14 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 15 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 16 using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '#d55e00', \
     data index 16 using 1:2:7 with labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
set ytics scale 0.5 autofreq
unset grid
unset multiplot
unset output
