#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""natnap explore: its page's numbers beside natnap run's, byte for byte, in node; the page in headless Chromium. Prints TAP."""
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chromium  # noqa: E402
from tap import NATNAP, check, plan, verdict  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STORY = os.path.join(ROOT, "scenarios", "imap-idle-lte.ini")
LONG = os.environ.get("NATNAP_LONG")
# one replication of a short day: what differs does so soon; with NATNAP_LONG all of them whole
BRIEF = ["scenario.replications=2", "scenario.duration=2h"]
FEW = ["nginx-race.ini", "imap-idle-lte.ini", "policies.ini", "jdbc-pool.ini", "webrtc-two-nats.ini"]
DRIVER = r"""
const fs = require("fs"), zlib = require("zlib");
const page = fs.readFileSync(process.argv[2], "utf8");
const part = (id) => page.match(new RegExp("<script[^>]* id=\"" + id + "\">([^]*?)</script>"))[1];
const module_ = {exports: {}};
new Function("module", "postMessage", "onmessage", part("worker").replace("onmessage =", "module.ignored ="))(module_);
const wasm = zlib.gunzipSync(Buffer.from(part("wasm").trim(), "base64"));
WebAssembly.compile(wasm).then(module_.exports.natnapCore).then((call) => {
	for (const line of fs.readFileSync(0, "utf8").trim().split("\n")) {
		const {verb, name, set, text, out} = JSON.parse(line), answer = call(verb, name, set, text);
		fs.writeFileSync(out, answer.status + answer.out);
	}
});
"""


