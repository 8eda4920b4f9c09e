"""What every error of the programs must look like (contract, "Programs").

    complaint(result)            # → Complaint(what, hint), or AssertionError when it is not of that form
"""
import collections
import os
import pathlib
import re

Complaint = collections.namedtuple("Complaint", "what hint")

_LOGGED = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (debug|info|warning|error): ")
_TRACES = re.compile(r"terminate called|std::|Assertion|core dumped|\.cpp:\d+|\.hpp:\d+|0x[0-9a-f]{8}")


def programs():
    """The folder of cvdesk and cvdeskd: $PROGRAMS, else the release build."""
    default = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"
    return pathlib.Path(os.environ.get("PROGRAMS", default)).resolve()


def complaint(result):
    """One line `cvdesk: what: why`, at most one more, `hint: …`; what the daemon logged stands before it."""
    text = result.stderr.decode()
    program = next(name for name in (pathlib.Path(word).name for word in result.args) if name in ("cvdesk", "cvdeskd"))
    lines = [line for line in text.splitlines() if not _LOGGED.match(line)]
    if not 1 <= len(lines) <= 2:
        raise AssertionError(f"not one line and at most a hint: {text!r}")
    if not re.match(rf"{program}: \S", lines[0]):
        raise AssertionError(f"does not begin with the program: {lines[0]!r}")
    if len(lines) == 2 and not re.match(r"hint: \S", lines[1]):
        raise AssertionError(f"the second line is no hint: {lines[1]!r}")
    if _TRACES.search(text) or "\033" in text:
        raise AssertionError(f"something that is not for people: {text!r}")
    return Complaint(lines[0].partition(": ")[2], lines[1].partition(": ")[2] if len(lines) == 2 else None)
