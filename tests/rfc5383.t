#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The founding text as scenarios: every claim of scenarios/rfc5383 holds in the numbers that natnap run prints. Prints TAP."""
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import NATNAP, check, plan  # noqa: E402

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "rfc5383")
used = set()


class Points(list):
    """The points of one scenario, found by the values of its swept keys."""

    def at(self, **keys):
        found = [p for p in self
                 if all(p[k.replace("__", ".").replace("_", "-")] == v for k, v in keys.items())]
        assert len(found) == 1, (keys, len(found))
        return found[0]


def run(name, *args):
    used.add(name)
    r = subprocess.run([NATNAP, "run", "--json", *args, os.path.join(HERE, name + ".ini")],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert r.returncode == 0, r.stderr.decode()
    return Points(json.loads(r.stdout)["points"])


def show(p, *metrics):
    return ", ".join(f"{m} {p[m]}" for m in metrics)


def ports():
    p = run("5383-3-1-ports")
    for port, kinds in (("143", {"rfc-recommended": 1, "harmful-5383-ports-blocked": 0, "harmful-5383-partial": 1}),
                        ("587", {"rfc-recommended": 1, "harmful-5383-ports-blocked": 0, "harmful-5383-partial": 0})):
        for kind, reach in kinds.items():
            q = p.at(client__port=port, middlebox__nat__profile=kind)
            check(f"3-1: port {port} through {kind}: {'reachable' if reach else 'shut'}",
                  (q["reachable_fraction"] > 0.999) == bool(reach) and (q["pushes_delivered"] > 0) == bool(reach),
                  show(q, "reachable_fraction", "pushes_delivered"))
    good, bad = (p.at(client__port="143", middlebox__nat__profile=k)["average_power_mw"]
                 for k in ("rfc-recommended", "harmful-5383-ports-blocked"))
    check("3-1: trying in vain costs more than being connected", bad > good, f"{bad} {good} mW")


def port_25():
    p = run("5383-3-2-port-25")
    at = {(port, how): p.at(client__port=port, middlebox__nat__reject=how)
          for port in ("25", "587") for how in ("drop", "rst", "icmp")}
    for how in ("drop", "rst", "icmp"):
        no, yes = at["25", how], at["587", how]
        check(f"3-2: port 25 blocked ({how}): nothing but SYNs of 60 B leaves, nothing opens",
              no["bytes_up"] == 60 * no["packets_up"] > 0 and no["sessions_peak"] == 0 and no["reachable_fraction"] == 0,
              show(no, "bytes_up", "packets_up", "sessions_peak"))
        check(f"3-2: port 587 ({how}): the same client opens, and every opening carries its message",
              yes["bytes_up"] > 100 * yes["packets_up"] and yes["sessions_peak"] == 1 and yes["keepalives_sent"] >= yes["reconnects"] + 1 > 1,
              show(yes, "bytes_up", "packets_up", "sessions_peak", "keepalives_sent", "reconnects"))
        check(f"3-2: trying port 25 in vain costs more than sending ({how})", no["energy_j"] > 1.1 * yes["energy_j"],
              (no["energy_j"], yes["energy_j"]))
    check("3-2: a block without a word costs most", at["25", "drop"]["energy_j"] > 1.5 * at["25", "rst"]["energy_j"])
    check("3-2: the client stays with its port: what the box says to port 25 changes nothing on 587",
          len({at["587", how]["energy_j"] for how in ("drop", "rst", "icmp")}) == 1)


def third_leg():
    p = run("5383-3-3-third-leg")
    through = p.at(middlebox__firewall__blocked_ports="tcp/25")
    shut = p.at(middlebox__firewall__blocked_ports="tcp/143")
    check("3-3: the submission server's messages get through its firewall", through["keepalives_sent"] > 50,
          show(through, "keepalives_sent"))
    check("3-3: none does through one that shuts port 143", shut["keepalives_sent"] == 0 and shut["reachable_fraction"] == 0,
          show(shut, "keepalives_sent", "reachable_fraction"))


def duration():
    p = run("5383-4.1-2-duration")
    for kind, cuts4, cuts6 in (("rfc-recommended", 0, 0), ("harmful-5383-idle-5min", 0, 209),
                               ("harmful-5383-duration-limit", 23, 23)):
        got = [p.at(middlebox__nat__profile=kind, client__interval=i)["bindings_expired"] for i in ("4min", "6min")]
        check(f"4.1-2: {kind} cuts {cuts4} connections of a busy client, {cuts6} of an idle one",
              abs(got[0] - cuts4) <= 1 and abs(got[1] - cuts6) <= 1, got)


def application_close():
    p = run("5383-4.1-3-application-close")

    def row(server, nat, interval):
        return p.at(server__idle_timeout=server, middlebox__nat__tcp_established=nat, client__interval=interval)

    q = row("30min", "2h4min", "45min")
    check("4.1-3: the server's FIN is known at once", q["reconnects"] > 10 and q["bindings_expired"] == 0
          and q["reachable_fraction"] > 0.999, show(q, "reconnects", "reachable_fraction"))
    q = row("never", "30min", "45min")
    check("4.1-3: a NAT's silence is not", q["dead_detection_s"] > 600 and q["reachable_fraction"] < 0.95,
          show(q, "dead_detection_s", "reachable_fraction"))
    check("4.1-3: at 29 min neither happens",
          all(row(s, n, "29min")["reconnects"] == 0 for s in ("never", "30min") for n in ("30min", "2h4min")))


def two_hours():
    p = run("5383-4.1-5-two-hour-rule")
    for timeout in ("7200s", "7439s", "7440s", "7441s"):
        for interval in ("7199s", "7200s", "7201s"):
            lives = timeout != "7200s" or interval == "7199s"
            q = p.at(middlebox__nat__tcp_established=timeout, client__interval=interval)
            check(f"4.1-5: silence of {interval} against a timer of {timeout}: {'lives' if lives else 'dies'}",
                  (q["bindings_expired"] == 0) == lives and (q["reconnects"] == 0) == lives,
                  show(q, "bindings_expired", "reconnects"))


def longer_limit():
    p = run("5383-4.1-6-longer-limit")
    power = [q["average_power_mw"] for q in p]
    check("4.1-6: the longer the limit, the less energy", all(a > b for a, b in zip(power, power[1:])), power)
    check("4.1-6: a limit of a day saves 7 % against two hours", 0.06 < 1 - power[-1] / power[1] < 0.09, power)


def overload():
    p = run("5383-4.1-8-overload")

    def row(capacity, eviction):
        return p.at(middlebox__cgn__capacity=capacity, middlebox__cgn__eviction=eviction)

    check("4.1-8: while there is room nobody is cut", all(row("1000", e)["reconnects"] == 0
          and row("1000", e)["sessions_evicted"] == 0 for e in ("refuse", "lru")))
    refuse, lru = row("80", "refuse"), row("80", "lru")
    check("4.1-8: full and refusing: eighty of a hundred are served, and undisturbed", 0.78 < refuse["reachable_fraction"] < 0.8
          and refuse["sessions_evicted"] == 0 and refuse["sessions_created"] == 80, show(refuse, "reachable_fraction"))
    check("4.1-8: full and ending idle ones: nobody is refused, everybody is cut",
          lru["sessions_refused"] == 0 and lru["reconnects"] > 100, show(lru, "reconnects"))
    check("4.1-8: which costs twice the energy for no more reachability",
          lru["average_power_mw"] > 2 * refuse["average_power_mw"]
          and lru["reachable_fraction"] <= refuse["reachable_fraction"] + 0.01, show(lru, "average_power_mw"))


def outage():
    p = run("5383-4.2-1-outage")
    kept, changed = (p.at(client__application="imap-idle", path__outage_keeps_address=k) for k in ("yes", "no"))
    check("4.2-1: no connection is lost in an outage when the address is kept", kept["reconnects"] == 0,
          show(kept, "reconnects"))
    check("4.2-1: each is when it changes", changed["reconnects"] == changed["outages"] > 5,
          show(changed, "reconnects", "outages"))
    check("4.2-1: nothing is lost either way: TCP repeats, the server keeps",
          kept["pushes_lost"] == 0 and changed["pushes_lost"] == 0, show(kept, "pushes_lost"))
    check("4.2-1: MOBIKE survives a new address", p.at(client__application="ipsec-natt",
          path__outage_keeps_address="no")["reconnects"] == 0)
    p = run("5383-4.2-1-migration")
    check("4.2-1: QUIC survives both", all(q["reconnects"] == 0 and q["pushes_lost"] == 0 for q in p),
          [show(q, "reconnects", "pushes_lost") for q in p])


def tcp_option():
    p = run("5383-4.2-2-tcp-keepalive")
    ten, two = p.at(client__idle="10min"), p.at(client__idle="2h")
    check("4.2-2: the option at 10 min wakes the radio 143 times a day", ten["tcp_probes_sent"] == 143
          and ten["radio_promotions"] == 144, show(ten, "tcp_probes_sent", "radio_promotions"))
    check("4.2-2: at two hours 11 times", two["tcp_probes_sent"] == 11, show(two, "tcp_probes_sent"))
    check("4.2-2: and for nothing else: twice the energy", ten["average_power_mw"] > 1.8 * two["average_power_mw"])


def icmp():
    p = run("5383-4.2-5-icmp")
    none = p.at(path__outage_icmp="none")
    for code in ("3/0", "3/1", "3/5"):
        q = p.at(path__outage_icmp=code)
        # net and host unreachable undo the server's back-off (RFC 6069), so that it tries more often; all else is as without
        sooner = code != "3/5"
        check(f"4.2-5: ICMP {code} ends nothing", q["reconnects"] == 0 and q["pushes_lost"] == 0
              and (sooner or q["energy_j"] == none["energy_j"]), show(q, "reconnects", "pushes_lost", "energy_j"))
    for code in ("3/2", "3/3"):
        q = p.at(path__outage_icmp=code)
        check(f"4.2-5: ICMP {code} ends connections of hosts that follow RFC 1122", q["reconnects"] > 0,
              show(q, "reconnects"))


def signalling():
    p = run("5383-5-1-signalling")
    # a channel set up (12 messages), released (6) and, for a push, paged for (4)
    for interval, channels, pages in (("1min", 1440, 0), ("5min", 288, 23)):
        q = p.at(client__interval=interval)
        check(f"5-1: a keepalive every {interval} sets up {channels} channels a day",
              q["radio_promotions"] == channels and q["signalling_messages"] == 18 * channels + 4 * pages,
              show(q, "radio_promotions", "radio_pages", "signalling_messages"))
    q = p.at(client__interval="10s")
    check("5-1: keepalives so often that the channel is never released cost the battery instead",
          q["signalling_messages"] <= 18 and q["battery_percent_per_day"] > 150,
          show(q, "signalling_messages", "battery_percent_per_day"))


def dormancy():
    p = run("5383-5-3-dormancy")
    for radio in ("lte-huang-2012", "umts-qian-2010-carrier1", "cdma2000-1x", "nr-sa-tmobile-2021"):
        q = p.at(radio__profile=radio, middlebox__nat__profile="rfc-recommended")
        # one promotion each: the opening, 12 keepalives less one that rides on the opening's end of a run, 23 pushes
        check(f"5-3: {radio}: every push wakes the device and arrives", q["pushes_delivered"] == q["pushes_offered"] == 23
              and q["reconnects"] == 0 and q["radio_promotions"] >= 23 + 12 and q["push_delay_p50_s"] > 0.1,
              show(q, "pushes_delivered", "radio_promotions", "push_delay_p50_s"))
        check(f"5-3: {radio}: dormant most of the day", q["radio_connected_s"] < 0.05 * 86400,
              show(q, "radio_connected_s"))
        q = p.at(radio__profile=radio, middlebox__nat__profile="harmful-5383-dormancy")
        check(f"5-3: {radio}: a timer of 30 s makes dormancy useless", q["reachable_fraction"] < 0.01
              and q["push_delay_p95_s"] > 600, show(q, "reachable_fraction", "push_delay_p95_s"))


def noop():
    p = run("5383-5-4-noop")
    share = {q["client.interval"]: q["battery_percent_per_day"] for q in p}
    added = {k: v - share["119min"] for k, v in share.items()}
    check("5-4: a NOOP every 5 min costs 8 to 9 % of a battery a day", 8 < added["5min"] < 9, added)
    check("5-4: every 2 min more than 20 %", added["2min"] > 20, added)
    check("5-4: each costs a promotion, unless the tail is never over",
          all(q["radio_promotions"] == (q["keepalives_sent"] + 1 if q["client.interval"] != "10s" else 1) for q in p))
    per = {q["client.interval"]: (q["energy_j"] - p.at(client__interval="119min")["energy_j"])
           / (q["keepalives_sent"] - 12) for q in p if q["client.interval"] not in ("119min", "10s")}
    check("5-4: each costs the same 12 to 13 J, whatever the interval",
          max(per.values()) - min(per.values()) < 0.05 and 12 < per["5min"] < 13, per)


def no_keepalive():
    p = run("5383-5-5-no-keepalive")
    short, long = (p.at(middlebox__nat__tcp_established=t) for t in ("30min", "25h"))
    check("5-5: without keepalives mail is lost behind a NAT of 30 min", short["reachable_fraction"] < 0.1
          and short["pushes_lost"] > 0.9 * short["pushes_offered"], show(short, "reachable_fraction", "pushes_lost"))
    check("5-5: and nothing behind one that waits a day", long["reachable_fraction"] > 0.999 and long["pushes_lost"] == 0,
          show(long, "reachable_fraction", "pushes_lost"))


def tunnel():
    p = run("5383-6.1-1-tunnel")
    check("6.1-1: port 80 has the timers that mail's ports have not",
          p.at(client__port="80")["bindings_expired"] == 0
          and all(p.at(client__port=x)["reachable_fraction"] < 0.3 for x in ("143", "993")))


def req5():
    p = run("5383-7-1-req-5")
    lost = [q["bindings_expired"] for q in p]
    check("7-1: less than 2 h 4 min loses bindings to delay, 2 h 4 min none",
          lost[0] > lost[1] > lost[2] > 0 and lost[3] == 0, lost)
    # the gap between two arrivals is 2 h + U1 - U2, U uniform over 4 min: more than a minute later with (3/4)^2 / 2
    expected = 335 * 0.75 ** 2 / 2
    check("7-1: as often as the difference of two uniform delays says", abs(lost[0] - expected) < 12, (lost[0], expected))


def reopen():
    p = run("5383-7-2-reopen")

    def row(starttls, tls, resume):
        return p.at(client__starttls=starttls, client__tls=tls, client__resume=resume)

    check("7-2: 47 reopenings a day", all(q["reconnects"] == 47 for q in p))

    def trips(q, base):  # how many round trips of 80 ms longer the radio was busy, each reopening
        return (q["radio_connected_s"] - base["radio_connected_s"]) / 47.5 / 0.08

    full12, full13 = row("no", "tls12", "none"), row("no", "tls13", "none")
    check("7-2: STARTTLS takes two round trips more", abs(trips(row("yes", "tls13", "none"), full13) - 2) < 0.1,
          trips(row("yes", "tls13", "none"), full13))
    check("7-2: TLS 1.2 takes one more than 1.3", abs(trips(full12, full13) - 1) < 0.1, trips(full12, full13))
    check("7-2: a ticket saves TLS 1.2 one", abs(trips(full12, row("no", "tls12", "ticket")) - 1) < 0.1)
    check("7-2: early data saves TLS 1.3 one", abs(trips(full13, row("no", "tls13", "early")) - 1) < 0.1)
    saved = (full13["bytes_down"] - row("no", "tls13", "ticket")["bytes_down"]) / 47
    # the certificates, 315 B more of what only a full handshake has (556 against 241), and one of the two session tickets
    # of 255 B that follow it; with the headers of three segments
    check("7-2: a ticket saves the 4 kB of certificates and a ticket of 255 B",
          abs(saved - (4000 + 556 - 241 + 255) - 3 * 52) < 2, saved)
    cost = [row("yes", "tls12", "none")["energy_j"], full12["energy_j"], full13["energy_j"],
            row("no", "tls13", "early")["energy_j"]]
    check("7-2: in joules: STARTTLS > TLS 1.2 > TLS 1.3 > early data", cost == sorted(cost, reverse=True)
          and cost[0] > cost[-1], cost)


def configuration():
    p = run("5383-3-4-configuration")
    through, shut = (p.at(middlebox__firewall__blocked_ports=x) for x in ("tcp/25", "tcp/674"))
    check("3-4: port 674 open: each reading of the configuration succeeds", through["keepalives_sent"] == 3
          and through["reconnects"] == 3, show(through, "keepalives_sent", "reconnects"))
    check("3-4: shut: none, and trying costs more than twice the energy", shut["keepalives_sent"] == 0
          and shut["energy_j"] > 2 * through["energy_j"], show(shut, "keepalives_sent", "energy_j"))


def script(name, old="", new=""):
    """What the scenario's box does with the packets beside it, with a line of the scenario replaced."""
    with open(os.path.join(HERE, name + ".ini"), encoding="utf-8") as f:
        text = f.read()
    assert old in text, old
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/box.ini", "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))
        out = subprocess.run([NATNAP, "script", f"{folder}/box.ini", os.path.join(HERE, name + ".csv")],
                             stdout=subprocess.PIPE, check=True, timeout=60, text=True).stdout
    return list(csv.DictReader(out.splitlines()))


