#!/usr/bin/python3
"""Nothing of what reporters write, nor who they are, stands anywhere in the clear: not in the store, the logs, in files
left behind, or in what other processes can see."""
import base64
import email
import email.header
import email.policy
import hashlib
import os
import pathlib
import re
import resource
import shutil
import signal
import stat
import subprocess
import threading
import time
import unittest

from case import MANY_ANSWERS, IntegrationTest, command_line, descendants, new_desk
from dovecot import Dovecot
from reporter import plain
from sample_reports import DESK, SampleReports
from smtp_sink import SmtpSink

NOTE = "Gebeld met Marjolein van de leverancier Kwikzilver: herstelversie komt donderdag."
TITLE = "Lekkende afsprakenmodule van Kwikzilver"
PASSPHRASE = "een-zeer-geheim-wachtwoord-van-de-postbus"

# What the mails are about, also those that are encrypted: none of it may be found anywhere.
WORDS = """
whitfield vermeer jolanda novak milan chen-labs roos.de.vries wilgen pieter bakkerij-online lindqvist nordlicht mulder
lotte fast-bounties security-weekly vergunningen.zonnedam afspraken.zonnedam login.zonnedam static.zonnedam meldportaal
nieuws.zonnedam kaart.zonnedam peilen.rietvliet mijn.zonnedam kenmerk bevestiging 48213 persoonsgegevens telefoonnummer
wordpress CVE-2017-1001000 waterschap? beheerscherm schermafdruk listing.zip bewijs.txt dump.sql listing.txt 7700900456
900456 12345678 87654321 foutmelding tabel meldingen SQL-injectie evil.example AV:N/AC:L CWE-79 CWE-89
hacker-one-two kwikzilver marjolein herstelversie donderdag afsprakenmodule archief?q ontbijtkoek
""".split()


def decoded(raw):
    """Subjects, addresses and texts of one mail in the clear, as a person reads them."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = [str(message[name]) for name in ("Subject", "From", "Message-ID") if message[name]]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            found.append(part.get_content())
        if part.get_filename():
            found.append(part.get_filename())
    return found


def lines_of(raw):
    """As they are on the wire, encoded or not. Short ones say nothing, and some of MIME's are the same everywhere."""
    return [line for line in raw.split(b"\r\n") if len(line) >= 12 and not line.startswith(b"-----")]


def in_base64(text):
    """What a Base64 of something that holds the text must hold, at each of its three alignments."""
    return [base64.b64encode(b"\0" * shift + text)[4 if shift else 0:-4] for shift in range(3)]


def needles(mails, texts):
    """bytes → why it must not be found; compared in lower case."""
    found = {}
    for word in WORDS:
        found[word.encode().lower()] = f"the word {word}"
    for name, raw in mails.items():
        for line in lines_of(raw):
            found[line.lower()] = f"a line of the mail {name}"
        for text in decoded(raw):
            for line in text.splitlines():
                if len(line) >= 12:
                    found[line.encode().lower()] = f"a line of the text of {name}"
    for text in texts:
        found[text.encode().lower()] = "what the team wrote"
    return found


def encoded_needles(mails):
    """Compared as they are: Base64 knows upper and lower case; and hashes that anybody can compute."""
    found = {}
    for word in ("sam@whitfield.example", "roos@wilgen.example", "Reflected XSS in the search page", "SQL-injectie in het meldportaal",
                 "Persoonsgegevens zichtbaar", NOTE, TITLE):
        for form in in_base64(word.encode()):
            found[form] = f"Base64 of {word}"
        for form in (word.encode(), word.encode("utf-16-le")):
            for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
                digest = hashlib.new(algorithm, form)
                found[digest.digest()] = found[digest.hexdigest().encode()] = f"{algorithm} of {word}"
        found[word.encode("utf-16-le")] = f"UTF-16 of {word}"
    for name, raw in mails.items():
        found[hashlib.sha256(raw).digest()] = f"the hash of the mail {name}"
        message_id = email.message_from_bytes(raw)["Message-ID"].strip("<>").encode()
        for form in (message_id, b"<" + message_id + b">"):
            found[hashlib.sha256(form).digest()] = f"the hash of the Message-ID of {name}"
    return found


