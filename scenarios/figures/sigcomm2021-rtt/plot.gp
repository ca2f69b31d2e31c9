# RTT against idle time: measured probes as points, the simulated radio as a line; one panel a network.

# two palettes: simulated, published; recalled values are hollow and grey
set style line 1 lw 2 lc rgb '#0072B2'
set style line 2 lw 2 lc rgb '#D55E00'
set style line 3 lw 2 lc rgb '#009E73'
set style line 4 lw 2 lc rgb '#CC79A7'
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set multiplot layout 2,2 margins 0.105,0.98,0.115,0.93 spacing 0.085,0.125
set xrange [0:20]
set yrange [0:1800]
set key top left Left reverse samplen 1.2 font small
set xtics 4
set ytics 400
names  = "tmobile-nsa verizon-nsa-low tmobile-4g verizon-nsa-mmwave"
files  = "RASPBERRY_670_TMobile_NSA RASPBERRY_670_Verizon_NSAlow SALMONBERRY_299_TMobile_4G SALMONBERRY_299_Verizon_NSAmmwave"
titles = "'T-Mobile 5G NSA low-band' 'Verizon 5G NSA low-band' 'T-Mobile 4G' 'Verizon 5G NSA mmWave'"
do for [i=1:4] {
	set title word(titles, i) offset 0,-0.6
	set xlabel (i > 2 ? 'idle time before the packet (s)' : '') offset 0,0.4
	set ylabel (i % 2 ? 'round-trip time (ms)' : '') offset 0.6,0
	plot folder.'/measured/'.word(files, i).'.csv' using (strcol(4) eq 'YEP' ? $1 : NaN):2 with points pt 7 ps 0.28 lc rgb '#D55E00' title (i == 1 ? 'measured' : ''), \
	     points using (strcol(1) eq word(names, i) ? $2 : NaN):3 with lines lw 1 lc rgb '#0072B2' title (i == 1 ? 'simulated' : '')
}
unset multiplot
