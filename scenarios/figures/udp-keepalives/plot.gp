# Left: packets per day. Right: share of time in which the server could reach the client.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 1,2 margins 0.15,0.98,0.15,0.92 spacing 0.11
names = "teredo rfc5626 tailscale wireguard rfc9000 rfc3948"
labels = "'Teredo' 'RFC 5626' 'Tailscale' 'WireGuard' 'RFC 9000' 'RFC 3948'"
row(s) = s eq 'teredo-packets' ? 1 : s eq 'rfc5626-packets' ? 2 : s eq 'tailscale-packets' ? 3 : s eq 'wireguard-packets' ? 4 : s eq 'rfc9000-packets' ? 5 : s eq 'rfc3948-packets' ? 6 : NaN
set title 'Packets'
set yrange [0.4:7.6]
set xrange [0:5000]
set xtics 1000
set xlabel 'keepalives per day'
set ytics ('Teredo' 1, 'RFC 5626' 2, 'Tailscale' 3, 'WireGuard' 4, 'RFC 9000' 5, 'RFC 3948' 6)
set key top right samplen 1 font small
set style fill solid 0.85 noborder
plot points using ($3/14):(row(strcol(1))):($3/14):(0.28) with boxxyerror lc rgb '#0072B2' title 'simulated', \
     checks using ($4/7):(row(strcol(1))) skip 1 with points pt 7 ps 1.1 lc rgb '#D55E00' title 'from the interval'
set title 'Reachability'
unset ytics
set ytics nomirror
set xrange [10:40]
set yrange [0.3:1.05]
set xtics 5
set xtics 5
set xlabel 'UDP timeout of the NAT (s)'
set ylabel 'share of time reachable' offset 1,0
set key bottom right samplen 1.5 font small
colors = "#0072B2 #D55E00 #009E73 #CC79A7 #000000 #E69F00"
is(s, i) = s eq word(names, i).'-reachable'
plot for [i=1:6] points using (is(strcol(1), i) ? $2 : NaN):3 with lines lw 2 lc rgb word(colors, i) title word(labels, i), \
     for [i=1:6] checks using (is(strcol(1), i) ? $2 : NaN):4 skip 1 with points pt 6 ps 1.1 lw 1.5 lc rgb word(colors, i) notitle, \
     NaN with points pt 6 ps 1.1 lw 1.5 lc rgb '#444444' title 'calculated'
unset multiplot
