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
EXAMPLES = sorted(f for f in os.listdir(os.path.join(ROOT, "examples")) if f.endswith((".c", ".cc")))

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
                 "lib/libnatnap-run.a", "lib/libnatnap-run.so", "lib/libnatnap-run.so.0", "lib/pkgconfig/natnap-run.pc", "include/natnap_run.h",
                 "share/man/man1/natnap.1", "share/man/man1/natnap-run.1", "share/man/man1/natnap-infer-radio.1", "share/man/man5/natnap-scenario.5",
                 "share/man/man5/natnap-profiles.5", "share/man/man3/libnatnap.3", "share/bash-completion/completions/natnap",
                 "share/zsh/site-functions/_natnap", "share/fish/vendor_completions.d/natnap.fish",
                 "share/natnap/imap-idle-lte.ini", "share/natnap/profiles/middlebox/linux"):
        check("installed: " + name, os.path.exists(os.path.join(prefix, name)))
    check("two headers only", sorted(os.listdir(os.path.join(prefix, "include"))) == ["natnap.h", "natnap_run.h"])
    header = os.path.join(prefix, "include", "natnap.h")
    with open(header) as f:
        text = f.read()
    check("the header is short and needs no GLib", text.count("\n") < 600 and not re.search(r"\bg_|\bG[A-Z][a-z]|glib", re.sub(r"/\*.*?\*/", "", text, flags=re.S)),
          text)
    with open(os.path.join(prefix, "include", "natnap_run.h")) as f:
        run_text = f.read()
    check("that of the run library neither", not re.search(r"\bg_|\bG[A-Z][a-z]|glib", re.sub(r"/\*.*?\*/", "", run_text, flags=re.S)), run_text)
    strict = "-Wall -Wextra -pedantic -Werror"
    for language in ("-x c -std=c11", "-x c -std=c17", "-x c++ -std=c++11", "-x c++ -std=c++20"):
        compiler = "c++" if "c++" in language else "cc"
        for one in (header, header.replace("natnap.h", "natnap_run.h")):
            r = sh(f"{compiler} {strict} {language} -fsyntax-only {one}")
            check(f"{os.path.basename(one)} compiles alone: {language}", r.returncode == 0, r.stdout)
    NAMES = r"^NAP_API [^(]*?\b(nap_\w+)\("
    for library, headers in (("natnap", text), ("natnap-run", text + run_text)):
        declared = set(re.findall(NAMES, headers, re.M))
        r = sh(f"nm -D --defined-only {prefix}/lib/lib{library}.so")
        lines = [line.split() for line in r.stdout.splitlines()]
        version = {line[2] for line in lines if line[1] == "A"}
        shown = {line[2].split("@")[0] for line in lines if line[1] != "A"}
        check(f"each name of lib{library} has its library's version", len(version) == 1 and all(
            line[2].endswith("@@" + next(iter(version))) for line in lines if line[1] != "A"), r.stdout)
        check(f"lib{library} shows what its headers declare and nothing else", shown == declared and len(shown) > 30, sorted(shown ^ declared))
    run_env = dict(env, LD_LIBRARY_PATH=os.path.join(prefix, "lib"))
    shared = "$(pkg-config --cflags --libs natnap)"
    for name in EXAMPLES:
        with open(f"{ROOT}/examples/{name}") as f:
            runs = "<natnap_run.h>" in f.read()
        with open(f"{ROOT}/examples/{name.split('.')[0]}.{'cc.' if name.endswith('.cc') else ''}out") as f:
            output = f.read()
        package, needs = ("natnap-run", "glib-2.0 gio-2.0 json-glib-1.0") if runs else ("natnap", "glib-2.0")
        ways = (("shared library", f"$(pkg-config --cflags --libs {package})"),
                ("archive", f"$(pkg-config --cflags {package}) {prefix}/lib/lib{package}.a $(pkg-config --libs {needs}) -lm -pthread"))
        compiler = "c++ -std=c++11" if name.endswith(".cc") else "cc -std=c11"
        for how, flags in ways:
            r = sh(f"{compiler} {strict} -o example {ROOT}/examples/{name} {flags}", cwd=tmp, env=env)
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
    r = sh(f"ldd {prefix}/lib/libnatnap-run.so")
    check("the run library needs json-glib besides, and no GSL", "libjson-glib" in r.stdout and not any(
        x in r.stdout for x in ("gsl", "pcap", "libnet")), r.stdout)
    modules = [d for d, _, files in os.walk(prefix) if "natnap.py" in files]
    r = sh("python3 -B -c 'import natnap; print(natnap.check(profile=\"linux\")[\"origin\"])'", cwd="/", env=dict(env, PYTHONPATH=":".join(modules)))
    check("the installed Python module finds its library", r.returncode == 0 and r.stdout == "linux\n", r.stdout)
    r = sh(f"{prefix}/bin/natnap run {prefix}/share/natnap/imap-idle-lte.ini --set scenario.duration=2h --replications 1", cwd="/", env=env)
    check("the installed program runs the installed scenario", r.returncode == 0 and "recommended interval" in r.stdout, r.stdout)
    moved = os.path.join(tmp, "moved")
    os.makedirs(f"{moved}/share/natnap/profiles/middlebox")
    for folder in ("bin", "lib", "share"):
        r = sh(f"cp -r {prefix}/{folder} {moved}/")
    with open(f"{prefix}/share/natnap/profiles/middlebox/linux") as f:
        text = f.read()
    with open(f"{moved}/share/natnap/profiles/middlebox/added", "w") as f:
        f.write(text)
    r = sh(f"{moved}/bin/natnap profiles middlebox added && ! {prefix}/bin/natnap profiles middlebox added", cwd="/", env=env)
    check("a program finds what lies beside it, built for which PREFIX or moved where ever", r.returncode == 0, r.stdout)
    r = sh(f"for f in {prefix}/share/man/man?/*; do man -l --warnings $f 2>&1 >/dev/null || true; done", env=dict(env, LC_ALL="C.UTF-8", MANWIDTH="150"))
    check("the manual pages have no warnings", "warning" not in r.stdout, r.stdout)
    places = f"BUILD={os.environ.get('BUILD', 'build')} PREFIX={prefix}"
    with open(os.path.join(prefix, "bin", "another"), "w"):
        pass
    r = sh(f"make -s -C {ROOT} uninstall {places}", env=env)
    left = [os.path.join(d, name) for d, dirs, files in os.walk(prefix) for name in dirs + files]
    check("make uninstall leaves what is not its own", r.returncode == 0 and left == [os.path.join(prefix, *p) for p in (["bin"], ["bin", "another"])], r.stdout + str(left))
    staged = f"{places} DESTDIR={tmp}/stage LIBDIR={prefix}/lib/triplet PYTHONDIR={prefix}/lib/python3/dist-packages"
    r = sh(f"scripts/install-files install && find {tmp}/stage -type f | wc -l", cwd=ROOT, env=dict(env, **dict(p.split("=") for p in staged.split())))
    check("installed into a stage", r.returncode == 0 and int(r.stdout) > 100 and os.path.exists(f"{tmp}/stage{prefix}/lib/triplet/libnatnap.so.0"), r.stdout)
    r = sh(f"make -s -C {ROOT} uninstall {staged}", env=env)
    left = sum((dirs + files for _, dirs, files in os.walk(f"{tmp}/stage{prefix}")), [])
    check("and taken away again: nothing is left", r.returncode == 0 and left == [], r.stdout + str(left))
    r = sh(f"for n in 1 2; do SOURCE_DATE_EPOCH=1 scripts/dist 9.9 {tmp}/$n.tar.gz || exit 1; done; cmp {tmp}/1.tar.gz {tmp}/2.tar.gz", cwd=ROOT)
    check("two tarballs of the same sources are the same bytes", r.returncode == 0, r.stdout)
    r = sh(f"tar -xzf 1.tar.gz && natnap-9.9/scripts/dist 9.9 {tmp}/3.tar.gz && tar -tzf 1.tar.gz | sort >1.list && tar -tzf 3.tar.gz | sort >3.list && "
           "cmp 1.list 3.list && ! grep -E '/build/|[.]git/|[.]o$|natnap-9.9/natnap$' 1.list && grep -q /sim/cli/main.c 1.list", cwd=tmp)
    check("the tarball holds the sources alone, and makes the like of itself", r.returncode == 0, r.stdout)
plan()
