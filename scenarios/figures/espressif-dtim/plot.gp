# Mean current against the DTIM period; a colour a chip, the S2 apart.

# simulated: blue; published: orange; what is not met is crossed
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

names = "esp32s2 esp32 esp32s3 esp32c2 esp32c5-5ghz esp32c3 esp32c5 esp32c6"
labels = "'ESP32-S2' 'ESP32' 'ESP32-S3' 'ESP32-C2' 'ESP32-C5, 5 GHz' 'ESP32-C3' 'ESP32-C5, 2.4 GHz' 'ESP32-C6'"
colors = "#777777 #000000 #D55E00 #CC79A7 #56B4E9 #E69F00 #0072B2 #009E73"
color_of(s) = sum [i=1:words(names)] (word(names, i) eq s ? int(sprintf('0x%s', word(colors, i)[2:7])) : 0)
set rmargin 24
set logscale xy
set xrange [92:1200]
set yrange [0.13:4.5]
set xtics ('1' 102.4, '2' 204.8, '3' 307.2, '5' 512, '7' 716.8, '10' 1024)
set ytics (0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4)
set xlabel 'DTIM period (beacons of 102.4 ms)'
set ylabel 'mean current (mA)'
set key at graph 1.02, graph 0.98 left top Left reverse samplen 1.5 spacing 1.25
plot for [i=1:8] points using (strcol(1) eq word(names, i) ? 1000*$2 : NaN):3 with lines lw 2 lc rgb word(colors, i) title word(labels, i), \
     checks using (strcol(8) eq 'fitted to' ? 1000*$2 : NaN):4:(color_of(strcol(1))) skip 1 with points pt 7 ps 1 lc rgb variable notitle, \
     checks using (strcol(8) eq 'met' ? 1000*$2 : NaN):4:(color_of(strcol(1))) skip 1 with points pt 6 ps 1.5 lw 2 lc rgb variable notitle, \
     checks using (strcol(8) eq 'not met' ? 1000*$2 : NaN):4:(color_of(strcol(1))) skip 1 with points pt 2 ps 1.5 lw 2 lc rgb variable notitle, \
     NaN with points pt 7 ps 1 lc rgb '#444444' title 'published, fitted to', \
     NaN with points pt 6 ps 1.5 lw 2 lc rgb '#444444' title 'published, predicted', \
     NaN with points pt 2 ps 1.5 lw 2 lc rgb '#444444' title 'published, not met'
