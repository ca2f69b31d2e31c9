# `gnuplot udp-keepalives.gp` draws udp-keepalives.dat anew; gnuplot -e "format='pdf'" udp-keepalives.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'udp-keepalives.' . format
if (format eq 'svg') eval 'set terminal svg size 817,676 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1634,1352 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.508in,7.042in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'udp-keepalives.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Standard UDP keepalives: packets per week, and reachability against the NAT''s UDP timeout' at screen 0.01714,0.97041 left font ',15' tc rgb '#000000'
set label 'lines, bars: simulated     ○ calculated' at screen 0.01714,0.93787 left font ',11' tc rgb '#444444'
set label 'Keepalives' at screen 0.12047,0.89349 left font ',12' tc rgb '#000000'
set lmargin at screen 0.12047
set rmargin at screen 0.87953
set tmargin at screen 0.87870
set bmargin at screen 0.59763
set xlabel 'keepalives (a week)'
unset logscale x
set xrange [0:32054.4]
set format x '%g'
set xtics autofreq
unset logscale y
unset ylabel
set yrange [0.4:6.6]
set ytics scale 0 ('Teredo' 6, 'RFC 5626' 5, 'Tailscale' 4, 'WireGuard' 3, 'RFC 9000' 2, 'RFC 3948' 1)
unset grid
set grid xtics lc rgb '#dddddd' lw 1
plot data index 0 using 2:1:2:3:($1-0.34):($1+0.34) with boxxyerror fs solid noborder lc rgb '#8fbbdc', \
     data index 1 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 2 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 3 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 4 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 5 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 6 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
set ytics scale 0.5 autofreq
unset grid
set label 'Reachability' at screen 0.12047,0.47633 left font ',12' tc rgb '#000000'
set lmargin at screen 0.12047
set rmargin at screen 0.87953
set tmargin at screen 0.46154
set bmargin at screen 0.09172
set ylabel 'reachable (%)'
unset logscale y
set yrange [0:106]
set format y '%g'
set ytics autofreq
set xlabel 'UDP timeout of the NAT (s)'
unset logscale x
set xrange [9.4:40.6]
set format x '%g'
set xtics autofreq
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.94340 to graph 1.01935,0.68000 nohead lw 1 lc rgb '#0072b2'
set label 'Teredo' at graph 1.02710,0.68000 left tc rgb '#0072b2'
set arrow from graph 1,0.94340 to graph 1.01935,0.74400 nohead lw 1 lc rgb '#d55e00'
set label 'RFC 5626' at graph 1.02710,0.74400 left tc rgb '#d55e00'
set arrow from graph 1,0.94340 to graph 1.01935,0.80800 nohead lw 1 lc rgb '#009e73'
set label 'Tailscale' at graph 1.02710,0.80800 left tc rgb '#009e73'
set arrow from graph 1,0.94340 to graph 1.01935,0.87200 nohead lw 1 lc rgb '#cc79a7'
set label 'WireGuard' at graph 1.02710,0.87200 left tc rgb '#cc79a7'
set arrow from graph 1,0.94340 to graph 1.01935,0.93600 nohead lw 1 lc rgb '#e69f00'
set label 'RFC 9000' at graph 1.02710,0.93600 left tc rgb '#e69f00'
set arrow from graph 1,0.94340 to graph 1.01935,1.00000 nohead lw 1 lc rgb '#56b4e9'
set label 'RFC 3948' at graph 1.02710,1.00000 left tc rgb '#56b4e9'
plot data index 7 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 8 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 9 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 10 using 1:2 with lines lw 2.2 dt 1 lc rgb '#cc79a7', \
     data index 11 using 1:2 with lines lw 2.2 dt 1 lc rgb '#e69f00', \
     data index 12 using 1:2 with lines lw 2.2 dt 1 lc rgb '#56b4e9', \
     data index 13 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 13 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 14 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 14 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 15 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#009e73', \
     data index 15 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#009e73', \
     data index 16 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#cc79a7', \
     data index 16 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#cc79a7', \
     data index 17 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#e69f00', \
     data index 17 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#e69f00', \
     data index 18 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#56b4e9', \
     data index 18 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#56b4e9'
unset label
unset arrow
unset multiplot
unset output
