# Left: energy of one packet. Right: mean power against the keepalive interval.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 1,2 margins 0.095,0.98,0.15,0.92 spacing 0.125
set title 'One packet from idle'
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.85 noborder
set boxwidth 0.4
set xrange [-0.6:4.6]
set yrange [0:13]
set ylabel 'energy (J)' offset 1,0
set xtics ('i997' 0, 'Captivate' 1, 'Inspire' 2, 'Thrill' 3, 'LTE' 4) rotate by -30
row(s) = s eq '3g-default-lone' ? 0 : s eq '3g-captivate-lone' ? 1 : s eq '3g-inspire-lone' ? 2 : s eq '3g-thrill-lone' ? 3 : s eq 'lte-lone' ? 4 : NaN
set key top left samplen 1.5
plot points using (row(strcol(1))-0.0):3 with boxes ls 1 title 'simulated', \
     checks using (row(strcol(1))):(real(strcol(4))) skip 1 with points pt 2 ps 1.6 lw 2 lc rgb '#D55E00' title 'ARO formula'
set title 'Mean power against keepalive interval'
unset xtics
set xtics nomirror
set logscale xy
set xrange [1:600]
set yrange [10:3000]
set xlabel 'keepalive interval (s)'
set ylabel 'mean radio power (mW)' offset 1,0
set key top right
plot points using (strcol(1) eq '3g-default-interval' ? $2 : NaN):3 with lines ls 1 title '3G default', \
     points using (strcol(1) eq 'lte-interval' ? $2 : NaN):3 with lines ls 3 title 'LTE', \
     checks using (strcol(1) eq '3g-default-interval' ? $2 : NaN):(real(strcol(4))) skip 1 with points pt 2 ps 1.2 lw 2 lc rgb '#D55E00' title 'ARO formula'
unset multiplot
