# `gnuplot curve.gp` draws curve.dat anew; gnuplot -e "format='pdf'" curve.gp as svg, pdf or png
set encoding utf8
if (!exists('format')) format = 'svg'
if (!exists('out')) out = 'curve.' . format
if (format eq 'svg') eval 'set terminal svg size 836,1446 dynamic noenhanced background rgb "white" font "DejaVu Sans,13"' . (exists('values') ? ' mouse standalone' : '')
if (format eq 'png') set terminal pngcairo size 1671,2892 noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 1.6 linewidth 2 pointscale 1.8
if (format eq 'pdf') set terminal pdfcairo size 8.704in,15.062in noenhanced background rgb 'white' font 'DejaVu Sans,13' fontscale 0.78 linewidth 1 pointscale 0.8
set output out
data = 'curve.dat'
set datafile missing '?'
set multiplot
set border 3 lc rgb '#444444'
set xlabel offset 0,0.4
set tics nomirror out scale 0.5
unset key
set grid ytics lc rgb '#dddddd' lw 1
set label 'A carrier''s UDP timeout: ports, signalling, battery and lost pushes' at screen 0.01675,0.98617 left font ',15' tc rgb '#000000'
set label 'lines: client.policy' at screen 0.01675,0.97095 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.95712
set bmargin at screen 0.78423
set ylabel 'sessions mean'
unset logscale y
set yrange [0:530]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.454345655:66.0290236]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 60)
set arrow from graph 1,0.94340 to graph 1.01829,0.93600 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.93600 left tc rgb '#0072b2'
set arrow from graph 1,0.94340 to graph 1.01829,1.00000 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,1.00000 left tc rgb '#d55e00'
plot data index 0 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 1 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 0 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 0 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 1 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 1 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.77317
set bmargin at screen 0.60028
set ylabel 'log records (thousand)'
unset logscale y
set yrange [0:155.324639]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.454345655:66.0290236]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 60)
set arrow from graph 1,0.00000 to graph 1.01829,0.00000 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.00000 left tc rgb '#0072b2'
set arrow from graph 1,0.00000 to graph 1.01829,0.06400 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.06400 left tc rgb '#d55e00'
plot data index 2 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 3 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 2 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 2 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 3 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 3 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.58921
set bmargin at screen 0.41632
set ylabel 'signalling messages (thousand)'
unset logscale y
set yrange [0:27.7812722]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.454345655:66.0290236]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 60)
set arrow from graph 1,0.01964 to graph 1.01829,0.01964 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.01964 left tc rgb '#0072b2'
set arrow from graph 1,0.11093 to graph 1.01829,0.11093 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.11093 left tc rgb '#d55e00'
plot data index 4 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 5 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 4 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 4 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 5 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 5 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.40526
set bmargin at screen 0.23237
set ylabel 'battery (% a day)'
unset logscale y
set yrange [0:108.541734]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [0.454345655:66.0290236]
set format x ''
set xtics ('' 0.5, '' 1, '' 2, '' 5, '' 10, '' 20, '' 60)
set arrow from graph 1,0.05532 to graph 1.01829,0.05532 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.05532 left tc rgb '#0072b2'
set arrow from graph 1,0.14332 to graph 1.01829,0.14332 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.14332 left tc rgb '#d55e00'
plot data index 6 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 7 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 6 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 6 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 7 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 7 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.22130
set bmargin at screen 0.04841
set ylabel 'pushes lost/pushes offered'
set logscale y
set yrange [0.000918940469:1.30927798]
set format y '%g'
set ytics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1, '1' 1)
set xlabel 'middlebox.cgn.udp-stream'
set logscale x
set xrange [0.454345655:66.0290236]
set format x '%g'
set xtics ('30 s' 0.5, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20, '1 h' 60)
set arrow from graph 1,0.05357 to graph 1.01829,0.05357 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.05357 left tc rgb '#d55e00'
set arrow from graph 1,0.11243 to graph 1.01829,0.11757 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.11757 left tc rgb '#0072b2'
plot data index 8 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 8 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 9 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 9 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
