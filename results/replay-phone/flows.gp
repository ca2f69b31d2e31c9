# `gnuplot flows.gp` draws flows.dat anew; gnuplot -e "format='pdf'" flows.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'flows.' . format
if (format eq 'svg') eval 'set terminal svg size 900,246 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1800,492 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.375in,2.562in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'flows.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'scenarios/captures/phone-6h.pcap.gz' at screen 0.01556,0.91870 left font ',15' tc rgb '#000000'
set lmargin at screen 0.26667
set rmargin at screen 0.64444
set tmargin at screen 0.69919
set bmargin at screen 0.28455
set ytics ('udp 192.0.2.1:51820' 0, 'tcp 192.0.2.1:8883' 1, 'tcp 192.0.2.1:993' 2) scale 0
set label '89.7 %, alive by 25 s' at first 10721.0215, first 0 left offset 0.6,0 font ',11' tc rgb '#444444'
set label '8.74 %, alive by 4 min' at first 1045.38878, first 1 left offset 0.6,0 font ',11' tc rgb '#444444'
set label '1.6 %, alive by 29 min, cut at 25.17 min by carrier, used after' at first 191.51819, first 2 left offset 0.6,0 font ',11' tc rgb '#d55e00'
set yrange [2.5:-0.5]
set xrange [0:*]
set xlabel 'energy (J)'
unset grid
set grid xtics
set key at screen 0.5, screen 0.86179 top center horizontal reverse Left samplen 1.2 maxrows 1 font ',11'
plot data index 0 using (0):1:(0):3:($1-0.36):($1+0.36) with boxxyerror fs solid noborder lc rgb '#9fb6c8' title 'all else', \
     data index 0 using (0):1:(0):2:($1-0.36):($1+0.36) with boxxyerror fs solid noborder lc rgb '#0072b2' title 'keepalives'
unset multiplot
unset output
