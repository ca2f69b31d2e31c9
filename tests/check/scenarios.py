# SPDX-License-Identifier: BSD-2-Clause
"""Random scenarios as plain numbers (nanoseconds, milliwatts), as natnap reads them, and stretched in time and power."""
import math

S = 10**9
STATES = ("idle", "connected", "low", "promoting", "promoting-low")


def time_between(rng, low, high):
    """Even over the logarithm, and odd by nanoseconds, so that no two things happen at once."""
    return int(math.exp(rng.uniform(math.log(low), math.log(high)))) | 1


def draw(rng):
    interval = time_between(rng, 1 * S, 600 * S)
    boxes = [(time_between(rng, interval // 4, interval * 3), time_between(rng, interval // 4, interval * 3), rng.choice(["outbound", "inbound", "both"]))
             for _ in range(rng.randint(1, 3))]
    return {
        "interval": interval, "gap": time_between(rng, interval // 3, interval * 5), "duration": interval * rng.randint(5, 120) + 12345,
        "delay": rng.randrange(200 * S // 1000), "links": [rng.randrange(50 * S // 1000) for _ in boxes], "boxes": boxes,
        "answer": rng.random() < 0.5, "shared": rng.random() < 0.5,
        "radio": {
            "promotion": time_between(rng, S // 50, 3 * S), "low-promotion": time_between(rng, S // 100, S),
            "tail": time_between(rng, S // 2, 20 * S), "low-tail": time_between(rng, S // 2, 20 * S),
            "power": {s: rng.randrange(1, 3000) for s in STATES},
        },
    }


def scaled(s, time=1, power=1):
    """All times and all powers by whole factors."""
    radio = {k: v * time for k, v in s["radio"].items() if k != "power"}
    radio["power"] = {k: v * power for k, v in s["radio"]["power"].items()}
    out = {k: s[k] * time for k in ("interval", "gap", "duration", "delay")}
    return dict(s, **out, links=[x * time for x in s["links"]], boxes=[(u * time, v * time, r) for u, v, r in s["boxes"]], radio=radio)


def profile_text(s):
    r = s["radio"]
    p = r["power"]
    return f"""[radio]
source = drawn
verified = yes
technology = lte
start = idle
[state idle]
power = {p['idle']}mW
[state connected]
connected = yes
power = {p['connected']}mW
[state low]
connected = yes
power = {p['low']}mW
[edge promotion]
from = idle
to = connected
on = traffic
delay = {r['promotion']}ns
power = {p['promoting']}mW
[edge again]
from = low
to = connected
on = traffic
delay = {r['low-promotion']}ns
power = {p['promoting-low']}mW
[edge tail]
from = connected
to = low
on = idle
after = {r['tail']}ns
[edge low-tail]
from = low
to = idle
on = idle
after = {r['low-tail']}ns
"""


def with_inert(s, rng):
    """One box more, that forgets nothing and delays nothing."""
    at = rng.randint(0, len(s["boxes"]))
    inert = ("never", "never", "both")
    return dict(s, boxes=s["boxes"][:at] + [inert] + s["boxes"][at:], links=s["links"][:at] + [0] + s["links"][at:])


def time_text(t):
    return t if t == "never" else f"{t}ns"


def last_shared(s, i):
    """The outermost box may be one for two alike: then it is counted session by session."""
    return "shared = yes\n" if s["shared"] and i == len(s["boxes"]) - 1 else ""


def text(s):
    boxes = "".join(f"[middlebox b{i}]\nkind = {s.get('kind', 'nat')}\nudp = {time_text(u)}\nudp-stream = {time_text(v)}\nrefresh = {r}\nlink-delay = {link}ns\n" + last_shared(s, i)
                    for i, ((u, v, r), link) in enumerate(zip(s["boxes"], s["links"])))
    push = f"poisson {s['per-hour']}/h" if "per-hour" in s else f"periodic {s['gap']}ns"
    return f"""[scenario]
duration = {s['duration']}ns
seed = {s.get('seed', 1)}
subscribers = {2 if s['shared'] else 1}
[path]
middleboxes = {'; '.join(f'b{i}' for i in range(len(s['boxes'])))}
delay = {s['delay']}ns
loss = {s.get('loss', 0)}%
{boxes}[radio]
profile = drawn
[client]
application = udp
policy = fixed
interval = {s['interval']}ns
[server]
push = {push}
answer = {'yes' if s['answer'] else 'no'}
"""
