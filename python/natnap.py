# SPDX-License-Identifier: BSD-2-Clause
"""natnap: what keepalives behind NATs cost, and whether they keep a client reachable, from Python.

    import natnap
    points = natnap.run(open("scenario.ini").read(), set={"client.interval": "5min"})
    points[0]["energy_j"], points["reachable_fraction"]     # a point; a column
    points.frame()                                          # as a pandas frame, where pandas is

All is done by libnatnap-run, called by the standard library's ctypes. While it works other threads run; Ctrl-C stops it. progress
is called from another thread than the caller's.
"""
import ctypes
import json
import os
import threading

__all__ = ["run", "check", "schema", "Points", "NatnapError"]

_DONE, _STOPPED, _REFUSED = range(3)
_PROGRESS = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
_STOP = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)


class NatnapError(ValueError):
    """What the library refuses: "scenario:18: [client] interval: ..."."""


class _Options(ctypes.Structure):
    """struct nap_text_options of natnap_run.h"""
    _fields_ = [("size", ctypes.c_size_t), ("name", ctypes.c_char_p), ("set", ctypes.POINTER(ctypes.c_char_p)),
                ("threads", ctypes.c_uint), ("progress", _PROGRESS), ("stop", _STOP), ("ctx", ctypes.c_void_p),
                ("timeline", ctypes.c_bool)]


class Points(list):
    """The points of a run's sweep, each a dict of what was swept, its metrics, and METRIC_ci95. document: all of natnap-run/1."""

    def __init__(self, document):
        super().__init__(document["points"])
        self.document = document

    def __getitem__(self, at):
        """A point by number; by name a column: its value at each point."""
        return [point[at] for point in self] if isinstance(at, str) else super().__getitem__(at)

    def frame(self):
        """As a pandas frame, a row a point."""
        import pandas
        return pandas.DataFrame(list(self))


def _load():
    """The library named by NATNAP_LIBRARY, or that installed beside this module, or the system's."""
    here = os.path.dirname(os.path.abspath(__file__))
    beside = os.path.join(os.path.dirname(os.path.dirname(here)), "libnatnap-run.so.0")
    lib = ctypes.CDLL(os.environ.get("NATNAP_LIBRARY") or (beside if os.path.exists(beside) else "libnatnap-run.so.0"))
    for name in ("nap_text_run", "nap_text_check", "nap_profile_check", "nap_text_schema"):
        function = getattr(lib, name)
        function.argtypes = [ctypes.c_char_p, ctypes.POINTER(_Options), ctypes.POINTER(ctypes.c_void_p)]
        function.restype = ctypes.c_int
    lib.nap_free.argtypes = [ctypes.c_void_p]
    lib.nap_free.restype = None
    return lib


_lock = threading.Lock()
_library = None


def _lib():
    global _library
    with _lock:
        if _library is None:
            _library = _load()
        return _library


def _settings(given):
    """{"client.interval": "5min"} or ["client.interval=5min"] as the library takes it."""
    items = [f"{key}={value}" for key, value in given.items()] if hasattr(given, "items") else list(given or ())
    return (ctypes.c_char_p * (len(items) + 1))(*[item.encode() for item in items], None)


def _call(function, text, set=None, name=None, threads=0, progress=None, timeline=False):
    """In a thread of its own: Ctrl-C reaches the caller's, which then has the library stop, and is raised from here."""
    ended = []  # why it is to stop

    def told(_, done, all_of_them):
        try:
            if progress and not ended:
                progress(done, all_of_them)
        except BaseException as error:
            ended.append(error)

    settings = _settings(set)
    options = _Options(ctypes.sizeof(_Options), name.encode() if name else None,
                       ctypes.cast(settings, ctypes.POINTER(ctypes.c_char_p)), threads, _PROGRESS(told),
                       _STOP(lambda _: bool(ended)), None, timeline)
    out, status, finished = ctypes.c_void_p(), [], threading.Event()

    def work():  # what it names lives as long as it runs, whatever becomes of the caller
        status.append(function(text.encode() if text is not None else None, ctypes.byref(options), ctypes.byref(out)))
        finished.set()

    threading.Thread(target=work, daemon=True).start()
    while not finished.is_set():
        try:
            finished.wait()
        except BaseException as error:
            ended.append(error)
    try:
        answer = ctypes.string_at(out).decode()
    finally:
        _lib().nap_free(out)
    if ended:
        raise ended[0]
    if status[0] == _REFUSED:
        raise NatnapError(answer)
    return json.loads(answer)


def run(text, set=None, name=None, threads=0, progress=None, timeline=False):
    """Run a scenario's text with its sweep; set is over it; progress(done, all) is called now and then. Returns Points."""
    return Points(_call(_lib().nap_text_run, text, set, name, threads, progress, timeline))


def check(text=None, profile=None, set=None, name=None, threads=0):
    """Verdicts by the RFCs on a scenario's middleboxes and client, or on a middlebox profile: natnap-check/1."""
    if (text is None) == (profile is None):
        raise TypeError("check takes a scenario's text or profile=NAME")
    lib = _lib()
    if profile is not None:
        return _call(lib.nap_profile_check, profile, set, name, threads)
    return _call(lib.nap_text_check, text, set, name, threads)


def schema(text=None, set=None, name=None):
    """Every key there is, and of a scenario's text the values that hold: natnap-schema/1."""
    return _call(_lib().nap_text_schema, text, set, name)
