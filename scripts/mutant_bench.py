# SPDX-License-Identifier: BSD-2-Clause
"""A copy of the tree in which the model is one shared library, so that a fault in it costs a compilation and a link, and no test is
linked anew; and which test case passes through which block of code, so that only those are asked that can notice."""
import bisect
import filecmp
import glob
import hashlib
import json
import multiprocessing.pool
import os
import pickle
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from array import array

# what waits for a clock, needs another build, or does not link the core of this one
LEFT_OUT = {"install.t", "browser.t", "embed.t", "explore.t", "plot.t", "reflect.t", "hostile.t", "interrupted.t",
            "resume.t", "test_live", "test_live_flow", "test_privilege", "test_threats_soak"}
# seconds of the processor: a slower program is not asked
SLOWEST = 120
# bytes of the instruction: a block is known by where its call comes back to
CALL = 5
# little optimised and in the sources' order, so that a line's blocks are its own
COUNTED = "-O1 -g -fno-reorder-blocks -fno-if-conversion -fno-tree-tail-merge -fno-crossjumping -fsanitize-coverage=trace-pc"


def sh(command, **kw):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **kw)


def must(command, **kw):
    r = sh(command, **kw)
    if r.returncode:
        sys.exit(f"{command}:\n{r.stdout[-3000:]}")
    return r.stdout


def limits(cpu):
    """For a test: a fault may loop for ever or take all memory."""
    def put():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return put


def run(command, folder, library, cpu, wall, **env):
    """(passed, seconds of the processor); passed is None where the clock alone ran out, which proves nothing on a busy machine."""
    p = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                         env={**os.environ, "NATNAP": "./natnap", "BUILD": "build", "NATNAP_ORDER_SEED": "1", "LD_LIBRARY_PATH": library, **env}, preexec_fn=limits(int(cpu) + 1))
    end, pause = time.monotonic() + wall, 0.002
    while True:
        pid, status, usage = os.wait4(p.pid, os.WNOHANG)
        if pid or time.monotonic() > end:
            break
        time.sleep(pause)
        pause = min(0.05, 1.2 * pause)
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    late = not pid
    if late:
        pid, status, usage = os.wait4(p.pid, 0)
    p.returncode = status
    return None if late else status == 0, usage.ru_utime + usage.ru_stime


class Case:
    """A test case of a program, or a script as a whole."""

    def __init__(self, program, name, took):
        self.program, self.name, self.took = program, name, took
        self.key = os.path.basename(program) + name

    def command(self):
        return ["scripts/run-tests", self.program] if self.program.endswith(".t") else [self.program, "-q", "-p", self.name]


