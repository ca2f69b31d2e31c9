#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""make install to a folder, then what an embedder does: compile, link both ways, run. Prints TAP."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import check, plan  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = sorted(f[:-2] for f in os.listdir(os.path.join(ROOT, "examples")) if f.endswith(".c"))

CXX_PROGRAM = r"""
#include <natnap.h>
#include <cstdio>

int main()
{
	nap_box_config config;
	const char *key;

	nap_box_config_init(&config);
	if (!nap_box_config_profile(&config, "pf-default"))
		return 1;
	std::printf("%s %s\n", nap_box_config_get(&config, "tcp-established"), nap_box_config_set(&config, "udp", "5"));
	nap_box *box = nap_box_config_check(&config, &key) ? nullptr : nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4);
	std::puts(box ? "made" : "refused");
	nap_box_free(box);
	nap_box_config_clear(&config);
	return nap_box_new(&config, nap_rng_stream(1, 0, 0, NAP_RNG_PORTS), 4) != nullptr;
}
"""


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
    header = os.path.join(prefix, "include", "natnap.h")
    with open(header) as f:
        text = f.read()
    check("the header is short and needs no GLib", text.count("\n") < 600 and not re.search(r"\bg_|\bG[A-Z][a-z]|glib", re.sub(r"/\*.*?\*/", "", text, flags=re.S)),
          text)
    strict = "-Wall -Wextra -pedantic -Werror"
    for language in ("-x c -std=c11", "-x c -std=c17", "-x c++ -std=c++11", "-x c++ -std=c++20"):
        compiler = "c++" if "c++" in language else "cc"
        r = sh(f"{compiler} {strict} {language} -fsyntax-only {header}")
        check(f"the header compiles alone: {language}", r.returncode == 0, r.stdout)
    declared = set(re.findall(r"^NAP_API [^(]*?\b(nap_\w+)\(", text, re.M))
    r = sh(f"nm -D --defined-only {prefix}/lib/libnatnap.so")
    shown = {line.split()[-1] for line in r.stdout.splitlines()}
    check("the library shows what the header declares and nothing else", shown == declared and len(shown) > 30, sorted(shown ^ declared))
    shared = "$(pkg-config --cflags --libs natnap)"
    fixed = f"$(pkg-config --cflags natnap) {prefix}/lib/libnatnap.a $(pkg-config --libs glib-2.0) -lm"
    run_env = dict(env, LD_LIBRARY_PATH=os.path.join(prefix, "lib"))
    for name in EXAMPLES:
        with open(f"{ROOT}/examples/{name}.out") as f:
            output = f.read()
        for how, flags in (("shared library", shared), ("archive and GLib alone", fixed)):
            r = sh(f"cc -std=c11 {strict} -o example {ROOT}/examples/{name}.c {flags}", cwd=tmp, env=env)
            check(f"{name} compiles and links with the {how}", r.returncode == 0, r.stdout)
            r = sh("./example", cwd=tmp, env=run_env)
            check(f"{name} prints what it should, with the {how}", r.returncode == 0 and r.stdout == output, r.stdout)
    with open(os.path.join(tmp, "embed.cc"), "w") as f:
        f.write(CXX_PROGRAM)
    r = sh(f"c++ -std=c++11 {strict} -o cxx embed.cc {shared}", cwd=tmp, env=env)
    check("a C++ program compiles and links", r.returncode == 0, r.stdout)
    r = sh("./cxx", cwd=tmp, env=run_env)
    check("and runs; of a config that was cleared no box is made", r.returncode == 0 and
          r.stdout == '1d a time needs a unit: 30s, 5min, 2h4min, never\nmade\n', r.stdout)
    r = sh(f"ldd {prefix}/lib/libnatnap.so")
    check("the library needs GLib and nothing else of weight", "libglib" in r.stdout and not any(
        x in r.stdout for x in ("gsl", "pcap", "json", "gio", "libnet")), r.stdout)
    r = sh(f"{prefix}/bin/natnap run {prefix}/share/natnap/imap-idle-lte.ini --set scenario.duration=2h --replications 1", cwd="/", env=env)
    check("the installed program runs the installed scenario", r.returncode == 0 and "recommended interval" in r.stdout, r.stdout)
    r = sh(f"man -l --warnings {prefix}/share/man/man1/natnap.1 2>&1 >/dev/null || true", env=dict(env, LC_ALL="C.UTF-8", MANWIDTH="100"))
    check("the manual page has no warnings", "warning" not in r.stdout, r.stdout)
plan()
