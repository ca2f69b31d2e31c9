# Battery per day and share of time reachable against the keepalive interval, one curve a NAT timeout.
# usage: gnuplot -e "in='summary.csv'; out='figure.svg'" plot-keepalive.gp     (svg, png or pdf by the name's end)
set datafile separator ","
if (!exists("ext")) { ext = out[strlen(out) - 2:] }
if (ext eq "svg") { set terminal svg size 760,640 font "DejaVu Sans,13" background "white" dynamic }
if (ext eq "png") { set terminal pngcairo size 1140,960 font "DejaVu Sans,17" background "white" }
if (ext eq "pdf") { set terminal pdfcairo size 6in,5in font "DejaVu Sans,11" }
set output out

nats = "5min 30min 2h4min"
names = "'5 min' '30 min' '2 h 4 min (RFC 5382)'"
seconds = "300 1800 7440"
array colour[3] = ["#d55e00", "#0072b2", "#009e73"]
array mark[3] = [7, 5, 9]
array width[3] = [1.6, 3.4, 5.6] # wider below, so that curves that coincide all show

set logscale x
set xrange [25:8800]
set grid xtics ytics lc rgb "#dddddd" lw 1
set tics out nomirror
set border 3
set lmargin at screen 0.11
set rmargin at screen 0.97

pick(nat, value) = (strcol("middlebox.nat.tcp-established") eq nat) ? value : NaN

set multiplot
set tmargin at screen 0.96
set bmargin at screen 0.55
set logscale y
set yrange [4:150]
set ytics (5, 10, 20, 50, 100)
set ylabel "battery (% of 3000 mAh per day)" offset 0.5
set xtics ("" 30, "" 60, "" 120, "" 300, "" 600, "" 1800, "" 3600, "" 7200)
set key top right reverse Left samplen 2 spacing 1.2 title "NAT forgets after" left
set label 1 "LTE, TLS, 2 new mails an hour" at graph 0.02, 0.07 tc rgb "#555555"
plot for [i=3:1:-1] in using "client.interval_s":(pick(word(nats, i), column("battery_percent_per_day"))):(pick(word(nats, i), column("battery_percent_per_day_ci95"))) \
	with yerrorlines lc rgb colour[i] lw width[i] pt mark[i] ps 0.8 notitle, \
	for [i=1:3] keyentry with linespoints lc rgb colour[i] lw width[i] pt mark[i] ps 0.8 title word(names, i)

unset logscale y
unset label 1
set tmargin at screen 0.51
set bmargin at screen 0.12
set yrange [0:105]
set ytics 0, 20, 100
set xtics ("30 s" 30, "1 min" 60, "2 min" 120, "5 min" 300, "10 min" 600, "30 min" 1800, "1 h" 3600, "2 h" 7200)
set xlabel "keepalive interval"
set ylabel "time reachable (%)" offset 0.5
unset key
do for [i=1:3] { set arrow i from real(word(seconds, i)), 0 to real(word(seconds, i)), 105 nohead dt 2 lc rgb colour[i] }
# the interval ends at the bounds of a share: METRIC_ci95 is the distance to its farther end. Of a share that was whole in all
# runs it tells what nobody saw, and is not drawn
seen(x, c) = x > 0.99995 ? 0 : c
low(x, c) = x > seen(x, c) ? x - seen(x, c) : 0
high(x, c) = x + seen(x, c) < 1 ? x + seen(x, c) : 1
plot for [i=3:1:-1] in using "client.interval_s":(pick(word(nats, i), 100 * column("reachable_fraction"))):(100 * low(column("reachable_fraction"), column("reachable_fraction_ci95"))):(100 * high(column("reachable_fraction"), column("reachable_fraction_ci95"))) \
	with yerrorlines lc rgb colour[i] lw width[i] pt mark[i] ps 0.8 notitle
unset multiplot
