# SPDX-License-Identifier: BSD-2-Clause
"""A copy of the tree in which the model is one shared library, so that a fault in it costs a compilation and a link, and no test is
linked anew; and which test passes through which line, so that only those are asked that can notice."""
import filecmp
import glob
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

# what waits for a clock, needs another build, or does not link the core of this one
LEFT_OUT = {"install.t", "docs.t", "browser.t", "embed.t", "explore.t", "gallery.t", "paths.t", "report.t", "plot.t", "reflect.t", "hostile.t", "interrupted.t",
            "resume.t", "test_live", "test_live_flow", "test_privilege"}
# seconds of the processor: a slower test is not asked
SLOWEST = 60


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


class Bench:
    def __init__(self, root, folder):
        self.folder = os.path.abspath(folder)
        os.makedirs(self.folder, exist_ok=True)
        ccache = "ccache " if shutil.which("ccache") else ""
        mold = "-fuse-ld=mold " if shutil.which("mold") else ""
        self.link = f"gcc -shared {mold}-Wl,-Bsymbolic -Wl,-soname,libmodel.so"
        self.make = f"make -s -j{os.cpu_count()} CC='{ccache}gcc' CFLAGS=-fvisibility=default LDFLAGS='{mold}-Wl,-rpath,{self.folder}/build'"
        names = sorted(os.path.basename(p) for p in glob.glob(f"{root}/tests/test_*.c") + glob.glob(f"{root}/tests/*.t"))
        names = [n.removesuffix(".c") for n in names if n.removesuffix(".c") not in LEFT_OUT]
        self.tests = [f"tests/{n}" if n.endswith(".t") else f"build/tests/{n}" for n in names]
        built = f"{self.folder}/build/commands.json"
        if self.copy(root) or not os.path.exists(built):
            self.build(built)
        with open(built) as f:
            self.compile = json.load(f)
        self.objects = sorted(f"build/{path[:-2]}.o" for path in self.compile)
        self.plain = {}  # code of the sources as they are
        self.took = {}   # test: seconds of the processor
        self.lines = {}  # test: {file: lines passed through}
        self.counts = False

    def build(self, built):
        if os.path.exists(built):
            os.remove(built)
        commands = sh(f"{self.make} -n -B build/libnatnap.a", cwd=self.folder).stdout
        self.compile = {m[2]: m[1] for m in re.findall(r"^(.*?(\S.* -MMD -MP -c -o build/\S+ (sim/\S+[.]c)))$", commands, re.M)}
        self.objects = sorted(f"build/{path[:-2]}.o" for path in self.compile)
        must(f"{self.make} {' '.join(self.objects)}", cwd=self.folder)
        self.link_model()
        # for the linker: a text that names the shared library in the archive's place; for make: never newer than what it is linked to
        with open(f"{self.folder}/build/libnatnap.a", "w") as f:
            f.write(f"INPUT({self.folder}/build/libmodel.so)\n")
        must(f"{self.make} -o build/libnatnap.a natnap {' '.join(t for t in self.tests if t.startswith('build/'))}", cwd=self.folder)
        with open(built, "w") as f:
            json.dump(self.compile, f)

    def link_model(self):
        must(f"{self.link} -o build/libmodel.so {' '.join(self.objects)} $(pkg-config --libs glib-2.0) -lm", cwd=self.folder)

    def copy(self, root):
        """What git knows; what is there and the same keeps its time, what is gone goes. Was anything not the same?"""
        changed = False
        names = must("git ls-files", cwd=root).splitlines()
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

    def run(self, test, cpu, wall, **env):
        """(passed, seconds of the processor)"""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        p = subprocess.Popen(["scripts/run-tests", test], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                             env={**os.environ, "NATNAP": "./natnap", "BUILD": "build", "NATNAP_ORDER_SEED": "1", "LD_LIBRARY_PATH": f"{self.folder}/build", **env}, preexec_fn=limits(int(cpu) + 1))
        try:
            status = p.wait(wall)
        except subprocess.TimeoutExpired:
            status = -1
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return status == 0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def passes(self, test):
        """And the seconds of the processor: a test that notices often ends there and then."""
        took = self.took[test]
        return self.run(test, 3 * took + 2, 20 * took + 30)

    # --- which test passes where -----------------------------------------------------------------------------------------

    def survey(self, modules):
        """Each test once, with a library that counts; what fails then can notice nothing and is left out."""
        model = self.digest("sim/*/*.[ch]", "tests/*.h", "tests/*.py", "tests/check/*", "scenarios/*", "scenarios/*/*/*") + " ".join(modules)
        for test in self.tests:
            self.survey_one(test, model, modules)

    def count(self, modules):
        """The library that counts, for the first test that needs it."""
        if self.counts:
            return
        self.counts = True
        counted = [p for p in self.compile if p.split("/")[1] in modules]
        os.makedirs(f"{self.folder}/counted", exist_ok=True)
        objects = {p: "counted/" + p[:-2].replace("/", "_") + ".o" for p in counted}
        headers = max(os.path.getmtime(h) for h in glob.glob(f"{self.folder}/sim/*/*.h"))
        for path in counted:
            command = self.compile[path].replace("ccache ", "").replace(f"build/{path[:-2]}.o", objects[path])
            made, source = (f"{self.folder}/{p}" for p in (objects[path], path))
            if not os.path.exists(made) or os.path.getmtime(made) <= max(headers, os.path.getmtime(source)):
                must(f"{command} --coverage -fprofile-update=single", cwd=self.folder)
        others = [f"build/{p[:-2]}.o" for p in self.compile if p not in counted]
        must(f"{self.link} --coverage -o counted/libmodel.so {' '.join([*objects.values(), *others])} $(pkg-config --libs glib-2.0) -lm", cwd=self.folder)

    def survey_one(self, test, model, modules):
        """As it was found last time, where nothing has changed since."""
        name = os.path.basename(test)
        kept = f"{self.folder}/counted/{name}.json"
        key = model + self.digest(f"tests/{name}", f"tests/{name}.c")
        if os.path.exists(kept):
            with open(kept) as f:
                found = json.load(f)
        if not os.path.exists(kept) or found["key"] != key:
            self.count(modules)
            seen = f"{self.folder}/seen"
            shutil.rmtree(seen, ignore_errors=True)
            os.makedirs(seen)
            fine, took = self.run(test, SLOWEST, 20 * SLOWEST, LD_LIBRARY_PATH=f"{self.folder}/counted", GCOV_PREFIX=seen, GCOV_PREFIX_STRIP="99")
            if not fine:
                print(f"left out, for it fails as things are, or is slow: {test}", flush=True)
                return
            found = {"key": key, "took": took, "lines": {p: sorted(n) for p, n in self.passed(seen).items()}}
            with open(kept, "w") as f:
                json.dump(found, f)
        self.took[test] = found["took"]
        self.lines[test] = {p: set(n) for p, n in found["lines"].items()}
        print(f"# {test}: {found['took']:.1f} s, {sum(map(len, self.lines[test].values()))} lines", flush=True)

    def digest(self, *patterns):
        h = hashlib.sha256()
        for pattern in patterns:
            for path in sorted(glob.glob(f"{self.folder}/{pattern}")):
                if os.path.isfile(path):
                    with open(path, "rb") as f:
                        h.update(f.read())
        return h.hexdigest()

    def passed(self, seen):
        sh(f"ln -s {self.folder}/counted/*.gcno {seen}/")
        lines = {}
        if not glob.glob(f"{seen}/*.gcda"):
            return lines
        for document in sh("gcov --json-format --stdout *.gcda 2>/dev/null", cwd=seen).stdout.splitlines():
            if document.startswith("{"):
                for f in json.loads(document)["files"]:
                    if f["file"].startswith("sim/") and f["file"].endswith(".c"):
                        lines.setdefault(f["file"], set()).update(line["line_number"] for line in f["lines"] if line["count"])
        return lines

    def reaching(self, path, number, known):
        """Tests that pass through a line (from 0): of a statement over several lines any; of data, where no line counts, the file."""
        with open(f"{self.folder}/{path}") as f:
            text = f.read().split("\n")
        first = last = number
        while first > 0 and not re.search(r"[;{}:]\s*$", text[first - 1]):
            first -= 1
        while last < len(text) - 1 and not re.search(r"[;{}]\s*$", text[last]):
            last += 1
        span = set(range(first + 1, last + 2))
        if not span & known:
            return [t for t in self.lines if self.lines[t].get(path)]
        return [t for t in self.lines if self.lines[t].get(path, set()) & span]

    # --- a fault ---------------------------------------------------------------------------------------------------------

    def code(self, path):
        """A file's object without what debuggers read; None: it does not compile."""
        obj = f"build/{path[:-2]}.o"
        if sh(self.compile[path].replace("-Werror", "-w"), cwd=self.folder).returncode:
            return None
        must(f"objcopy --strip-debug {obj} stripped.o", cwd=self.folder)
        with open(f"{self.folder}/stripped.o", "rb") as f:
            return f.read()

    def put(self, path, text):
        with open(f"{self.folder}/{path}", "w") as f:
            f.write(text)

    def compiled(self, mutant, original):
        """"does not compile", "the same code", or None: the library holds the fault."""
        obj = f"{self.folder}/build/{mutant.path[:-2]}.o"
        if mutant.path not in self.plain:
            self.plain[mutant.path] = self.code(mutant.path)
            shutil.copy(obj, obj + ".plain")
        self.put(mutant.path, mutant.applied(original))
        code = self.code(mutant.path)
        if code is None or code == self.plain[mutant.path]:
            return "does not compile" if code is None else "the same code"
        self.link_model()
        return None

    def mend(self, path, original):
        """The library is linked anew with the next fault."""
        obj = f"{self.folder}/build/{path[:-2]}.o"
        self.put(path, original)
        shutil.copy(obj + ".plain", obj)