def children_of(pid):
    """All below this one. In a hurry: some may be missed, those that live shortest must not always be."""
    found, unseen = [], [pid]
    while unseen:
        for path in pathlib.Path("/proc", str(unseen.pop()), "task").glob("*/children"):
            try:
                children = [int(child) for child in path.read_text().split()]
            except OSError:
                continue
            found += children
            unseen += children
    return found


class Watcher:
    """Looks over the shoulder of running programs: what their arguments say, what they put into files meanwhile."""

    def __init__(self, folders):
        self.folders = folders
        self.arguments, self.files = set(), {}
        self._seen = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *ignored):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.005):
            for pid in children_of(os.getpid()):
                command = command_line(pid)
                if command:
                    self.arguments.add(command)
            for folder in self.folders:
                for path in folder.rglob("*"):
                    self._look_into(path)

    def _look_into(self, path):
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or (path, status.st_mtime_ns, status.st_size) in self._seen:
                return
            self._seen.add((path, status.st_mtime_ns, status.st_size))
            self.files.setdefault(path, b"")
            if len(self.files[path]) < 8 << 20:
                self.files[path] += path.read_bytes()
        except OSError:
            pass


class Trace:
    """All programs that a program and those below it started, and all files that they opened for writing or gave a name."""

    def __init__(self, folder):
        self.record = folder / "strace"
        self.prefix = ("strace", "-f", "-qq", "--seccomp-bpf", "-s", "65536", "-o", self.record,
                       "-e", "trace=execve,execveat,?open,openat,openat2,?creat,?rename,renameat,renameat2,?link,linkat")

    def _calls(self):
        """(name, arguments) of those that succeeded."""
        for line in self.record.read_text(errors="replace").splitlines():
            found = re.match(r"\d+ +(\w+)\((.*)\) += \d", line)
            if found:
                yield found[1], found[2]

    def commands(self):
        for name, arguments in self._calls():
            if name.startswith("execve"):
                yield " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', arguments.partition("[")[2].partition("], ")[0]))

    def written(self):
        for name, arguments in self._calls():
            if not name.startswith("execve") and (not name.startswith("open") or re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE", arguments)):
                yield from re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)