def both_legs():
    p = run("5383-4-1-both-legs")
    check("4-1: each leg alone lives", all(q["reconnects"] == 0 and q["reachable_fraction"] > 0.999 for q in p))
    rows = script("5383-4-1-both-legs")
    check("4-1: both at once: every packet of three hours passes, both sessions stand at the end",
          all(r["verdict"] == "pass" for r in rows) and rows[-1]["sessions"] == "2" and len(rows) > 40,
          [r for r in rows if r["verdict"] != "pass"])
    rows = script("5383-4-1-both-legs", "profile = rfc-recommended", "profile = harmful-5383-partial")

    mail = [r for r in rows if r["dst"].endswith(":143")]
    sent = [r for r in rows if r["dst"].endswith(":587")]
    check("4-1: where only mail's reading is let through the other leg never opens",
          all(r["verdict"] == "pass" for r in mail) and sent[0]["verdict"] == "drop", (mail[:1], sent[:1]))


def server_speaks():
    p = run("5383-4.1-5-server-speaks")
    for refresh in ("outbound", "inbound", "both"):
        good, bad = (p.at(client__interval=i, middlebox__nat__refresh=refresh) for i in ("119min", "150min"))
        check(f"4.1-5: the server alone keeps the two-hour rule, refreshed {refresh}: the client says nothing and is reached",
              good["keepalives_sent"] == 0 and good["bindings_expired"] == 0 and good["reachable_fraction"] > 0.999,
              show(good, "keepalives_sent", "bindings_expired", "reachable_fraction"))
        check(f"4.1-5: one that waits longer than the NAT loses it, refreshed {refresh}", bad["bindings_expired"] > 0
              and bad["reachable_fraction"] < 0.1, show(bad, "bindings_expired", "reachable_fraction"))