class Bench:
    def __init__(self, root, folder, without):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        ccache = "ccache " if shutil.which("ccache") else ""
        mold = "-fuse-ld=mold " if shutil.which("mold") else ""
        self.link = f"gcc -shared {mold}-Wl,-Bsymbolic -Wl,-soname,libmodel.so"
        self.make = f"make -s -j{os.cpu_count()} CC='{ccache}gcc' CFLAGS=-fvisibility=default LDFLAGS='{mold}-Wl,-rpath,{self.folder}/build'"
        names = sorted(os.path.basename(p) for p in glob.glob(f"{root}/tests/test_*.c") + glob.glob(f"{root}/tests/*.t"))
        names = [n.removesuffix(".c") for n in names if n.removesuffix(".c") not in LEFT_OUT]
        names = [n for n in names if n not in without]
        self.tests = [f"tests/{n}" if n.endswith(".t") else f"build/tests/{n}" for n in names]
        built = f"{self.folder}/build/commands.json"
        if self.copy(root) or not os.path.exists(built):
            self.build(built)
        with open(built) as f:
            self.compile = json.load(f)
        self.objects = {path: f"build/{path[:-2]}.o" for path in self.compile}
        self.plain = {}   # code of the sources as they are
        self.cases = []
        self.blocks = {}  # block, by its offset in the counting library: cases that pass there, a bit each
        self.lines = {}   # file: {line: its blocks}

    def build(self, built):
        if os.path.exists(built):
            os.remove(built)
        commands = sh(f"{self.make} -n -B build/libnatnap.a", cwd=self.folder).stdout
        self.compile = {m[2]: m[1] for m in re.findall(r"^(.*?(\S.* -MMD -MP -c -o build/\S+ (sim/\S+[.]c)))$", commands, re.M)}
        self.objects = {path: f"build/{path[:-2]}.o" for path in self.compile}
        must(f"{self.make} {' '.join(self.objects.values())}", cwd=self.folder)
        self.link_model("build", self.objects.values())
        # for the linker: a text that names the shared library in the archive's place; for make: never newer than what it is linked to
        with open(f"{self.folder}/build/libnatnap.a", "w") as f:
            f.write(f"INPUT({self.folder}/build/libmodel.so)\n")
        must(f"{self.make} -o build/libnatnap.a natnap {' '.join(t for t in self.tests if t.startswith('build/'))}", cwd=self.folder)
        with open(built, "w") as f:
            json.dump(self.compile, f)

    def link_model(self, where, objects):
        must(f"{self.link} -o {where}/libmodel.so {' '.join(objects)} $(pkg-config --libs glib-2.0) -lm", cwd=self.folder)

    def copy(self, root):
        """What git knows or would add; what is there and the same keeps its time, what is gone goes. Was anything not the same?"""
        changed = False
        names = must("git ls-files --cached --others --exclude-standard", cwd=root).splitlines()
        for path in glob.glob(f"{self.folder}/sim/**/*.[ch]", recursive=True) + glob.glob(f"{self.folder}/tests/*"):
            if os.path.isfile(path) and os.path.relpath(path, self.folder) not in names:
                os.remove(path)
                changed = True
        for name in names:
            source, to = os.path.join(root, name), os.path.join(self.folder, name)
            if os.path.isfile(source) and not (os.path.exists(to) and filecmp.cmp(source, to, shallow=False)):
                os.makedirs(os.path.dirname(to), exist_ok=True)
                shutil.copyfile(source, to)
                shutil.copymode(source, to)
                changed = True
        return changed

    # --- which case passes where -----------------------------------------------------------------------------------------

    def survey(self, modules, jobs):
        """Each test once, with a library that counts; what fails then can notice nothing and is left out."""
        model = self.digest(*(f"{self.folder}/{p}" for p in ("sim/*/*.[ch]", "scripts/mutant_seen.c"))) + COUNTED + " ".join(modules)
        self.counted(model, modules)
        with multiprocessing.pool.ThreadPool(jobs) as pool:
            for test, found in zip(self.tests, pool.map(lambda test: self.survey_one(test, model), self.tests, chunksize=1)):
                self.learn(test, found)
        self.read_lines()

    def counted(self, model, modules):
        """The library that counts."""
        made = f"{self.folder}/counted/of"
        if os.path.exists(made):
            with open(made) as f:
                if f.read() == model:
                    return
        shutil.rmtree(f"{self.folder}/counted", ignore_errors=True)
        os.makedirs(f"{self.folder}/counted")
        mine = [p for p in self.compile if p.split("/")[1] in modules]
        objects = {p: "counted/" + p[:-2].replace("/", "_") + ".o" for p in mine}
        commands = [self.compile[p].replace(f"build/{p[:-2]}.o", objects[p]).replace("-Werror", "-w") + f" {COUNTED}" for p in mine]
        must("xargs -d '\\n' -P 2 -n 1 sh -c <<'END'\n" + "\n".join(commands) + "\nEND", cwd=self.folder)
        must("gcc -O2 -fPIC -c $(pkg-config --cflags glib-2.0) -o counted/seen.o scripts/mutant_seen.c", cwd=self.folder)
        others = [self.objects[p] for p in self.compile if p not in mine]
        self.link_model("counted", [*objects.values(), *others, "counted/seen.o"])
        with open(made, "w") as f:
            f.write(model)

    def survey_one(self, test, model):
        """As it was found last time, where nothing has changed since."""
        name = os.path.basename(test)
        kept = f"{self.folder}/counted/{name}.seen"
        needs = f"{self.folder}/build/tests/{name}.d"
        sources = [f"{self.folder}/tests/{name}", f"{self.folder}/tests/*.py", f"{self.folder}/tests/check/*", f"{self.folder}/scenarios/*", f"{self.folder}/scenarios/*/*/*"]
        if os.path.exists(needs):
            with open(needs) as f:
                sources = [f"{self.folder}/{w}" for w in re.findall(r"tests/[\w./]+[.][ch]\b", f.read())]
        key = model + self.digest(*sources)
        found = None
        if os.path.exists(kept):
            with open(kept, "rb") as f:
                found = pickle.load(f)
        if not found or found["key"] != key:
            seen = f"{self.folder}/counted/{name}.now"
            if os.path.exists(seen):
                os.remove(seen)
            fine, took = run(["scripts/run-tests", test], self.folder, f"{self.folder}/counted", SLOWEST, 20 * SLOWEST, MUTANT_SEEN=seen)
            found = {"key": key, "took": took, "fine": fine, "cases": self.passed(seen, test, took) if fine else []}
            with open(kept, "wb") as f:
                pickle.dump(found, f)
            print(f"# {test}: {took:.1f} s, {len(found['cases'])} cases", flush=True)
        return found

    def learn(self, test, found):
        if not found["fine"]:
            print(f"left out, for it fails as things are, or is slow: {test}", flush=True)
        for name, took, blocks in found["cases"]:
            bit = 1 << len(self.cases)
            self.cases.append(Case(test, name, took))
            for block in blocks:
                self.blocks[block] = self.blocks.get(block, 0) | bit

    @staticmethod
    def passed(seen, test, took):
        """[(case, seconds, blocks)]; what a program passes through outside of its cases belongs to each of them."""
        cases, outside = {}, set()
        if os.path.exists(seen):
            with open(seen, "rb") as f:
                data = f.read()
            at = 0
            while at < len(data):
                end = data.index(b"\n", at)
                name, ns, n = data[at:end].decode().rsplit(" ", 2)
                at = end + 1 + 4 * int(n)
                blocks = array("I", data[end + 1:at])
                if name == "-":
                    outside.update(blocks)
                else:
                    cases[name] = (int(ns) / 1e9, blocks)
        if test.endswith(".t"):
            return [("", took, array("I", sorted(outside)))]
        return [(name, s, array("I", sorted(outside.union(blocks)))) for name, (s, blocks) in cases.items()]

    def read_lines(self):
        """For each line of the counted sources the blocks that hold code of it: a block begins with its call and goes to the next."""
        listing = must("objdump -d --no-show-raw-insn counted/libmodel.so", cwd=self.folder)
        functions = sorted(int(a, 16) for a in re.findall(r"^([0-9a-f]+) <", listing, re.M))
        calls = sorted(int(a, 16) for a in re.findall(r"^ *([0-9a-f]+):.*call.*__sanitizer_cov_trace_pc", listing, re.M))
        path = ""
        for word, line, at in re.findall(r"^([\w./]+[.][ch]):?(?:\[\+\+\])?(?: +(\d+) +0x([0-9a-f]+).*)?$", must("objdump --dwarf=decodedline counted/libmodel.so", cwd=self.folder), re.M):
            if not line:  # a file begins, now and then without its folder; they stand in the order in which they were linked
                path = word if "/" in word else min((p for p in self.compile if os.path.basename(p) == word and p >= path), default=path)
                continue
            at = int(at, 16)
            nearest = bisect.bisect_right(calls, at) - 1
            function = bisect.bisect_right(functions, at) - 1
            # before its first call a function is in that call's block
            if nearest < 0 or function >= 0 and calls[nearest] < functions[function]:
                nearest += 1
            if path.endswith(".c") and nearest < len(calls):
                self.lines.setdefault(path, {}).setdefault(int(line), set()).add(calls[nearest] + CALL)

    @staticmethod
    def digest(*patterns):
        h = hashlib.sha256()
        for pattern in patterns:
            for path in sorted(glob.glob(pattern)):
                if os.path.isfile(path):
                    with open(path, "rb") as f:
                        h.update(f.read())
        return h.hexdigest()

    def reaching(self, path, number):
        """Cases that pass through a line (from 0): of a statement over several lines any. Of data, where no line counts, all cases of
        programs that pass through the file, since a case may read data alone; of a file of data alone, all there are."""
        with open(f"{self.folder}/{path}") as f:
            text = f.read().split("\n")
        first = last = number
        while first > 0 and not re.search(r"[;{}:]\s*$", text[first - 1]):
            first -= 1
        while last < len(text) - 1 and not re.search(r"[;{}]\s*$", text[last]):
            last += 1
        lines = self.lines.get(path, {})
        span = [n for n in range(first + 1, last + 2) if n in lines]
        bits = 0 if lines else -1
        for n in span or lines:
            for block in lines[n]:
                bits |= self.blocks.get(block, 0)
        found = [c for i, c in enumerate(self.cases) if bits >> i & 1]
        if span:
            return found
        programs = {c.program for c in found}
        return [c for c in self.cases if c.program in programs]


