"""What the integration tests share: the programs, and servers and desks that end with the test that started them.

    class ReadsMail(IntegrationTest):
        def test_a_report_becomes_a_case(self):
            dovecot, sink, desk = self.dovecot(), self.sink(), self.desk()
            desk.configure([desk.mailbox("cvd", dovecot)], desk.submission(sink))

The environment variable PROGRAMS names the folder that holds cvdesk and cvdeskd.
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from dovecot import Dovecot  # noqa: E402
from patience import PATIENCE  # noqa: E402,F401  (for the tests)
from smtp_sink import SmtpSink  # noqa: E402
from supervise import wait_for_port  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402

# Caps that are no concern of a test that sends many mails from few addresses.
MANY_ANSWERS = "[acknowledge]\nper_sender_per_day = 1000\ntotal_per_hour = 100000\n"


def programs():
    if "PROGRAMS" not in os.environ:
        sys.exit("PROGRAMS must name the folder that holds cvdesk and cvdeskd")
    return pathlib.Path(os.environ["PROGRAMS"]).resolve()


class RestartableDovecot(Dovecot):
    """One that goes away and comes back on the same ports with the same mail."""

    def go_away(self):
        self._server.stop_command()

    def come_back(self):
        self._server.start(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"])
        if not wait_for_port("127.0.0.1", self.imaps_port, 10, self._server.alive):
            raise RuntimeError("Dovecot does not come back: " + self._server.output() + self.log())


class NotifySocket:
    """What a service manager listens on (sd_notify(3))."""

    def __init__(self, path):
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self.said = []

    def wait_for(self, word, seconds=15):
        """True once some message had this line."""
        deadline = time.monotonic() + seconds
        while not self._has(word):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._socket.settimeout(left)
            try:
                self.said.append(self._socket.recv(65536).decode())
            except TimeoutError:
                return False
        return True

    def _has(self, word):
        return any(word in message.split("\n") for message in self.said)

    def count(self, word):
        return sum(message.split("\n").count(word) for message in self.said)

    def close(self):
        self._socket.close()


class Daemon:
    """A running cvdeskd that has said READY=1; log() is what it wrote."""

    _started = 0

    def __init__(self, desk, *arguments, ready=True, **environment):
        self.desk = desk
        Daemon._started += 1
        self.log_file = desk.folder / f"cvdeskd-{Daemon._started}.log"
        self.notify = NotifySocket(desk.folder / f"notify-{Daemon._started}")
        with open(self.log_file, "ab") as output:
            self.process = subprocess.Popen(
                [desk.programs / "cvdeskd", *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**desk.environment, "NOTIFY_SOCKET": self.notify.path, **environment})
        if ready and not self.notify.wait_for("READY=1"):
            self.stop()
            raise RuntimeError("cvdeskd does not become ready:\n" + self.log())

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_file.read_text(errors="replace")

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Ends it; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.notify.close()


class IntegrationTest(unittest.TestCase):
    maxDiff = None

    def dovecot(self, **options):
        return self.enterContext(RestartableDovecot(**options))

    def sink(self, **options):
        return self.enterContext(SmtpSink(**options))

    def desk(self):
        return self.enterContext(new_desk())

    def daemon(self, desk, *arguments, **more):
        daemon = Daemon(desk, *arguments, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def wait_until(self, condition, seconds, what):
        """What the condition returns, once that is true."""
        seconds *= PATIENCE
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                self.fail(f"within {seconds} s not seen: {what}")
            time.sleep(0.05)


def new_desk():
    """A desk whose programs put what they have in memory files into a folder of its own."""
    desk = ThrowawayDesk(programs())
    runtime = desk.folder / "run"
    runtime.mkdir(mode=0o700)
    desk.environment["XDG_RUNTIME_DIR"] = str(runtime)
    desk.runtime = runtime
    return desk


def state_of(desk):
    """All that the command line shows of the store, to compare before and after."""
    return {"list": desk.json("list", "--all"), "inbox": desk.json("inbox"), "outbox": desk.json("outbox")}


def descendants(pid):
    """pid → start time of all processes below this one, from /proc."""
    parents, starts = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry)], starts[int(entry)] = int(fields[1]), fields[19]
    found, unseen = {}, [pid]
    while unseen:
        parent = unseen.pop()
        for child, its_parent in parents.items():
            if its_parent == parent and child not in found:
                found[child] = starts[child]
                unseen.append(child)
    return found


def command_line(pid):
    try:
        return pathlib.Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def still_running(processes):
    """Those of `processes` (pid → start time) that are alive, with their command lines."""
    alive = {}
    for pid, start in processes.items():
        try:
            fields = pathlib.Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[19] == start and fields[0] not in "ZX":
            alive[pid] = command_line(pid)
    return alive


def text_of_log(result):
    """stderr of a finished program."""
    return result.stderr.decode(errors="replace")