def duration_by_port():
    p = run("5383-4.1-7-duration-by-port")
    web, mail = p.at(client__port="443"), p.at(client__port="143")
    check("4.1-7: a limit on all but HTTP: the web's ports live, mail's are cut 23 times a day",
          all(p.at(client__port=x)["bindings_expired"] == 0 for x in ("80", "443"))
          and all(p.at(client__port=x)["bindings_expired"] == 23 for x in ("143", "587")), [q["bindings_expired"] for q in p])
    check("4.1: forbidding long connections costs the operator: 24 sessions to make and to log, not one; more promotions",
          mail["sessions_created"] == 24 and web["sessions_created"] == 1
          and mail["radio_promotions"] > 1.5 * web["radio_promotions"], show(mail, "sessions_created", "radio_promotions"))
    check("4.1: and the subscriber 40 % more energy", mail["energy_j"] > 1.4 * web["energy_j"], (mail["energy_j"], web["energy_j"]))


def loss():
    p = run("5383-4.2-1-loss")
    check("4.2-1: connections survive 30 % of loss, and nothing is lost", all(q["reconnects"] == 0 and q["pushes_lost"] == 0
          and q["pushes_delivered"] == q["pushes_offered"] for q in p), [show(q, "reconnects", "pushes_lost") for q in p])
    delay = [q["push_delay_p95_s"] for q in p]
    check("4.2-1: what grows is delay", delay == sorted(delay) and 3 * delay[0] < delay[-1] < 60, delay)
    p = run("5383-4.2-1-outage-length")
    for length in ("30s", "5min", "14min"):
        q = p.at(path__outage_length=length)
        check(f"4.2-1: and outages of {length}", q["reconnects"] == 0 and q["pushes_lost"] == 0 and q["outages"] == 16,
              show(q, "reconnects", "pushes_lost", "outages"))
    q = p.at(path__outage_length="1h")
    check("4.2-1: beyond TCP's patience each ends one", q["sessions_created"] == q["outages"] + 1 and q["reconnects"] >= q["outages"],
          show(q, "sessions_created", "outages", "reconnects"))