class Traces(IntegrationTest):
    """One working day of a desk, then a look at all that it left."""

    @classmethod
    def setUpClass(cls):
        cls.dovecot = cls.enterClassContext(Dovecot(password=PASSPHRASE))
        cls.sink = cls.enterClassContext(SmtpSink(password=PASSPHRASE))
        cls.desk = cls.enterClassContext(new_desk())
        cls.temporary = cls.desk.folder / "tmp"
        cls.temporary.mkdir()
        cls.desk.environment["TMPDIR"] = str(cls.temporary)
        cls.desk.configure([cls.desk.mailbox("cvd", cls.dovecot)], cls.desk.submission(cls.sink), tables=MANY_ANSWERS)
        cls.logs, cls.mails = b"", {}
        with SampleReports(cls.desk.certificate()) as reports, Watcher([cls.desk.runtime, cls.temporary]) as cls.watcher:
            cls._working_day(reports)
        # The store as it is at its busiest: what a process has open may stand in the -wal only.
        cls.store = {path.name: path.read_bytes() for path in cls.desk.home.glob("cvdesk.db*")}

    @classmethod
    def _take_in(cls, mails, prefix=()):
        for name, raw in mails.items():
            cls.dovecot.deliver("cvd", raw)
            cls.mails[name] = raw
        cls.logs += cls.desk.run("cvdeskd", "--once", "--verbose", prefix=prefix).stderr

    @classmethod
    def _working_day(cls, reports):
        # Servers repeat in their replies whom they refuse.
        cls.sink.fail("rcpt", "550 5.1.1 <sam@whitfield.example>: Recipient address rejected*1")
        # Started before, the agent does not keep the trace from its end. The search for leaks is a tracer as well.
        subprocess.run(["gpg-connect-agent", "--homedir", cls.desk.home / "gnupg", "/bye"], check=True, capture_output=True)
        cls.trace, settings = Trace(cls.desk.folder), os.environ.get("ASAN_OPTIONS", "")
        cls.desk.environment["ASAN_OPTIONS"] = f"{settings}:detect_leaks=0"
        cls._take_in(reports.all(), cls.trace.prefix)
        cls.desk.environment["ASAN_OPTIONS"] = settings
        case = next(row for row in cls.desk.json("list") if "XSS" in row["title"])["reference"]
        answer = next(row["message_id"] for row in cls.desk.json("outbox") if row["case"] == case)
        cls.sink.fail("rcpt", "451 4.2.1 <nog-iemand@whitfield.example>: mailbox of Sam Whitfield busy*1")
        cls._take_in({"follow-up": reports.follow_up(answer), "one more": plain(
            "Ontbijtkoek <nog-iemand@whitfield.example>", DESK, "Nog een melding over ontbijtkoek", "Zie https://www.zonnedam.example/ontbijtkoek\n")})
        cls.desk.cvdesk("note", case, input=NOTE.encode())
        cls.desk.cvdesk("set", case, f"title={TITLE}", "severity=high", "cwe=CWE-89", "cve=CVE-2026-12345")
        cls.desk.cvdesk("assign", case, "hacker-one-two")
        cls.desk.cvdesk("close", case, "--as", "fixed")
        cls._take_in({"second follow-up": reports.follow_up(answer, text="Hij doet het nog steeds, bij de ontbijtkoek.\n")})

    def assert_holds_nothing(self, where, data, forbidden, ignoring_case=True):
        haystack = data.lower() if ignoring_case else data
        found = sorted({why for needle, why in forbidden.items() if needle in haystack})
        self.assertEqual(found, [], f"in {where}")

    def forbidden(self):
        return needles(self.mails, [NOTE, TITLE])

    def test_the_day_was_as_it_should_be(self):
        """Otherwise there would be nothing to find."""
        results = [(entry["result"], entry["kind"]) for entry in self.desk.json("inbox")]
        self.assertEqual(len(results), len(self.mails))
        self.assertEqual([result for result, _ in results].count("follow-up"), 2)
        self.assertEqual(self.desk.json("search", "Kwikzilver")[0]["reference"], self.desk.json("search", "donderdag")[0]["reference"])

    def test_what_is_looked_for_is_found_where_it_stands(self):
        clear = b"\n".join([*self.mails.values(), *("\n".join(decoded(raw)).encode() for raw in self.mails.values())]).lower()
        missed = [needle for needle, why in self.forbidden().items() if why.startswith("a line") and needle not in clear]
        self.assertEqual(missed, [])
        text = b"... Reflected XSS in the search page ..."
        encoded = [base64.b64encode(text[shift:]) for shift in range(3)]
        hits = [any(needle in form for needle in encoded_needles({})) for form in encoded]
        self.assertEqual(hits, [True, True, True])

    def test_the_store_holds_nothing_in_the_clear(self):
        self.assertIn("cvdesk.db", self.store)
        for name, data in self.store.items():
            with self.subTest(file=name):
                self.assert_holds_nothing(name, data, self.forbidden())

    def test_the_store_holds_nothing_encoded_or_hashed_without_a_key(self):
        for name, data in self.store.items():
            with self.subTest(file=name):
                self.assert_holds_nothing(name, data, encoded_needles(self.mails), ignoring_case=False)

    def test_the_store_in_use_holds_nothing_in_the_clear(self):
        """While the daemon runs, the newest pages stand in the -wal and the index of it in the -shm."""
        daemon = self.daemon(self.desk, "--verbose")
        self.dovecot.deliver("cvd", plain("Ontbijtkoek <laat@whitfield.example>", DESK, "Laat over ontbijtkoek", "https://www.zonnedam.example/laat\n"))
        self.wait_until(lambda: any("Laat over" in row["title"] for row in self.desk.json("list")), 20, "the case of the late mail")
        files = {path.name: path.read_bytes() for path in self.desk.home.glob("cvdesk.db*")}
        self.assertIn("cvdesk.db-wal", files)
        self.assertGreater(len(files["cvdesk.db-wal"]), 0)
        for name, data in files.items():
            self.assert_holds_nothing(name, data, {**self.forbidden(), b"laat@whitfield.example": "the late sender", b"laat over": "the late subject"})
            self.assert_holds_nothing(name, data, encoded_needles(self.mails), ignoring_case=False)
        self.assertEqual(daemon.stop(), 0)
        self.assert_holds_nothing("the log", daemon.log().encode(), {**self.forbidden(), b"laat": "the late mail"})

    def test_the_log_says_nothing_of_the_mails(self):
        self.assertIn(b"recorded", self.logs)
        self.assert_holds_nothing("the log", self.logs, self.forbidden())
        self.assert_holds_nothing("the log", self.logs, {PASSPHRASE.encode(): "a password"}, ignoring_case=False)

    def test_no_file_in_the_clear_was_written_meanwhile(self):
        forbidden = self.forbidden()
        for path, data in self.watcher.files.items():
            # The certificates of those who write are no secret for gpg, which looks them up there.
            if "pubring" not in path.name:
                with self.subTest(file=path.name):
                    self.assert_holds_nothing(path, data, forbidden)

    def test_no_other_file_was_written_than_the_desks_own(self):
        """Whatever program wrote it, for however short a time: the store, gpg's homes on a memory file system, no other."""
        folders = tuple(f"{folder}/" for folder in (self.desk.home, self.desk.runtime))
        written = set(self.trace.written())
        self.assertTrue(any(path.endswith("cvdesk.db") for path in written))
        self.assertTrue(any(path.startswith(folders[1]) and path.endswith("/pubring.gpg") for path in written))
        elsewhere = {path for path in written if not path.startswith(folders)}
        self.assertLessEqual(elsewhere, {"/dev/null", "/dev/tty"})

    def test_nothing_temporary_is_left(self):
        self.assertEqual([str(path) for folder in (self.desk.runtime, self.temporary) for path in folder.rglob("*")], [])

    def test_no_argument_tells_a_secret(self):
        own = {str(self.desk.programs / name) for name in ("cvdesk", "cvdeskd")}
        self.assertTrue(any(command.split()[0] in own for command in self.watcher.arguments))
        started = set(self.trace.commands())
        self.assertTrue(any("gpg" in c.split()[0] and str(self.desk.runtime) in c for c in started), "gpg was seen at work")
        for command in self.watcher.arguments | started:
            self.assertNotIn(PASSPHRASE, command)
        # What a person types is his own affair; our own helpers get nothing by their arguments.
        of_the_desk = [c for c in self.watcher.arguments | started if str(self.desk.folder) in c and c.split()[0] not in own]
        for command in of_the_desk:
            self.assert_holds_nothing(command, command.encode(), {w.encode().lower(): w for w in WORDS})

    def test_files_belong_to_their_owner_alone(self):
        for path in [self.desk.home, *self.desk.home.rglob("*")]:
            mode = path.lstat().st_mode
            # In its home, which is closed, gpg sets the modes of what is no secret itself.
            of_gpg = path.parent == self.desk.home / "gnupg" and not stat.S_ISDIR(mode)
            if not of_gpg and not stat.S_ISSOCK(mode):
                with self.subTest(file=path.relative_to(self.desk.folder)):
                    self.assertEqual(stat.S_IMODE(mode), 0o700 if stat.S_ISDIR(mode) else 0o600)


