# SPDX-License-Identifier: BSD-2-Clause
"""Headless Chromium by its debugging pipe: open a page from disk, run scripts in it, hear of console messages and requests."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    """Use in a with statement; page scripts by evaluate()."""

    def __init__(self, width=1280, height=900):
        self.program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        self.size, self.last, self.buffer = (width, height), 0, b""
        self.console, self.requests = [], []

    def __enter__(self):
        self.home = tempfile.TemporaryDirectory()
        to_read, self.to = os.pipe()
        self.of, from_write = os.pipe()

        def plumb():  # Chromium reads 3 and writes 4
            os.dup2(to_read, 30)
            os.dup2(from_write, 31)
            os.dup2(30, 3)
            os.dup2(31, 4)

        self.process = subprocess.Popen(
            [self.program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-dev-shm-usage", "--disable-background-networking", f"--window-size={self.size[0]},{self.size[1]}",
             "--user-data-dir=" + self.home.name, "about:blank"],
            preexec_fn=plumb, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        os.close(self.to)
        os.close(self.of)
        time.sleep(0.2)
        self.home.cleanup()

    def message(self, until):
        while b"\0" not in self.buffer:
            if not select.select([self.of], [], [], max(0, until - time.time()))[0]:
                raise TimeoutError("Chromium does not answer")
            self.buffer += os.read(self.of, 1 << 20)
        one, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(one)

    def note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
        if method == "Runtime.exceptionThrown":
            self.console.append(json.dumps(params["exceptionDetails"])[:500])
        if method == "Log.entryAdded":
            self.console.append(params["entry"]["text"])
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def call(self, method, timeout=120, **params):
        self.last += 1
        request = {"id": self.last, "method": method, "params": params}
        if hasattr(self, "session"):
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        until = time.time() + timeout
        while True:
            answer = self.message(until)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def evaluate(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def wait(self, script, seconds=60):
        """Until the script's value is true; is it?"""
        until = time.time() + seconds
        while time.time() < until:
            if self.evaluate(script):
                return True
            time.sleep(0.1)
        return False

    def look(self, width, height, dark, path, whole=False):
        """A picture of the page."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        time.sleep(0.5)
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))