def server_age():
    p = run("5383-4.1-2-server-age")
    for age, ends in (("never", 0), ("1d", 6), ("1h", 167)):
        q = p.at(server__max_age=age)
        check(f"4.1-2: a server's age limit of {age} ends {ends} connections of a busy client in a week, no middlebox does",
              abs(q["reconnects"] - ends) <= 1 and q["bindings_expired"] == 0 and q["pushes_lost"] == 0, show(q, "reconnects", "bindings_expired"))
    cost = [p.at(server__max_age=x)["energy_j"] for x in ("never", "1d", "1h")]
    check("4.1-2: which costs energy", cost == sorted(cost) and cost[2] > 1.05 * cost[0], cost)


def switch():
    p = run("5383-4.2-4-switch")
    short, good = (p.at(middlebox__nat__tcp_established=x) for x in ("1h", "2h4min"))
    check("4.2-4: the option switched on and nothing else asks every two hours: enough for 2 h 4 min",
          good["bindings_expired"] == 0 and good["reachable_fraction"] > 0.999, show(good, "bindings_expired"))
    check("4.2-4: and nothing it can do about a NAT of an hour", short["bindings_expired"] > 70, show(short, "bindings_expired"))


def two_firewalls():
    p = run("5383-6-1-two-firewalls")
    for home in ("tcp/25", "tcp/143"):
        for employer in ("tcp/25", "tcp/143"):
            q = p.at(middlebox__home__blocked_ports=home, middlebox__employer__blocked_ports=employer,
                     middlebox__employer__tcp_established="2h4min")
            opens = home == employer == "tcp/25"
            check(f"6-1: firewalls that shut {home} and {employer}: {'mail' if opens else 'none'}",
                  (q["reachable_fraction"] > 0.999) == opens and (q["pushes_delivered"] > 0) == opens,
                  show(q, "reachable_fraction", "pushes_delivered"))
    q = p.at(middlebox__home__blocked_ports="tcp/25", middlebox__employer__blocked_ports="tcp/25",
             middlebox__employer__tcp_established="30min")
    check("6-1: the shorter of two timers counts", q["bindings_expired"] > 10, show(q, "bindings_expired"))