class Masks(IntegrationTest):
    def test_files_belong_to_their_owner_alone_whatever_the_umask(self):
        old = os.umask(0)
        try:
            desk = self.desk()
            desk.cvdesk("list", check=False)
        finally:
            os.umask(old)
        for name, mode in (("", 0o700), ("cvdesk.db", 0o600), ("store.key", 0o600), ("cvdesk.toml", 0o600), ("gnupg", 0o700),
                           ("gnupg/private-keys-v1.d", 0o700)):
            with self.subTest(file=name):
                self.assertEqual(stat.S_IMODE((desk.home / name).stat().st_mode), mode)


class RunningProcess(IntegrationTest):
    """What another process of the same user could do. As root the daemon is run as somebody else, who is not let in."""

    def setUp(self):
        self.user = "nobody" if os.geteuid() == 0 else None
        self.home = self.desk()
        dovecot, sink = self.dovecot(), self.sink()
        self.home.configure([self.home.mailbox("cvd", dovecot, ca_file=self.copy(dovecot.ca, "imap.pem"))],
                            {**self.home.submission(sink), "ca_file": self.copy(sink.ca, "smtp.pem")})
        subprocess.run(["gpgconf", "--homedir", self.home.home / "gnupg", "--kill", "all"], capture_output=True)
        if self.user:
            for path in [self.home.folder, *self.home.folder.rglob("*")]:
                shutil.chown(path, self.user)
        with open(self.home.folder / "log", "wb") as log:
            self.process = subprocess.Popen([self.programs_for_all() / "cvdeskd"], env=self.home.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, user=self.user, preexec_fn=allow_cores)
        self.addCleanup(self.end)
        self.wait_until(lambda: descendants(self.process.pid) and "mailboxes" in self.log(), 15, "the daemon at work")
        time.sleep(0.2)
        self.ours = [self.process.pid, *(pid for pid in descendants(self.process.pid) if "cvdeskd" in command_line(pid))]

    def copy(self, path, name):
        copy = self.home.home / name
        shutil.copy(path, copy)
        return str(copy)

    def programs_for_all(self):
        """A folder that others may enter: the build folder may be closed to them."""
        folder = pathlib.Path(self.home.folder) / "bin"
        folder.mkdir()
        for name in ("cvdeskd", "cvdesk"):
            shutil.copy(self.home.programs / name, folder / name)
        if self.user:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, self.user)
        return folder

    def log(self):
        return (self.home.folder / "log").read_text(errors="replace")

    def end(self):
        self.process.terminate()
        self.process.wait(20)

    def test_there_are_several_processes_to_look_at(self):
        self.assertIsNone(self.process.poll(), self.log())
        self.assertGreater(len(self.ours), 1)

    def test_its_memory_is_closed_to_its_own_user(self):
        for pid in self.ours:
            for name in ("environ", "mem", "maps", "fd"):
                with self.subTest(process=command_line(pid), name=name):
                    command = ["ls" if name == "fd" else "head", *(["-c1"] if name != "fd" else []), f"/proc/{pid}/{name}"]
                    refused = subprocess.run(command, user=self.user, capture_output=True)
                    self.assertNotEqual(refused.returncode, 0)
                    self.assertIn(b"ermission denied", refused.stderr)

    def test_a_crash_leaves_no_core(self):
        """Where the system's settings would have one: of the daemon itself, and of the command line at work."""
        os.kill(self.process.pid, signal.SIGSEGV)
        self.assert_ended_without_core(self.process.pid)
        # It waits for somebody to write there.
        os.mkfifo(self.home.folder / "pipe", 0o666)
        command = subprocess.Popen([self.home.folder / "bin/cvdesk", "certificates", "add", self.home.folder / "pipe"],
                                   env=self.home.environment, user=self.user, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, cwd=self.home.folder, preexec_fn=allow_cores)
        self.addCleanup(command.kill)
        limits = pathlib.Path("/proc", str(command.pid), "limits")
        self.wait_until(lambda: NO_CORE.search(limits.read_text()), 15, "the command line without cores")
        os.kill(command.pid, signal.SIGSEGV)
        self.assert_ended_without_core(command.pid)
        command.wait()

    def assert_ended_without_core(self, pid):
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual((ended.si_code, ended.si_status), (os.CLD_KILLED, signal.SIGSEGV))
        self.assertEqual([path.name for path in self.home.folder.rglob("core*")], [])

    def test_the_unit_forbids_cores_too(self):
        unit = pathlib.Path(__file__).resolve().parents[2] / "systemd/cvdeskd.service"
        self.assertIn("LimitCORE=0", unit.read_text().splitlines())

    def test_it_leaves_no_core(self):
        for pid in self.ours:
            with self.subTest(process=command_line(pid)):
                limits = pathlib.Path("/proc", str(pid), "limits").read_text()
                self.assertRegex(limits, NO_CORE)


NO_CORE = re.compile(r"^Max core file size +0 +0 ", re.M)


def allow_cores():
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


if __name__ == "__main__":
    unittest.main()
