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
set style fill solid 0.85 noborder
set boxwidth 0.4
set xrange [-0.6:4.6]
set yrange [0:16]
set ylabel 'energy (J)' offset 1,0
set xtics ('i997' 0, 'Captivate' 1, 'Inspire' 2, 'Thrill' 3, 'LTE' 4) rotate by -30
set key top left Left reverse samplen 1 font small
energy(name) = system("awk -F, -v s=".name." '$1 == s { print $3 }' '".points."'") + 0.0
devices = "3g-default 3g-captivate 3g-inspire 3g-thrill"
part(i, p) = energy(word(devices, i + 1)."-".p)
row(s) = s eq '3g-default-lone' ? 0 : s eq '3g-captivate-lone' ? 1 : s eq '3g-inspire-lone' ? 2 : s eq '3g-thrill-lone' ? 3 : s eq 'lte-lone' ? 4 : NaN
lp = energy('lte-promotion'); la = energy('lte-active') + energy('lte-short'); ll = energy('lte-long')
set samples 5

plot for [k=0:3] '+' using (k):(part(k, 'promotion') / 2):(0.25):(part(k, 'promotion') / 2) every ::0::0 with boxxyerror lc rgb '#E69F00' title (k ? '' : 'promotion'), \
     for [k=0:3] '+' using (k):(part(k, 'promotion') + part(k, 'dch') / 2):(0.25):(part(k, 'dch') / 2) every ::0::0 with boxxyerror lc rgb '#0072B2' title (k ? '' : 'DCH / long DRX'), \
     for [k=0:3] '+' using (k):(part(k, 'promotion') + part(k, 'dch') + part(k, 'fach') / 2):(0.25):(part(k, 'fach') / 2) every ::0::0 with boxxyerror lc rgb '#56B4E9' title (k ? '' : 'FACH / short DRX, active'), \
     '+' using (4):(lp / 2):(0.25):(lp / 2) every ::0::0 with boxxyerror lc rgb '#E69F00' notitle, \
     '+' using (4):(lp + la / 2):(0.25):(la / 2) every ::0::0 with boxxyerror lc rgb '#56B4E9' notitle, \
     '+' using (4):(lp + la + ll / 2):(0.25):(ll / 2) every ::0::0 with boxxyerror lc rgb '#0072B2' notitle, \
     checks using (row(strcol(1))):(real(strcol(4))) skip 1 with points pt 2 ps 1.6 lw 2 lc rgb '#D55E00' title 'ARO formula, sum'
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