def one_port():
    p = run("5383-6-4-one-port")
    own, other = p.at(client__port="143"), p.at(client__port="443")
    check("6-4: on its own port a service gets the timer it needs", own["bindings_expired"] == 0
          and own["reachable_fraction"] > 0.999, show(own, "bindings_expired", "reachable_fraction"))
    check("6-4: on another's it gets that one's, and pays", other["reachable_fraction"] < 0.1
          and other["energy_j"] > 1.5 * own["energy_j"], show(other, "reachable_fraction", "energy_j"))


def blocked():
    p = run("5383-6.1-2-blocked")

    def day(port, shut):
        return p.at(client__port=port, middlebox__firewall__blocked_ports=shut)

    check("6.1-2: the tunnel works as well as the right port, at first",
          day("80", "tcp/25")["energy_j"] == day("143", "tcp/25")["energy_j"] and day("80", "tcp/25")["reachable_fraction"] > 0.999)
    check("6.1-2: shut, it reaches nobody and costs more every day than the right port does",
          day("80", "tcp/80")["pushes_lost"] == day("80", "tcp/80")["pushes_offered"]
          and day("80", "tcp/80")["energy_j"] > 1.5 * day("143", "tcp/80")["energy_j"],
          show(day("80", "tcp/80"), "energy_j", "pushes_lost"))
    # ninety days: the tunnel at once, until it is shut on some day and for ever; or two weeks of nothing, then the right port
    right, vain = day("143", "tcp/80")["energy_j"], day("80", "tcp/80")["energy_j"]
    tunnel_cost = {date: date * right + (90 - date) * vain for date in (7, 30, 76)}
    check("6.1: waiting for the right port costs less in the long run, and serves longer, whenever the block comes",
          all(cost > (90 - 14) * right for cost in tunnel_cost.values()) and vain > right, (tunnel_cost, right, vain))
    rows = {float(r["time_s"]): r["verdict"] for r in script("5383-6.1-2-blocked")}
    check("6.1-2: before the flaw is known: the web, the tunnel and mail's own port open", all(rows[t] == "pass" for t in (0, 1, 2)))
    check("6.1-2: a flaw of the tunnelled service shuts both, not the one on its own port",
          (rows[86401], rows[86402], rows[86403]) == ("drop", "drop", "pass"), rows)
    check("6.1-2: until the rule goes", all(rows[t] == "pass" for t in (172801, 172802, 172803)), rows)


