#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the stories among scenarios/ say of themselves holds: at their decisive values, over a day of one replication."""
import json
import math
import os
import subprocess

NATNAP = os.environ.get("NATNAP", "./natnap")
count = 0


def check(name, ok, detail=""):
    global count
    count += 1
    print(f"{'ok' if ok else 'not ok'} {count} - {name}{'' if ok else f' # {detail}'}")


def points(story, *sets):
    args = [a for s in sets for a in ("--set", s)]
    text = subprocess.run([NATNAP, "run", f"scenarios/{story}.ini", "--json", "--replications", "1", *args],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(text)["points"]


thirty = points("thirty-carriers", "sweep.client.interval=2min; 3min")
check("2 min serve all thirty carriers", thirty[0]["subscribers_with_reachable>=99%"] == 1.0, thirty[0])
check("3 min serve all but one", abs(thirty[1]["subscribers_with_reachable>=99%"] - 29 / 30) < 1e-9, thirty[1])
check("whom the mean hides", 0.991 < thirty[1]["reachable_fraction"] < 0.993, thirty[1]["reachable_fraction"])

push = points("unifiedpush", "sweep.client.interval=45s; 55s; 65s", "middlebox.nat.tcp-established=60s")
wifi, lte = push[:3], push[3:]
check("on Wi-Fi a ping every 45 s costs little", wifi[0]["battery_percent_per_day"] < 6, wifi[0]["battery_percent_per_day"])
check("on LTE it takes most of the battery", lte[0]["battery_percent_per_day"] > 60, lte[0]["battery_percent_per_day"])
check("55 s hold behind 60 s, 65 s do not", lte[1]["bindings_expired"] == 0 < lte[2]["bindings_expired"], lte)

meter = points("lwm2m-nbiot-60s", "sweep.client.interval=1h")
dtls, cid, queue = meter
check("each word of plain DTLS is a handshake", dtls["reconnects"] > 150 and cid["reconnects"] == 0 == queue["reconnects"], meter)
check("a connection ID saves three quarters", cid["battery_percent_per_day"] < 0.3 * dtls["battery_percent_per_day"], meter)

guard = points("wireguard-phone", "middlebox.nat.udp-stream=2min", "sweep.client.interval=25s; 90s; 3min")
check("25 s on LTE is a battery a day", guard[0]["battery_percent_per_day"] > 100, guard[0])
check("90 s hold behind Linux's timer", guard[1]["bindings_expired"] == 0 < guard[2]["bindings_expired"], guard)
check("at a third of the cost", guard[1]["battery_percent_per_day"] < guard[0]["battery_percent_per_day"] / 3 + 1, guard)

cgn = points("cgn-million", "scenario.subscribers=2000", "middlebox.cgn.addresses=203.0.113.1-203.0.113.4", "scenario.duration=2h",
             "sweep.middlebox.cgn.udp=30s; 2min; 5min")
refused = [p["middleboxes"]["cgn"]["sessions_refused"] if "middleboxes" in p else
           next(v for k, v in p.items() if k.endswith("sessions_refused")) for p in cgn]
check("30 s need few addresses, 5 min more than there are", refused[0] == 0 and refused[2] > 1000, refused)
carrier = points("carrier/udp-timeout", "scenario.subscribers=60", "scenario.replications=1",
                 "sweep.middlebox.cgn.udp-stream=30s; 15min")
known_30s, fixed_30s, known, fixed = carrier
check("clients that know the timeout: 15 min save more than 9/10 of signalling and battery",
      known["signalling_messages"] < known_30s["signalling_messages"] / 10
      and known["battery_percent_per_day"] < known_30s["battery_percent_per_day"] / 10, carrier)
check("clients that do not: 30 s hold the timeout's share of 4.5 min, and log each time",
      abs(fixed_30s["sessions_mean"] / fixed["sessions_mean"] - 30 / 270) < 0.02 and fixed["log_records"] == 0
      and fixed_30s["log_records"] > 60 * 11 * 3600 / 270, carrier)
known, fixed_5min, _, fixed = points("carrier/tcp-timeout", "scenario.subscribers=60", "scenario.replications=1", "scenario.duration=13h",
                                     "sweep.middlebox.cgn.tcp-established=5min; 35min")
check("clients that know a TCP timeout of 5 min lose nothing, others most of their reach; of 35 min neither does",
      known["reachable_fraction"] == fixed["reachable_fraction"] == 1 and fixed_5min["reachable_fraction"] < 0.5
      and fixed_5min["log_records"] > 60 * 12 and fixed["log_records"] == 0
      and fixed_5min["battery_percent_per_day"] > 1.3 * fixed["battery_percent_per_day"], (known, fixed_5min, fixed))
short, long = points("carrier/busy-hour", "scenario.subscribers=600", "scenario.replications=1", "middlebox.cgn.addresses=203.0.113.1; 203.0.113.2",
                     "sweep.middlebox.cgn.udp=30s; 5min")
check("a long UDP timeout refuses at the busy hour, a short one writes logs", short["sessions_refused"] == 0 < long["sessions_refused"]
      and short["log_records"] > 1.2 * long["log_records"] and short["signalling_per_s"] == long["signalling_per_s"], (short, long))
pod = {(p["client.report"], p["middlebox.node.udp"]): p["requests_failed"] / p["requests_made"] for p in points(
    "dead-pod", "sweep.client.report=periodic 5s; periodic 29s; periodic 30s; periodic 1min; periodic 100s; periodic 119s; periodic 2min; periodic 5min")}
def lost(gap):
    """Of the packets of an hour, gap seconds apart, those from the pod's end at 10 min on."""
    made, before = 3599 // gap, 599 // gap
    return (made - before) / made
check("who speaks before the node forgets is pinned to the dead pod", all(
    abs(pod[f"periodic {gap}s", timer] - lost(gap)) < 1e-9 for gap, timer in ((5, "30s"), (29, "30s"), (100, "2min"), (119, "2min"))), pod)
check("who speaks later loses nothing", all(
    pod["periodic " + gap, timer] == 0 for gap, timer in (("30s", "30s"), ("1min", "30s"), ("2min", "2min"), ("5min", "2min"))), pod)
night = points("night-address", "scenario.replications=4", "client.start=uniform 0s 1s", "middlebox.home.address-changes=periodic 86405s")
flushed, kept = {}, {}
for p in night:
    by = (p["client.keepalive-answer"], p["client.interval"])
    (flushed if p["middlebox.home.link-down"] == "flush" else kept)[by] = p["reachable_fraction"]
for name, interval in (("25s", 25), ("5min", 300), ("15min", 900)):
    right = 1 - (sum(-5 * n % interval for n in range(1, 7)) + 6 * 0.5) / 604800  # the words fall on whole intervals and half a second
    check(f"a word every {name}: away until the next one", abs(flushed["0B", name] - right) < 1e-5, (flushed["0B", name], right))
check("who keeps dead sessions alive is away for good", all(abs(kept["0B", i] - 1 / 7) < 1e-3 for i in ("25s", "5min", "15min")), kept)
check("silence longer than the NAT's patience heals", kept["0B", "30min"] > 0.6, kept)
check("so does an answer that does not come", all(kept["20B", i] > 0.995 for i in ("25s", "5min", "15min")), kept)
alb = points("alb-counts-data", "server.push=none")
cuts = {(p["client.keepalive-is-ping"], p["client.interval"]): p["reconnects"] for p in alb}
check("no ping keeps a connection of which data alone counts", all(1350 < cuts["yes", i] < 1440 for i in ("20s", "50s", "70s")), cuts)
check("a message within 60 s does", cuts["no", "20s"] == 0 == cuts["no", "50s"] and cuts["no", "70s"] > 1000, cuts)

doze = {p["client.doze"]: p for p in points("ntfy-doze", "sweep.client.interval=4min50s")}
check("in use its pings hold, in Doze nothing does", doze["no"]["bindings_expired"] == 0 and doze["light"]["reachable_fraction"] < 0.5, doze)
check("pushes wait for a window, or for hours", doze["no"]["push_delay_p95_s"] < 5 and 600 < doze["light"]["push_delay_p95_s"] < 900
      and doze["both"]["push_delay_p95_s"] > 3600, doze)
exempt = points("ntfy-doze", "sweep.client.interval=4min50s", "client.exempt=yes", "sweep.client.doze=no; both")
check("who is exempt does not notice", exempt[0]["energy_j"] == exempt[1]["energy_j"], exempt)
lock = {p["client.wake-lock"]: p for p in points("wake-lock", "sweep.client.interval=60s")}
check("a lock of an hour is 109 mW all day", abs(lock["1h"]["energy_processor_j"] - 0.109 * 86400) < 2, lock["1h"])
check("without it the processor costs a hundredth of the battery", lock["0s"]["battery_percent_per_day"] < 1, lock["0s"])
card = {(p["radio.profile"], p["client.offload"]): p for p in points("offload", "sweep.client.interval=25s")}
wifi = "wifi-huang-2012"
check("offloaded, only pushes wake it", card[wifi, "yes"]["processor_wakeups"] < 40 < 3000 < card[wifi, "no"]["processor_wakeups"], card)
check("on Wi-Fi that is most of the bill", card[wifi, "yes"]["battery_percent_per_day"] < 0.5 * card[wifi, "no"]["battery_percent_per_day"], card)
day = " daily" + 8 * " 0" + 10 * " 1" + 6 * " 0"
turn, last, probes, idle, age, asked = points("jdbc-pool", f"sweep.client.report=poisson 60/d{day}")
# of ten in turn, at six queries an hour by day: rest over the hour, or that and the time for which the one before hung; and each morning
rests = [(1 + 5 * math.exp(-n) * sum(n ** k / math.factorial(k) for k in range(10))) / 6 for n in (6 * (1 + 924.6 / 3600), 6)]
check("a connection that rests for ten queries is dead as often as reckoned",
      rests[0] < turn["requests_met_dead"] / turn["requests_made"] < rests[1], (turn["requests_met_dead"], turn["requests_made"], rests))
check("one that goes first again hardly", last["requests_met_dead"] < 0.2 * turn["requests_met_dead"], last)
check("who meets one has failed", all(p["requests_failed"] == p["requests_met_dead"] for p in (turn, last)), turn)
check("probes, retirement by idleness or age, and asking each prevent that",
      all(p["requests_met_dead"] == p["requests_failed"] == 0 for p in (probes, idle, age, asked)), asked)
check("at so many connections", probes["connections_opened"] == 10 and age["connections_opened"] > 2000 and 50 < idle["connections_opened"] < 420, idle)
check("and asking is paid with time", asked["request_delay_p95_s"] > 5 > 0.2 > probes["request_delay_p95_s"], asked)
answer = {(p["client.report-answer-time"], p["client.tcp-keepalive"], p["server.tcp-keepalive"]): p for p in points("long-answer", "scenario.duration=1d")}
check("an answer after 340 s comes, one after 417 s does not", answer["340s", "never", "never"]["requests_failed"] == 0 and
      answer["417s", "never", "never"]["requests_failed"] == 23, answer["417s", "never", "never"])
check("which the client learns by its read timeout", abs(answer["417s", "never", "never"]["dead_detection_s"] - 550) < 1, answer["417s", "never", "never"])
check("probes of either end hold it up to that", all(answer["850s", *k]["requests_failed"] == 0 < answer["20min", *k]["requests_failed"]
                                                      for k in (("5min", "never"), ("never", "5min"))), answer)
check("two hours are too late", answer["417s", "2h", "never"]["requests_failed"] == 23, answer["417s", "2h", "never"])
nginx = points("nginx-race", "sweep.client.report=poisson 35000/d", "scenario.duration=4d")
rate = 35000 / 86400
lost = 4 * 35000 * math.exp(-5 * rate) * (1 - math.exp(-0.01 * rate))
check("502s as by formula", abs(nginx[0]["requests_failed"] - lost) < 3.5 * math.sqrt(lost), (nginx[0]["requests_failed"], lost))
check("none by any of the cures", [p["requests_failed"] for p in nginx[1:]] == [0, 0, 0], nginx)
check("and the longest wait saves openings", nginx[3]["connections_opened"] < 0.1 * nginx[0]["connections_opened"] < 0.1 * nginx[1]["connections_opened"], nginx)
grpc = {(p["client.interval"], p["client.policy"], p["client.min-ping-interval"], p["client.ping-backoff"]): p for p in points("grpc-pings")}
check("no interval pleases both", all(grpc[i, "fixed", "5min", "100%"]["reconnects"] > 50 for i in ("10s", "1min", "230s", "5min", "20min")), grpc)
check("who backs off is forgotten", grpc["1min", "fixed", "5min", "200%"]["reachable_fraction"] < 0.6, grpc["1min", "fixed", "5min", "200%"])
check("who permits it is held below 4 min", all((grpc[i, "fixed", "10s", "100%"]["bindings_expired"] == 0) == (i != "5min") for i in ("10s", "230s", "5min")), grpc)
check("two pings are not enough for a channel on which the server speaks", grpc["1min", "grpc", "5min", "100%"]["reachable_fraction"] < 0.01, grpc)
meet = points("webrtc-two-nats", "sweep.peer.check-interval=5s; 45s; 70s")
direct, relayed = meet[:3], meet[3:]
check("where the carrier maps for all destinations they meet, else the relay carries all",
      all(p["punch_success_fraction"] == 1 and p["direct_fraction"] > 0.99 for p in direct) and all(p["relayed_fraction"] > 0.99 for p in relayed), meet)
check("checks of 5 s keep the radio up either way", all(136 < p[0]["battery_percent_per_day"] < 138 for p in (direct, relayed)), meet)
check("45 s hold behind 60 s at less than half of that, 70 s do not", direct[1]["pushes_lost"] == 0 and direct[1]["battery_percent_per_day"] < 66
      and direct[2]["pushes_lost"] > 0.25 * direct[2]["pushes_offered"], direct)
tr = points("webrtc-two-nats", "sweep.peer.check-interval=45s", "peer.relay-keepalive=45s")[1]
check("the relay's own keepalives are two fifths of its bill", tr["battery_percent_per_day"] < 0.62 * relayed[1]["battery_percent_per_day"], tr)
print(f"1..{count}")