def natnap(*args):
    r = subprocess.run([NATNAP, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900)
    return r.returncode, r.stdout, r.stderr.decode()


tmp = tempfile.TemporaryDirectory()
page = os.path.join(tmp.name, "page.html")
status, out, err = natnap("explore", STORY, "--out", page)
if status == 1 and "without the page" in err:
    verdict("natnap explore", True, directive="SKIP built without it: make explorer needs emscripten")
    plan()
    sys.exit(0)
check("a page", status == 0 and not err, err)
with open(page, encoding="utf-8") as f:
    text = f.read()
check("of less than a megabyte, which names no other", len(text) < 1 << 20 and not re.search(r"(src|href)=[\"'](?!data:,)", text))
check("the scenario's end of a script ends none", natnap("explore", STORY, "--set", "scenario.title=</script><script>alert(1)")[1].count(b"<script>alert") == 0)
bad = os.path.join(tmp.name, "bad.ini")
with open(bad, "w") as f:
    f.write("[scenario]\nduration = 1h\n[client]\napplication = udp\n[server]\npush = gaps empirical x.csv\n")
status, out, err = natnap("explore", bad)
check("a scenario that names a file is refused", status == 2 and out == b"" and "no file can be named here" in err, err)
check("--out and --serve are two things", natnap("explore", STORY, "--out", "x", "--serve")[0] == 2)

# ---- offered on this machine
server = subprocess.Popen([NATNAP, "explore", STORY, "--serve"], stdout=subprocess.PIPE, text=True)
url = server.stdout.readline().strip()
with urllib.request.urlopen(url, timeout=20) as answer:
    check("--serve gives the same page", answer.read().decode() == text and url.startswith("http://127.0.0.1:"), url)
try:
    urllib.request.urlopen(urllib.request.Request(url, headers={"Host": "example.org"}), timeout=20)
    check("but not to another name", False)
except urllib.error.HTTPError as error:
    check("but not to another name", error.code == 404)
server.terminate()
check("until it is stopped", server.wait(timeout=20) == 0)

# ---- the same bytes in node
node = shutil.which("node")
if not node:
    verdict("the same bytes in node", True, directive="SKIP there is no node")
else:
    driver = os.path.join(tmp.name, "driver.js")
    with open(driver, "w") as f:
        f.write(DRIVER)
    cases = []
    for path in sorted(glob.glob(os.path.join(ROOT, "scenarios", "*.ini"))):
        name = os.path.basename(path)
        if not LONG and name not in FEW:
            continue
        with open(path) as f:
            story = f.read()
        settings = [] if LONG else BRIEF
        cases.append((path, settings, story, os.path.join(tmp.name, name + ".json")))
    requests = "\n".join(json.dumps({"verb": "run", "name": p, "set": s, "text": t, "out": o}) for p, s, t, o in cases)
    r = subprocess.run([node, driver, page], input=requests + "\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3600)
    for path, settings, _, made in cases:
        status, native, err = natnap("run", path, "--json", *[w for s in settings for w in ("--set", s)])
        with open(made, "rb") as f:
            said = f.read()
        name = os.path.basename(path)
        if said[:1] == b"2" and b"no file can be named" in said or status == 2:
            check(f"{name} is refused, as it names a file", said[:1] == b"2", said[:300])
        else:
            check(f"{name}: the document of natnap run, to the byte", said[1:] == native and len(native) > 2000, r.stdout + said[:200].decode())

# ---- in a browser
if not chromium.PROGRAM:
    verdict("in a browser", True, directive="SKIP there is no Chromium")
    plan()
    sys.exit(0)
METRICS = "Object.fromEntries([...document.querySelectorAll('[data-metric]')].map((e) => [e.dataset.metric, Number(e.dataset.value)]))"


def native_numbers(browser):
    """What natnap run says of what the page says it shows."""
    settings = re.findall(r"--set '([^']*)'", browser.run("document.getElementById('command').textContent"))
    return json.loads(natnap("run", STORY, "--json", *[w for s in settings for w in ("--set", s)])[1])["points"][0]


def move(browser, script):
    before = browser.run("document.body.dataset.moves")
    browser.run(f"(() => {{{script}}})()")
    return browser.wait(f"document.body.dataset.state === 'ready' && document.body.dataset.moves !== '{before}'")


with contextlib.closing(chromium.Browser()) as other, contextlib.closing(chromium.Browser()) as b:
    check("two browsers beside one another", other.run("1") == 1 and b.run("2") == 2)
    b.size(1280, 900)
    b.open(page)
    ready = b.wait("document.body?.dataset.state === 'ready' && document.querySelectorAll('[data-key]').length > 4")
    check("the page begins", ready, b.run("document.body.innerText.slice(0, 500)"))
    shown, said = b.run(METRICS), native_numbers(b)
    told = b.run("Object.fromEntries([...document.querySelectorAll('[data-metric]')].map((e) => [e.dataset.metric, e.textContent]))")
    named = b.run("""(() => {
        const script = document.querySelector('script:not([type])').textContent.replace(/\\/\\/.*/g, '');
        const words = new Set([...script.matchAll(/"([^"\\n]*)"/g)].map((m) => m[1].trim()));
        const own = [...metrics.map((m) => m.name), ...values.map((v) => v.key), ...[...times, ...metrics.flatMap((m) => m.units)].map((u) => u.unit)];
        return [own.length, own.filter((word) => words.has(word))];
    })()""")
    check("its script names no key, metric or unit", named[0] > 80 and not named[1], named)
    check("they are told in units that people say", told["average_power_mw"].endswith(" mW") and told["reachable_fraction"].endswith(" %") and
          told["push_delay_p95_s"].endswith(" s"), told)
    check("its numbers are natnap run's", len(shown) > 5 and all(said[m] == v for m, v in shown.items()), shown)
    moved = move(b, "const s = document.querySelector('input[data-key=\"client.interval\"]'); s.value = 0.1; s.dispatchEvent(new Event('input'));")
    after, said = b.run(METRICS), native_numbers(b)
    check("a slider moves them", moved and after["keepalives_sent"] > 3 * shown["keepalives_sent"], after)
    check("to natnap run's again", all(said[m] == v for m, v in after.items()), after)
    moved = move(b, "const s = document.querySelector('select[data-key=\"radio.profile\"]'); s.value = 'wifi-aro'; s.dispatchEvent(new Event('change'));")
    after, said = b.run(METRICS), native_numbers(b)
    check("another radio too", moved and all(said[m] == v for m, v in after.items()), after)
    check("a curve is drawn", b.wait("document.body.dataset.curve && document.querySelectorAll('#curve circle').length > 10"))
    for width, height in ((1280, 900), (390, 800)):
        b.size(width, height, phone=width < 600)
        b.dark(width < 600)
        b.picture(os.path.join(tmp.name, f"{width}.png"))
        check(f"at a width of {width} nothing is cut off, and the day is drawn", b.run(
            "document.documentElement.scrollWidth <= innerWidth && document.querySelector('#day .fill').getBBox().width > 200"))
    check("no console message", not b.console and not b.complaints, b.console + b.complaints)
    check("no request but for itself", all(u == "file://" + page or u.startswith(("blob:", "data:")) for u in b.requests), b.requests)
plan()
