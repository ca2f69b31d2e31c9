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
set label 'A carrier''s TCP timeout: sessions, signalling, battery and lost pushes' at screen 0.01675,0.98617 left font ',15' tc rgb '#000000'
set label 'lines: client.policy' at screen 0.01675,0.97095 left font ',12' tc rgb '#444444'
set lmargin at screen 0.12446
set rmargin at screen 0.90953
set tmargin at screen 0.95712
set bmargin at screen 0.78423
set ylabel 'blocks peak'
unset logscale y
set yrange [0:325.108577]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [4.68900797:132.22413]
set format x ''
set xtics ('' 5, '' 10, '' 20, '' 30, '' 60, '' 120)
set arrow from graph 1,0.92277 to graph 1.01829,0.92277 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.92277 left tc rgb '#0072b2'
set arrow from graph 1,0.92277 to graph 1.01829,0.98677 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.98677 left tc rgb '#d55e00'
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
set ylabel 'log (MB a day)'
unset logscale y
set yrange [0:4.69724981]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [4.68900797:132.22413]
set format x ''
set xtics ('' 5, '' 10, '' 20, '' 30, '' 60, '' 120)
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
set ylabel 'signalling (a second)'
unset logscale y
set yrange [0:13.2128595]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [4.68900797:132.22413]
set format x ''
set xtics ('' 5, '' 10, '' 20, '' 30, '' 60, '' 120)
set arrow from graph 1,0.28674 to graph 1.01829,0.28674 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.28674 left tc rgb '#0072b2'
set arrow from graph 1,0.50825 to graph 1.01829,0.50825 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.50825 left tc rgb '#d55e00'
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
set yrange [0:12.7161703]
set format y '%g'
set ytics autofreq
unset xlabel
set logscale x
set xrange [4.68900797:132.22413]
set format x ''
set xtics ('' 5, '' 10, '' 20, '' 30, '' 60, '' 120)
set arrow from graph 1,0.45954 to graph 1.01829,0.45954 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.45954 left tc rgb '#0072b2'
set arrow from graph 1,0.57510 to graph 1.01829,0.57510 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.57510 left tc rgb '#d55e00'
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
set ylabel 'push delay p95'
set logscale y
set yrange [0.0163114794:28.3742825]
set format y '%g'
set ytics ('1 s' 0.0166666667, '2 s' 0.0333333333, '5 s' 0.0833333333, '10 s' 0.166666667, '20 s' 0.333333333, '1 min' 1, '2 min' 2, '5 min' 5, '10 min' 10, '20 min' 20)
set xlabel 'middlebox.cgn.tcp-established'
set logscale x
set xrange [4.68900797:132.22413]
set format x '%g'
set xtics ('5 min' 5, '10 min' 10, '20 min' 20, '30 min' 30, '1 h' 60, '2 h' 120)
set arrow from graph 1,0.05396 to graph 1.01829,0.05396 nohead lw 1 lc rgb '#0072b2'
set label 'oracle' at graph 1.02561,0.05396 left tc rgb '#0072b2'
set arrow from graph 1,0.05396 to graph 1.01829,0.11796 nohead lw 1 lc rgb '#d55e00'
set label 'fixed' at graph 1.02561,0.11796 left tc rgb '#d55e00'
plot data index 8 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#0072b2', \
     data index 9 using 1:3:4 with filledcurves fs transparent solid 0.18 noborder lc rgb '#d55e00', \
     data index 8 using 1:2 with linespoints lw 4.4 dt 1 pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 8 using 1:2:5 with labels hypertext point pt 7 ps 0.6 lc rgb '#0072b2', \
     data index 9 using 1:2 with linespoints lw 3.7 dt 1 pt 5 ps 0.6 lc rgb '#d55e00', \
     data index 9 using 1:2:5 with labels hypertext point pt 5 ps 0.6 lc rgb '#d55e00'
unset label
unset arrow
unset multiplot
unset output
