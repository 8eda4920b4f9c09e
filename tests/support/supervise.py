#!/usr/bin/python3
"""Servers that die with whoever started them, even when that one is killed.

Between a test and its server stands this file, run as a program of its own. It holds the read end of a pipe
whose write end only the test has: when the test ends, however it ends, the pipe closes, the server is stopped
and its folder removed.
"""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
STOP_TIME = 5.0
KEEP_FOLDER = b"k"


def free_port(host="127.0.0.1"):
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def wait_for_port(host, port, seconds=10.0, alive=lambda: True):
    """Until somebody accepts connections there; false when nobody does in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and alive():
        try:
            socket.create_connection((host, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


class Supervised:
    """A command in a temporary folder that goes with it. stop() as often as one likes."""

    def __init__(self, prefix):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
        self._process = None

    def start(self, command, **popen):
        """Runs the command; what it prints goes to FOLDER/output."""
        arguments = ["/usr/bin/python3", os.path.abspath(__file__), str(self.folder), *map(str, command)]
        with open(self.folder / "output", "ab") as output:
            self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=output, stderr=output,
                                             start_new_session=True, **popen)

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def output(self):
        try:
            return (self.folder / "output").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def stop_command(self):
        """The command alone: the folder stays, for another start()."""
        self._end(KEEP_FOLDER)

    def stop(self):
        self._end(b"")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, farewell):
        if self._process is None:
            return
        try:
            self._process.stdin.write(farewell)
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait()
        self._process = None


def _children_of(pid):
    """The processes whose parent is `pid`, from /proc."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = pathlib.Path("/proc", entry, "stat").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(entry))
    return found


def _kill_adopted():
    """What the server left behind was adopted by us (we are a subreaper): it goes too."""
    deadline = time.monotonic() + STOP_TIME
    while time.monotonic() < deadline:
        children = _children_of(os.getpid())
        if not children:
            return
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
            try:
                os.waitpid(child, os.WNOHANG)
            except ChildProcessError:
                pass
        time.sleep(0.02)


def _supervise(folder, command):
    libc = ctypes.CDLL(None)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, lambda *_: None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Should even this process be killed, the server still gets its signal.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True,
                              preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0))
    farewell = os.read(0, 1)
    server.terminate()
    try:
        server.wait(STOP_TIME)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    server.wait()
    _kill_adopted()
    if farewell != KEEP_FOLDER:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _supervise(sys.argv[1], sys.argv[2:])