class Stand:
    """Where one fault at a time is put and tested: a folder that shows the bench's, with a library of its own."""

    def __init__(self, bench, number):
        self.bench, self.folder = bench, f"{bench.folder}/stand{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(f"{self.folder}/build")
        os.makedirs(f"{self.folder}/library")
        for name in os.listdir(bench.folder):
            if name not in ("build", "counted", "seen") and not name.startswith("stand"):
                os.symlink(f"{bench.folder}/{name}", f"{self.folder}/{name}")
        for name in os.listdir(f"{bench.folder}/build"):
            os.symlink(f"{bench.folder}/build/{name}", f"{self.folder}/build/{name}")

    def passes(self, case):
        """And the seconds of the processor: a case that notices often ends there and then."""
        return run(case.command(), self.folder, f"{self.folder}/library", 3 * case.took + 2, 20 * case.took + 30)

    def code(self, path, text):
        """A source's object without what debuggers read; None: it does not compile."""
        beside = f"{path[:-2]}.{os.path.basename(self.folder)}.c"
        with open(f"{self.bench.folder}/{beside}", "w") as f:
            f.write(f'#line 1 "{path}"\n' + text)
        command = self.bench.compile[path].replace("ccache ", "").replace("-Werror", "-w").replace(" -g ", " ").replace(" -MMD -MP ", " ")
        command = command.replace(self.bench.objects[path], f"{self.folder}/fault.o").replace(f" {path}", f" {beside}")
        try:
            if sh(command, cwd=self.bench.folder).returncode:
                return None
        finally:
            os.remove(f"{self.bench.folder}/{beside}")
        with open(f"{self.folder}/fault.o", "rb") as f:
            # the name of the file that was compiled is a symbol of it
            return f.read().replace(os.path.basename(beside).encode(), os.path.basename(path).encode())

    def put(self, mutant):
        """"does not compile", "the same code", or None: the library holds the fault."""
        with open(f"{self.bench.folder}/{mutant.path}") as f:
            original = f.read()
        if mutant.path not in self.bench.plain:
            self.bench.plain[mutant.path] = self.code(mutant.path, original)
        code = self.code(mutant.path, mutant.applied(original))
        if code is None or code == self.bench.plain[mutant.path]:
            return "does not compile" if code is None else "the same code"
        self.bench.link_model(f"{self.folder}/library", [o if p != mutant.path else f"{self.folder}/fault.o" for p, o in self.bench.objects.items()])
        return None
