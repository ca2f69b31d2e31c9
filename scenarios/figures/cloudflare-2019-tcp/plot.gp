# A line a case: when each packet left, as measured and as simulated; logarithmic time since the first SYN.

# simulated: blue; published: orange; what is not met is crossed
set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

names = "user-timeout-60 user-timeout-30 user-timeout-12.5 user-timeout-5 keepalive data syn-ack syn"
row(s) = sum [i=1:words(names)] (word(names, i) eq s ? i : 0)
at(s) = s eq 'data-end' ? row('data') : row(s) > 0 ? row(s) : NaN
cases(i) = word("'keepalive, user timeout 60 s' 'keepalive, user timeout 30 s' 'keepalive, user timeout 12.5 s' 'keepalive, user timeout 5 s' 'keepalive alone' '11 bytes written' 'SYN-ACK' 'SYN'", i)
set lmargin 30
set logscale x
set xrange [0.3:3000]
set yrange [0.4:9.3]
set xtics (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
set ytics ()
do for [i=1:8] { set ytics add (cases(i) i) }
set grid noxtics ytics
set xlabel 'time since the first SYN (s)'
set key top center horizontal samplen 1 width 2
set label 1 'given up' at 1100, 6 left font small tc rgb '#555555'
set label 2 'given up' at 150, 8 left font small tc rgb '#555555'
set label 3 'the same trace; printed as 30 s, whose fourth timer would end it' at 0.33, 1.5 left font small tc rgb '#555555'
plot points using (strcol(1) ne 'data-end' && $3 > 0.21 ? $3 : NaN):(at(strcol(1))):(0):(0.28) with vectors nohead lw 2.4 lc rgb '#0072B2' title 'simulated', \
     points using (strcol(1) ne 'data-end' && $3 > 0.21 ? $3 : NaN):(at(strcol(1))):(0):(-0.28) with vectors nohead lw 2.4 lc rgb '#0072B2' notitle, \
     points using (strcol(1) eq 'data-end' ? $3 : NaN):(at(strcol(1))):(0):(0.28) with vectors nohead lw 2.4 lc rgb '#0072B2' notitle, \
     points using (strcol(1) eq 'data-end' ? $3 : NaN):(at(strcol(1))):(0):(-0.28) with vectors nohead lw 2.4 lc rgb '#0072B2' notitle, \
     checks using (strcol(8) eq 'met' ? $4 : NaN):(at(strcol(1))) skip 1 with points pt 6 ps 1.2 lw 2 lc rgb '#D55E00' title 'measured', \
     checks using (strcol(8) ne 'met' ? $4 : NaN):(at(strcol(1))) skip 1 with points pt 2 ps 1.2 lw 2 lc rgb '#D55E00' title 'measured, not met'
