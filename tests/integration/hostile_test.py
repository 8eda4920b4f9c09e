#!/usr/bin/python3
"""The adversarial set: each mail is bounded in time and memory, becomes a case that is named for what it is, and the ordinary
mail behind it does not notice. Prints what each one cost."""
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest

from case import MANY_ANSWERS, PATIENCE, IntegrationTest
from hostile_mails import MIB, header, hostile_mails, text
from reporter import Reporter, plain
from sample_reports import DESK

READER_MIB = 256
PROGRAM_MIB = 640  # the mail ten times over
SANITIZED = "CVDESK_SANITIZED" in os.environ


class Memory:
    """The most memory that processes below a program (and it) ever had, in MiB, as the kernel counts it: readers apart from
    all others. Looked up every few milliseconds; the kernel remembers the highest."""

    def __init__(self, root):
        self.root, self.reader, self.other = root, 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def take(self):
        """(readers, others) since the last time; whoever lives on counts again."""
        most = self.reader / 1024, self.other / 1024
        self.reader = self.other = 0
        return most

    def stop(self):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.004):
            unseen = [str(self.root)]
            while unseen:
                pid = unseen.pop()
                try:
                    unseen += pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                    status = pathlib.Path(f"/proc/{pid}/status").read_bytes()
                except OSError:
                    continue
                if b"VmHWM:" not in status:
                    continue
                size = int(status.partition(b"VmHWM:")[2].split()[0])
                if status.startswith(b"Name:\tcvdesk-reader"):
                    self.reader = max(self.reader, size)
                else:
                    self.other = max(self.other, size)


class Hostile(IntegrationTest):
    @classmethod
    def setUpClass(cls):
        cls.eve = cls.enterClassContext(Reporter("Eve", "eve@evil.example"))

    def desk_packets(self, desk):
        fingerprint = self.eve.learn(desk.certificate())
        return lambda packets: self.eve.gpg("--no-literal", "--compress-algo", "none", "--recipient", fingerprint,
                                            "--encrypt", data=packets)

    def import_behind(self, desk, mails):
        """Each with an ordinary mail behind it, in one run; what each took is printed and held to its bounds."""
        paths = []
        for number, (name, mail, _) in enumerate(mails):
            paths += [desk.folder / f"{number}-hostile.eml", desk.folder / f"{number}-ordinary.eml"]
            paths[-2].write_bytes(mail)
            paths[-1].write_bytes(plain("Sam <sam@reporter.example>", DESK, "XSS", f"A report behind {name}."))
        with open(desk.folder / "errors", "wb") as errors:
            program = subprocess.Popen([desk.programs / "cvdesk", "import", "--json", "--no-acknowledge", *paths],
                                       stdout=subprocess.PIPE, stderr=errors, env=desk.environment)
        self.addCleanup(program.stdout.close)
        memory, before = Memory(program.pid), time.monotonic()
        for name, mail, kinds in mails:
            with self.subTest(name):
                result = json.loads(program.stdout.readline())
                first, before = time.monotonic() - before, time.monotonic()
                behind = json.loads(program.stdout.readline())
                second, before = time.monotonic() - before, time.monotonic()
                readers, others = memory.take()
                print(f"{name:40} {len(mail) / MIB:5.1f} MiB {first:6.2f} s, next {second:5.2f} s, reader {readers:4.0f} MiB, "
                      f"others {others:4.0f} MiB, {result['kind']}", flush=True)
                self.assertEqual(result["result"], "case")
                self.assertIn(result["kind"], kinds)
                self.assertEqual((behind["result"], behind["kind"]), ("case", "report"))
                self.assertLess(second, 5 * PATIENCE)
                self.assertLess(first, 25 * PATIENCE)
                if not SANITIZED:
                    self.assertLessEqual(readers, READER_MIB)
                    self.assertLessEqual(others, PROGRAM_MIB)
        memory.stop()
        self.assertEqual(program.wait(60), 0)
        for path in paths:
            path.unlink()
        for line in (desk.folder / "errors").read_text().splitlines():
            self.assertRegex(line, r" error: message \d+: [a-z ]+ \(limit \d+\)$")

    def test_each_is_bounded_and_named_and_the_mail_behind_it_is_a_case(self):
        desk = self.desk()
        print()
        small, large = hostile_mails(self.desk_packets(desk))
        self.import_behind(desk, small)
        for mail in large:
            self.import_behind(desk, [mail])

    def test_beyond_the_limit_a_mail_is_a_case_and_stays_on_the_server(self):
        dovecot, sink, desk = self.dovecot(), self.sink(), self.desk()
        desk.configure([desk.mailbox("cvd", dovecot, after_intake="delete")], desk.submission(sink), tables=MANY_ANSWERS)
        dovecot.deliver("cvd", header(b"X-Long: " + b"a" * (100 * MIB) + b"\r\n\r\nx"))
        dovecot.deliver("cvd", header(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n") + b"--b\r\n\r\nx\r\n" * 300000)
        dovecot.deliver("cvd", text(b"A report about www.zonnedam.example, which lets anybody in.\r\n"))
        began = time.monotonic()
        program = subprocess.Popen([desk.programs / "cvdeskd", "--once"], env=desk.environment, stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL)
        memory = Memory(program.pid)
        log = program.stderr.read().decode(errors="replace")
        program.stderr.close()
        took, (readers, others) = time.monotonic() - began, memory.take()
        memory.stop()
        program.wait(60)
        print(f"\nthree mails over IMAP, 100 MiB: {took:.2f} s, reader {readers:.0f} MiB, others {others:.0f} MiB")
        self.assertEqual(program.returncode, 0, log)
        cases = desk.json("list", "--all")
        self.assertEqual(sorted(case["kind"] for case in cases), ["report", "unreadable", "unreadable"])
        self.assertLess(took, 20 * PATIENCE)
        if not SANITIZED:
            self.assertLessEqual(readers, READER_MIB)
        desk.run_once()
        self.assertEqual(len(dovecot.mails("cvd")), 1, "what was taken in whole is deleted, what was too large stays")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
