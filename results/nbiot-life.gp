# `gnuplot nbiot-life.gp` draws nbiot-life.dat anew; gnuplot -e "format='pdf'" nbiot-life.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'nbiot-life.' . format
if (format eq 'svg') eval 'set terminal svg size 863,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1726,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.992in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'nbiot-life.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'NB-IoT battery life against report interval' at screen 0.01622,0.96183 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ published     □ published, fitted to     │ tolerance     grey: recalled, seen in no source' at screen 0.01622,0.91985 left font ',11' tc rgb '#444444'
set lmargin at screen 0.09731
set rmargin at screen 0.81557
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'battery life (years)'
set logscale y
set yrange [0.293927858:48.5811488]
set format y '%g'
set ytics ('0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20)
set xlabel 'report interval'
set logscale x
set xrange [0.456377873:52.5880009]
set format x '%g'
set xtics ('30 min' 0.5, '1 h' 1, '2 h' 2, '4 h' 4, '12 h' 12, '1 d' 24, '2 d' 48)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.81491 to graph 1.01935,0.78947 nohead lw 1 lc rgb '#56b4e9'
set label '164 dB, 200 bytes' at graph 1.02710,0.78947 left tc rgb '#56b4e9'
set arrow from graph 1,0.86099 to graph 1.01935,0.83158 nohead lw 1 lc rgb '#e69f00'
set label '164 dB, 50 bytes' at graph 1.02710,0.83158 left tc rgb '#e69f00'
set arrow from graph 1,0.91201 to graph 1.01935,0.87368 nohead lw 1 lc rgb '#cc79a7'
set label '154 dB, 200 bytes' at graph 1.02710,0.87368 left tc rgb '#cc79a7'
set arrow from graph 1,0.93296 to graph 1.01935,0.91579 nohead lw 1 lc rgb '#009e73'
set label '154 dB, 50 bytes' at graph 1.02710,0.91579 left tc rgb '#009e73'
set arrow from graph 1,0.94335 to graph 1.01935,0.95789 nohead lw 1 lc rgb '#d55e00'
set label '144 dB, 200 bytes' at graph 1.02710,0.95789 left tc rgb '#d55e00'
set arrow from graph 1,0.94643 to graph 1.01935,1.00000 nohead lw 1 lc rgb '#0072b2'
set label '144 dB, 50 bytes' at graph 1.02710,1.00000 left tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 3 using 1:2 with lines lw 2.2 dt 1 lc rgb '#cc79a7', \
     data index 4 using 1:2 with lines lw 2.2 dt 1 lc rgb '#e69f00', \
     data index 5 using 1:2 with lines lw 2.2 dt 1 lc rgb '#56b4e9', \
     data index 6 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 6 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 7 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 7 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 8 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 8 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 9 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 9 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 10 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 10 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 11 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 11 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#777777', \
     data index 12 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 12 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777', \
     data index 13 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 13 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777', \
     data index 14 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 14 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777', \
     data index 15 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 15 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777', \
     data index 16 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 16 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777', \
     data index 17 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#777777', \
     data index 17 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#777777'
unset label
unset arrow
unset multiplot
unset output
