# SPDX-License-Identifier: BSD-2-Clause
"""A second implementation, which shares no code with the first; where docs/ left open what restarts a timer, or when a server knows
an address, it follows what the first was seen to do: one client of plain UDP with keepalives each
interval, periodic pushes, a chain of NATs with idle timers, a radio of three states. Whole nanoseconds, and all that happens is
kept as a list in time; what natnap calculates on the way is counted afterwards."""
import heapq
from fractions import Fraction

NEVER = 1 << 62


class Nat:
    """One session, for there is one flow. Which packets restart its timer is refresh."""

    def __init__(self, udp, stream, refresh):
        self.udp, self.stream, self.refresh = udp, stream, refresh
        self.replied, self.until, self.since = False, -1, None
        self.alive, self.expired = [], 0

    def _close(self, now):
        """Past its time: note how long it lived."""
        if self.since is not None and self.until <= now:
            self.alive.append((self.since, self.until))
            self.since, self.replied, self.expired = None, False, self.expired + 1

    def outbound(self, now):
        self._close(now)
        if self.since is None:
            self.since, self.until = now, now + self.udp
        elif self.refresh in ("outbound", "both"):
            self.until = now + (self.stream if self.replied else self.udp)
        return True

    def inbound(self, now):
        self._close(now)
        if self.since is None:
            return False
        self.replied = True
        if self.refresh in ("inbound", "both"):
            self.until = now + self.stream
        return True

    def lived(self, end):
        """The share of time in which there was a session."""
        return Fraction(sum(min(b, end) - a for a, b in self.alive), end)

    def finish(self, end):
        self._close(end)
        if self.since is not None:
            self.alive.append((self.since, self.until))


class Radio:
    """idle -> connected -> low -> idle; traffic in idle or low promotes, which takes a while; who comes meanwhile waits for it."""

    def __init__(self, table):
        self.t = table
        self.spells = []     # (state, from, to)
        self.state, self.at, self.last = "idle", 0, None
        self.promotions = 0

    def _go(self, state, when):
        self.spells.append((self.state, self.at, when))
        self.state, self.at = state, when

    def settle(self, now):
        """Demotions that are due by now."""
        while True:
            if self.state == "promoting" and now >= self.ready:
                self._go("connected", self.ready)
                self.last = self.ready
            elif self.state == "promoting-low" and now >= self.ready:
                self._go("connected", self.ready)
                self.last = self.ready
            elif self.state == "connected" and now >= self.last + self.t["tail"]:
                self._go("low", self.last + self.t["tail"])
            elif self.state == "low" and now >= self.at + self.t["low-tail"]:
                self._go("idle", self.at + self.t["low-tail"])
            else:
                return

    def traffic(self, now):
        """When this packet is on the air, or in the device."""
        self.settle(now)
        if self.state.startswith("promoting"):
            return self.ready
        if self.state == "connected":
            self.last = now
            return now
        which = "promotion" if self.state == "idle" else "low-promotion"
        self._go("promoting" if self.state == "idle" else "promoting-low", now)
        self.ready = now + self.t[which]
        self.promotions += 1
        return self.ready

    def finish(self, end):
        self.settle(end)
        self._go("over", end)

    def energy(self):
        """In nanojoule times a million: milliwatts as fractions times nanoseconds, divided once."""
        power = self.t["power"]
        return sum((Fraction(power[s]) * (to - begin) for s, begin, to in self.spells), Fraction(0)) / 10**12


class World:
    def __init__(self, s):
        self.s, self.events, self.number = s, [], 0
        self.nats = [Nat(*b) for b in s["boxes"]]
        self.links = [s["delay"]] + s["links"]
        self.radio = Radio(s["radio"])
        self.up = self.offered = self.delivered = self.down = 0
        self.known = NEVER

    def at(self, when, what, *args):
        self.number += 1
        heapq.heappush(self.events, (when, self.number, what, args))

    def send(self, now):
        self.up += 1
        self.at(self.radio.traffic(now) + self.links[0], self.outward, 0)

    def outward(self, now, i):
        if i == len(self.nats):
            self.known = min(self.known, now)
        elif self.nats[i].outbound(now):
            self.at(now + self.links[i + 1], self.outward, i + 1)

    def keepalive(self, now):
        self.send(now)
        self.at(now + self.s["interval"], self.keepalive)

    def push(self, now):
        self.offered += 1
        self.at(now + self.s["gap"], self.push)
        if self.known <= now:
            self.at(now + self.links[-1], self.inward, len(self.nats) - 1)

    def inward(self, now, i):
        if i < 0:
            self.at(self.radio.traffic(now), self.got)
        elif self.nats[i].inbound(now):
            self.at(now + self.links[i], self.inward, i - 1)

    def got(self, now):
        self.delivered += 1
        if self.s["answer"]:
            self.send(now)

    def run(self):
        end = self.s["duration"]
        self.at(0, self.keepalive)
        self.at(self.s["gap"], self.push)
        while self.events and self.events[0][0] < end:
            when, _, what, args = heapq.heappop(self.events)
            what(when, *args)
        self.radio.finish(end)
        for nat in self.nats:
            nat.finish(end)
        return self

    def reachable(self):
        """The share of time in which a push that leaves the server now, to an address that it has heard from, finds all sessions."""
        end = self.s["duration"]
        spells = [(min(self.known, end), end)]
        back = 0
        for nat, link in zip(reversed(self.nats), reversed(self.links[1:])):
            back += link
            seen = [(max(a - back, 0), b - back) for a, b in nat.alive]
            spells = [(max(a, c), min(b, d)) for a, b in spells for c, d in seen if max(a, c) < min(b, d)]
        return Fraction(sum(b - a for a, b in spells), end)
