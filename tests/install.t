#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""make install to a folder, then what an embedder does: compile, link both ways, run. Prints TAP."""
import os
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
count = 0

PROGRAM = r"""
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <natnap.h>

/* A NAT with a UDP timeout of 30 s: open at 20 s, closed at 60 s. */
static int nat(void)
{
	nap_addr address = NAP_ADDR(203, 0, 113, 5);
	struct nap_box_config config;
	struct nap_box_effect fx;
	struct nap_endpoint client = { NAP_ADDR(10, 0, 0, 2), 5000 }, server = { NAP_ADDR(192, 0, 2, 7), 53 };
	struct nap_packet out = { .src = client, .dst = server, .proto = NAP_UDP }, in;
	struct nap_box *box;
	const char *key;
	int open, closed;

	memset(&config, 0, sizeof config);
	config.tracker = NAP_TRACK_SIMPLE;
	config.filtering = NAP_ADDRESS_AND_PORT_DEPENDENT;
	config.timer[NAP_TIMER_UDP] = config.timer[NAP_TIMER_UDP_STREAM] = 30 * NAP_S;
	config.duration_limit = NAP_NEVER;
	config.addresses.addr = &address;
	config.addresses.n = 1;
	config.port_range.lo = 1024;
	config.port_range.hi = 65535;
	if (nap_box_config_check(&config, &key))
		printf("key %s\n", key);
	box = nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4);
	if (nap_box_input(box, 0, NAP_INSIDE, &out, &fx) != NAP_PASS || out.src.addr != address)
		return 1;
	memset(&in, 0, sizeof in);
	in.src = server;
	in.dst = out.src;
	in.proto = NAP_UDP;
	open = nap_box_input(box, 20 * NAP_S, NAP_OUTSIDE, &in, &fx) == NAP_PASS && nap_endpoint_equal(in.dst, client);
	in.dst = out.src;
	closed = nap_box_input(box, 60 * NAP_S, NAP_OUTSIDE, &in, &fx) == NAP_DROP;
	nap_box_free(box);
	return open && closed ? 0 : 2;
}

/* Idle at 10 mW, connected at 1000 mW for 10 s after each packet: 100 s with one packet take 1.0 J x 10 + 0.9 J. */
static int radio(void)
{
	static const struct nap_radio_row row = { .title = "", .source = "", .note = "", .unverified = "", .start = "idle" };
	static const struct nap_radio_state_row states[] = { { .name = "idle", .power_mw = 10 }, { .name = "up", .power_mw = 1000, .connected = true } };
	struct nap_radio_edge_row edges[] = { { .name = "wake", .from = "idle", .to = "up", .on = NAP_ON_TRAFFIC },
		{ .name = "tail", .from = "up", .to = "idle", .on = NAP_ON_IDLE } };
	static struct nap_radio_tech tech;
	static struct nap_meter meter;
	struct nap_radio r;
	struct nap_rng rng = nap_rng_stream(1, 0, 0, NAP_RNG_RADIO);
	char *why = NULL;

	edges[1].after = nap_dist_constant(10e9);
	if (!nap_radio_compile(&tech, &row, states, 2, edges, 2, &why)) {
		printf("%s\n", why);
		return 3;
	}
	nap_radio_init(&r, &tech, 0);
	nap_radio_send(&r, &tech, 5 * NAP_S, 100, NAP_CAUSE_KEEPALIVE, &rng, &meter);
	nap_radio_close(&r, &tech, 100 * NAP_S, &meter);
	return fabs(nap_meter_energy(&meter, &tech).total - 10900.0) < 1e-9 && nap_meter_promotions(&meter, &tech) == 1 ? 0 : 4;
}

/* The run's own interface is there. */
static int run(void)
{
	return nap_policy_find("fixed") && nap_policy_find("none") && !nap_policy_find("nonesuch") && nap_metrics[0].name ? 0 : 5;
}

int main(void)
{
	int bad = nat() + 10 * radio() + 100 * run();

	printf("%d\n", bad);
	return bad != 0;
}
"""


def check(name, good, why=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        for line in str(why).splitlines()[:30]:
            print(f"# {line}")


def sh(command, **kw):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **kw)


with tempfile.TemporaryDirectory() as tmp:
    prefix = os.path.join(tmp, "usr")
    env = dict(os.environ, PKG_CONFIG_PATH=os.path.join(prefix, "lib", "pkgconfig"))
    env.pop("MAKEFLAGS", None)
    env.pop("MAKELEVEL", None)
    r = sh(f"make -s -C {ROOT} install PREFIX={prefix} BUILD={os.environ.get('BUILD', 'build')}", env=env)
    check("make install", r.returncode == 0, r.stdout)
    for name in ("bin/natnap", "lib/libnatnap.a", "lib/libnatnap.so", "lib/libnatnap.so.0", "lib/pkgconfig/natnap.pc", "include/natnap.h",
                 "share/man/man1/natnap.1", "share/natnap/imap-idle-lte.ini", "share/natnap/profiles/middlebox/linux"):
        check("installed: " + name, os.path.exists(os.path.join(prefix, name)))
    check("one header only", os.listdir(os.path.join(prefix, "include")) == ["natnap.h"])
    with open(os.path.join(tmp, "embed.c"), "w") as f:
        f.write(PROGRAM)
    strict = "cc -std=c11 -Wall -Wextra -pedantic -Werror"
    r = sh(f"{strict} -o shared embed.c $(pkg-config --cflags --libs natnap) -lm", cwd=tmp, env=env)
    check("compiles and links with the shared library", r.returncode == 0, r.stdout)
    r = sh("./shared", cwd=tmp, env=dict(env, LD_LIBRARY_PATH=os.path.join(prefix, "lib")))
    check("runs with the shared library", r.returncode == 0 and r.stdout == "0\n", r.stdout)
    r = sh(f"{strict} -o fixed embed.c $(pkg-config --cflags natnap) {prefix}/lib/libnatnap.a $(pkg-config --libs glib-2.0) -lm", cwd=tmp, env=env)
    check("links with the archive and GLib alone", r.returncode == 0, r.stdout)
    r = sh("./fixed", cwd=tmp, env=env)
    check("runs with the archive", r.returncode == 0 and r.stdout == "0\n", r.stdout)
    r = sh(f"ldd {prefix}/lib/libnatnap.so")
    check("the library needs GLib and nothing else of weight", "libglib" in r.stdout and not any(
        x in r.stdout for x in ("gsl", "pcap", "json", "gio", "libnet")), r.stdout)
    r = sh(f"{prefix}/bin/natnap run {prefix}/share/natnap/imap-idle-lte.ini --set scenario.duration=2h --replications 1", cwd="/", env=env)
    check("the installed program runs the installed scenario", r.returncode == 0 and "recommended interval" in r.stdout, r.stdout)
    r = sh(f"man -l --warnings {prefix}/share/man/man1/natnap.1 2>&1 >/dev/null || true", env=dict(env, LC_ALL="C.UTF-8", MANWIDTH="100"))
    check("the manual page has no warnings", "warning" not in r.stdout, r.stdout)
print(f"1..{count}")
