# SPDX-License-Identifier: BSD-2-Clause
"""A run of natnap as two annotated packet lists and events, and named measures over it: those that gave the facts of the recordings."""
import re
import statistics


class Seen:
    """client, server: lists of packets as that end saw them: t, from, proto, flags, len, kind, again (a retransmission), conn."""
    def __init__(self, client, server, events, simulated=False):
        self.client, self.server, self.events, self.simulated = annotate(client), annotate(server), events, simulated


def annotate(pk):
    conns, nxt, out, synack = {}, {}, [], {}
    for p in pk:
        p = dict(p)
        if p["proto"] == "tcp":
            cport = p["sport"] if p["from"] == "client" else p["dport"]
            sport = p["dport"] if p["from"] == "client" else p["sport"]
            end = p["seq"] + p["len"] + ("S" in p["flags"]) + ("F" in p["flags"])
            key = (cport, sport, p["from"])
            p["conn"] = conns.setdefault((cport, sport), len(conns))
            known = nxt.get(key)
            d = None if known is None else (p["seq"] - known + 2**31) % 2**32 - 2**31
            p["again"] = False
            if "R" in p["flags"]:
                p["kind"] = "rst"
            elif "S" in p["flags"]:
                p["kind"] = "synack" if "A" in p["flags"] else "syn"
                p["again"] = d is not None and d < 0
            elif d == -1 and p["len"] <= 1 and "F" not in p["flags"] and "P" not in p["flags"]:
                p["kind"] = "probe"
            elif "F" in p["flags"]:
                p["kind"], p["again"] = "fin", d is not None and d < 0
            elif p["len"] > 0:
                p["kind"], p["again"] = "data", d is not None and d < 0
            else:
                p["kind"] = "ack"
            if p["kind"] != "rst" and (d is None or d >= 0 or p["kind"] in ("syn", "synack")):
                nxt[key] = end % 2**32
        elif p["proto"] == "udp":
            cport = p["sport"] if p["from"] == "client" else p["dport"]
            p["conn"] = conns.setdefault((cport, "udp"), len(conns))
            p["kind"], p["again"] = "data", False
        else:
            p["kind"], p["again"], p["conn"] = p["proto"], False, -1
        out.append(p)
    return out


def select(s, side="client", frm="client", kind=None, after=0, before=1e9, again=None, conn=None, min_len=0, max_len=1e9, head=None):
    kinds = kind.split("|") if kind else None
    return [p for p in getattr(s, side) if p["from"] == frm and after <= p["t"] < before and (not kinds or p["kind"] in kinds) and (again is None or p["again"] == again)
            and (conn is None or p["conn"] == conn) and min_len <= p["len"] <= max_len and (head is None or s.simulated or re.match(head, p.get("head", "")))]


def heard(s, who, before):
    """When this end last received something, before a time."""
    t = [p["t"] for p in getattr(s, who) if p["from"] != who and p["t"] < before]
    return t[-1] if t else None


def said(s, who, before):
    t = [p["t"] for p in getattr(s, who) if p["from"] == who and p["t"] < before]
    return t[-1] if t else None


# --- measures: each takes a Seen and arguments, and gives a number, a list of numbers, or None ----------------------------------------
def count(s, **w):
    return len(select(s, **w))


def period(s, **w):
    t = [p["t"] for p in select(s, **w)]
    return round(statistics.median(b - a for a, b in zip(t, t[1:])), 3) if len(t) > 1 else None


def rounds(s, apart=1, **w):
    """The period of what comes in rounds, of packets less than `apart` from the one before."""
    t = [p["t"] for p in select(s, **w)]
    first = [b for a, b in zip([-apart] + t, t) if b - a >= apart]
    return round(statistics.median(b - a for a, b in zip(first, first[1:])), 3) if len(first) > 1 else None


def offsets(s, n=8, **w):
    """Times of the selected packets since the first of them."""
    t = [p["t"] for p in select(s, **w)]
    return [round(x - t[0], 3) for x in t[1:n + 1]] if t else None


def since_heard(s, ref_after=0, **w):
    """The first selected packet, since that end last heard anything."""
    p = select(s, **w)
    h = heard(s, w.get("side", "client"), p[0]["t"]) if p else None
    return round(p[0]["t"] - h, 3) if h is not None else None


def since(s, since, **w):
    """The first selected packet, since a time."""
    p = select(s, after=since, **{k: v for k, v in w.items() if k != "after"})
    return round(p[0]["t"] - since, 3) if p else None


def gap(s, a, b):
    """From the first packet that a selects to the first that b selects after it."""
    x = select(s, **a)
    if not x:
        return None
    y = [p for p in select(s, **b) if p["t"] > x[0]["t"]]
    return round(y[0]["t"] - x[0]["t"], 3) if y else None


def event(s, who, what, after=0, ref="heard", sim=None):
    """When an end notices (its program's words; natnap's notes), since it last heard anything, last said anything, or since `after`."""
    pat = sim if s.simulated and sim else what
    if s.simulated and not sim:
        return None
    e = [x for x in s.events if x["who"] == who and x["t"] >= after and re.search(pat, x["what"])]
    if not e:
        return None
    t = e[0]["t"]
    r = heard(s, who, t - 0.002) if ref == "heard" else said(s, who, t) if ref == "said" else after
    return round(t - r, 3) if r is not None else None


def lens(s, n=1, **w):
    """Payload sizes of the first selected packets."""
    return [p["len"] for p in select(s, **w)][:n] or None


def total(s, **w):
    """Payload bytes of the selected packets, retransmissions left out."""
    return sum(p["len"] for p in select(s, **w) if not p["again"])


def turns(s, before=1e9, conn=0, side="client"):
    """Round trips of an exchange: how often the client's payload is followed by the server's."""
    pk = [p for p in getattr(s, side) if p["t"] < before and p["len"] > 0 and not p["again"] and p["conn"] == conn]
    return sum(a["from"] == "client" and b["from"] == "server" for a, b in zip(pk, pk[1:]))


def conns(s, **w):
    """How many flows (client ports, as that end sees them) the selected packets belong to."""
    return len({p["conn"] for p in select(s, **w)})


def noticed(s, who, what, a, sim=None):
    """From the first packet that a selects to an end's noticing (its program's words; natnap's notes)."""
    x = select(s, **a)
    if not x or (s.simulated and not sim):
        return None
    e = [v for v in s.events if v["who"] == who and v["t"] >= x[0]["t"] and re.search(sim if s.simulated else what, v["what"])]
    return round(e[0]["t"] - x[0]["t"], 3) if e else None


def happens(s, who, what, after=0, before=1e9, sim=None):
    if s.simulated and not sim:
        return None
    return int(any(x["who"] == who and after <= x["t"] < before and re.search(sim if s.simulated else what, x["what"]) for x in s.events))


def rtts(s, **w):
    """Median delay from a selected packet to the next from the other side."""
    out = []
    for p in select(s, **w):
        q = [x for x in getattr(s, w.get("side", "client")) if x["from"] != p["from"] and x["t"] > p["t"]]
        if q:
            out.append(q[0]["t"] - p["t"])
    return round(statistics.median(out), 3) if out else None
