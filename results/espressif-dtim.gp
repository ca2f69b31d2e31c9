# `gnuplot espressif-dtim.gp` draws espressif-dtim.dat anew; gnuplot -e "format='pdf'" espressif-dtim.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'espressif-dtim.' . format
if (format eq 'svg') eval 'set terminal svg size 863,524 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1726,1048 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.992in,5.458in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'espressif-dtim.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'Wi-Fi station in light sleep: current against the DTIM period' at screen 0.01622,0.96183 left font ',15' tc rgb '#000000'
set label 'lines: simulated     ○ published     □ published, fitted to     ✕ published, not met     │ tolerance' at screen 0.01622,0.91985 left font ',11' tc rgb '#444444'
set lmargin at screen 0.09731
set rmargin at screen 0.81557
set tmargin at screen 0.84351
set bmargin at screen 0.11832
set ylabel 'mean current (mA)'
set logscale y
set yrange [0.143957855:3.9906124]
set format y '%g'
set ytics ('0.2' 0.2, '0.5' 0.5, '1' 1, '2' 2)
set xlabel 'DTIM period'
set logscale x
set xrange [0.0977912408:1.07225963]
set format x '%g'
set xtics ('0.1 s' 0.1, '0.2 s' 0.2, '0.5 s' 0.5, '1 s' 1)
set grid ytics lc rgb '#dddddd' lw 1
set arrow from graph 1,0.05357 to graph 1.01935,0.05357 nohead lw 1 lc rgb '#7f7f7f'
set label 'ESP32-C6' at graph 1.02710,0.05357 left tc rgb '#7f7f7f'
set arrow from graph 1,0.23089 to graph 1.01935,0.23089 nohead lw 1 lc rgb '#56b4e9'
set label 'ESP32-C3' at graph 1.02710,0.23089 left tc rgb '#56b4e9'
set arrow from graph 1,0.29999 to graph 1.01935,0.29999 nohead lw 1 lc rgb '#cc79a7'
set label 'ESP32-C2' at graph 1.02710,0.29999 left tc rgb '#cc79a7'
set arrow from graph 1,0.30610 to graph 1.01935,0.34210 nohead lw 1 lc rgb '#000000'
set label 'ESP32-C5, 2.4 GHz' at graph 1.02710,0.34210 left tc rgb '#000000'
set arrow from graph 1,0.34373 to graph 1.01935,0.38420 nohead lw 1 lc rgb '#e69f00'
set label 'ESP32-C5, 5 GHz' at graph 1.02710,0.38420 left tc rgb '#e69f00'
set arrow from graph 1,0.56158 to graph 1.01935,0.56158 nohead lw 1 lc rgb '#009e73'
set label 'ESP32-S3' at graph 1.02710,0.56158 left tc rgb '#009e73'
set arrow from graph 1,0.81938 to graph 1.01935,0.81938 nohead lw 1 lc rgb '#d55e00'
set label 'ESP32' at graph 1.02710,0.81938 left tc rgb '#d55e00'
set arrow from graph 1,0.88351 to graph 1.01935,0.88351 nohead lw 1 lc rgb '#0072b2'
set label 'ESP32-S2' at graph 1.02710,0.88351 left tc rgb '#0072b2'
plot data index 0 using 1:2 with lines lw 2.2 dt 1 lc rgb '#0072b2', \
     data index 1 using 1:2 with lines lw 2.2 dt 1 lc rgb '#d55e00', \
     data index 2 using 1:2 with lines lw 2.2 dt 1 lc rgb '#009e73', \
     data index 3 using 1:2 with lines lw 2.2 dt 1 lc rgb '#cc79a7', \
     data index 4 using 1:2 with lines lw 2.2 dt 1 lc rgb '#e69f00', \
     data index 5 using 1:2 with lines lw 2.2 dt 1 lc rgb '#56b4e9', \
     data index 6 using 1:2 with lines lw 2.2 dt 1 lc rgb '#000000', \
     data index 7 using 1:2 with lines lw 2.2 dt 1 lc rgb '#7f7f7f', \
     data index 8 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#009e73', \
     data index 8 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#009e73', \
     data index 9 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#cc79a7', \
     data index 9 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#cc79a7', \
     data index 10 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#e69f00', \
     data index 10 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#e69f00', \
     data index 11 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#56b4e9', \
     data index 11 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#56b4e9', \
     data index 12 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#000000', \
     data index 12 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#000000', \
     data index 13 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#7f7f7f', \
     data index 13 using 1:2:7 with labels hypertext point pt 6 ps 1.25 lw 2 lc rgb '#7f7f7f', \
     data index 14 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 14 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#d55e00', \
     data index 15 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#009e73', \
     data index 15 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#009e73', \
     data index 16 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#cc79a7', \
     data index 16 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#cc79a7', \
     data index 17 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#e69f00', \
     data index 17 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#e69f00', \
     data index 18 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#56b4e9', \
     data index 18 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#56b4e9', \
     data index 19 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#000000', \
     data index 19 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#000000', \
     data index 20 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#7f7f7f', \
     data index 20 using 1:2:7 with labels hypertext point pt 4 ps 1.25 lw 2 lc rgb '#7f7f7f', \
     data index 21 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#0072b2', \
     data index 21 using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '#0072b2', \
     data index 21 using 1:2:7 with labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#0072b2', \
     data index 22 using 1:2:5:6 with yerrorbars pt -1 lw 1 lc rgb '#d55e00', \
     data index 22 using 1:2:($3-$1):($4-$2) with vectors nohead dt 3 lw 1 lc rgb '#d55e00', \
     data index 22 using 1:2:7 with labels hypertext point pt 2 ps 1.25 lw 2 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
