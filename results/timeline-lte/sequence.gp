# `gnuplot sequence.gp` draws sequence.dat anew; gnuplot -e "format='pdf'" sequence.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'sequence.' . format
if (format eq 'svg') eval 'set terminal svg size 880,1318 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1760,2636 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 9.167in,13.730in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'sequence.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Power of one device, with a NAT that restarts' at screen 0.01591,0.98483 left font ',15' tc rgb '#000000'
set label 'keepalive' at screen 0.01591,0.96662 left font ',12' tc rgb '#0072b2'
set label 'background' at screen 0.11091,0.96662 left font ',12' tc rgb '#7f7f7f'
set label '× dropped or lost' at screen 0.21455,0.96662 left font ',12' tc rgb '#b00020'
set lmargin at screen 0.00000
set rmargin at screen 1.00000
set tmargin at screen 0.95903
set bmargin at screen 0.00910
set arrow from first 0, first 0.3 to first 0, first 64.7 nohead back lw 1.4 lc rgb '#b8c0c8'
set label 'client' at first 0, first -0.35 center font ',14' tc rgb '#000000'
set arrow from first 1, first 0.3 to first 1, first 64.7 nohead back lw 1.4 lc rgb '#b8c0c8'
set label 'home' at first 1, first -0.35 center font ',14' tc rgb '#000000'
set arrow from first 2, first 0.3 to first 2, first 64.7 nohead back lw 1.4 lc rgb '#b8c0c8'
set label 'server' at first 2, first -0.35 center font ',14' tc rgb '#000000'
unset border
unset tics
unset grid
set xrange [-1.53488:2.55814]
set yrange [65:-0.9]
plot data index 0 using 1:2:3:4:5 with vectors head filled size screen 0.008,18 lw 1.6 lc rgb variable, \
     data index 1 using 1:2:3:4:5 with vectors nohead lw 1.6 lc rgb variable, \
     data index 2 using 1:($2-0.28):3:4 with labels font ',10.5' tc rgb variable, \
     data index 3 using 1:($2-0.28):3:4 with labels right font ',10.5' tc rgb variable, \
     data index 4 using 1:($2-0.28):3:4 with labels left font ',10.5' tc rgb variable, \
     data index 5 using 1:2:3 with labels hypertext point pt 2 ps 0.9 lw 2.4 lc rgb '#b00020'
unset multiplot
unset output