def crossover():
    hold, die = run("5383-7-3-noop"), run("5383-7-3-reopen")

    def equal_interval(background, need, miss):
        """Holding costs a + b / k: two intervals give a and b, and k where it costs as much as reopening, minutes."""
        p15, p29 = (hold.at(client__background=background, client__interval=k)["average_power_mw"]
                    for k in ("15min", "29min"))
        b = (p15 - p29) / (1 / 15 - 1 / 29)
        a = p29 - b / 29
        p5 = hold.at(client__background=background, client__interval="5min")["average_power_mw"]
        assert abs(p5 - (a + b / 5)) < 0.02 * p5, (p5, a + b / 5)  # the law holds
        return b / (die.at(middlebox__nat__on_miss=miss, client__need=need)["average_power_mw"] - a)

    silent, told = equal_interval("poisson 1/h", "1h", "drop"), equal_interval("poisson 1/h", "1h", "rst")
    # a dead connection found out costs the request's repeats, by the program and, after close, by its kernel
    check("7-3: one want an hour, a silent NAT: holding is cheaper only with a NOOP rarer than every 20 to 28 min",
          20 < silent < 28, silent)
    check("7-3: which its 30 min allow, narrowly: hold the connection", silent < 29)
    check("7-3: where dead connections are refused by RST, rarer than every 4 h", told > 240 or told < 0, told)
    often = equal_interval("poisson 12/h", "5min", "drop")
    check("7-3: the more often the user wants something, the less there is to choose", often > silent or often < 0, often)
    for need, rate in (("30min", "poisson 2/h"), ("1h", "poisson 1/h"), ("2h", "poisson 0.5/h")):
        d = die.at(middlebox__nat__on_miss="drop", client__need=need)["average_power_mw"]
        h = hold.at(client__background=rate, client__interval="5min")["average_power_mw"]
        check(f"7-3: a NOOP every 5 min costs more than reopening every {need}", h > 1.5 * d, (h, d))


for claim in (ports, port_25, third_leg, duration, application_close, two_hours, longer_limit, overload, outage, tcp_option, icmp, signalling, dormancy,
              noop, no_keepalive, tunnel, req5, reopen, crossover, configuration, both_legs, server_speaks, duration_by_port, loss,
              server_age, switch, two_firewalls, one_port, blocked):
    claim()
names = {os.path.basename(f)[:-4] for f in glob.glob(os.path.join(HERE, "*.ini"))}
check("every scenario of rfc5383 is asserted", names == used, names ^ used)
plan()
