# Average current against keepalive interval; at the right: without keepalives. A hue a network; gaps: not met.

set border 3 lw 1 lc rgb '#444444'
set tics nomirror out
set grid lc rgb '#e4e4e4' lw 1

set logscale x
set xrange [17:1050]
set yrange [0:40]
set xtics (20, 40, 80, 150, 300, 600, 'none' 820)
set xlabel 'keepalive interval (s)'
set ylabel 'average current (mA)'
set key top right samplen 2 spacing 1.2
g3 = '#0072B2'
g2 = '#D55E00'
where(s) = strcol(2) eq 'never' ? 820 : $2
shown(s) = strcol(1) eq s || strcol(1) eq s.'-none'
missed(s) = shown(s) && strcol(8) eq 'not met'
# what the simulation gives where it does not meet the measured value, and the gap between them
plot points using (strcol(1) eq '3g' ? $2 : NaN):3 with lines lw 2 lc rgb g3 title '3G, simulated: I_0 and Q fitted', \
     points using (strcol(1) eq '3g-model' ? $2 : NaN):3 with lines lw 2 dt 3 lc rgb g3 title '3G, simulated: Qian 2010 carrier 2 above 6.1 mA, nothing fitted', \
     checks using (shown('3g') ? where('3g') : NaN):4 skip 1 with points pt 7 ps 1.5 lc rgb g3 title '3G, measured', \
     points using (strcol(1) eq '2g' ? $2 : NaN):3 with lines lw 2 lc rgb g2 title '2G, simulated: I_0 and Q fitted', \
     checks using (shown('2g') ? where('2g') : NaN):4 skip 1 with points pt 5 ps 1.4 lc rgb g2 title '2G, measured', \
     checks using (missed('3g') || missed('3g-model') ? where('3g') : NaN):5:(0):(real(strcol(4)) - real(strcol(5))) skip 1 with vectors nohead lw 1 dt 2 lc rgb '#000000' notitle, \
     checks using (missed('3g') || missed('3g-model') ? where('3g') : NaN):5 skip 1 with points pt 10 ps 1.6 lw 2 lc rgb g3 title '3G, simulated, not met', \
     checks using (missed('3g') || missed('3g-model') ? where('3g') : NaN):((real(strcol(4)) + real(strcol(5))) / 2):(sprintf(' %+.0f %%', 100*$6)) skip 1 with labels left font small notitle, \
     checks using (strcol(1) eq '2g-none' ? 820 : NaN):5 skip 1 with points pt 4 ps 2 lw 1.5 lc rgb g2 notitle
