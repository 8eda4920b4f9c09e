#!/usr/bin/python3
"""imap::Session against a real Dovecot."""
import pathlib
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from certificates import Certificates  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from probe import Probe, facts, trouble  # noqa: E402
from token_server import TokenServer  # noqa: E402

PROGRAM = None
# What must arrive unchanged: lines that look like IMAP, 8-bit bytes, NUL-free binary, no line end at the end.
HOSTILE = (b"Subject: cvd1 OK done\r\n\r\ncvd1 OK done\r\ncvd2 OK done\r\nA004 OK done\r\n* BYE\r\n)\r\n{5}\r\n"
           + bytes(range(1, 256)).replace(b"\n", b"").replace(b"\r", b"") + b"\r\n.\r\nend without line end")


def mail(number, size=100):
    return b"Subject: %d\r\n\r\n" % number + b"x" * 70 * (size // 70) + b"\r\n"


def programs_with(folder):
    """Command lines that name this folder."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_text(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tokens = TokenServer()
        cls.server = Dovecot(tokens=cls.tokens).start()
        cls.url = f"imaps://127.0.0.1:{cls.server.imaps_port}/"
        cls.start_tls_url = f"imap://127.0.0.1:{cls.server.imap_port}/"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.tokens.stop()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cvdesk-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.probe = Probe(PROGRAM, folder.name)
        self.user = self.id().rsplit(".", 1)[-1].lower()

    def run_probe(self, *commands, url=None, **how):
        how = {"user": self.user, "password": self.server.password, "ca": self.server.ca, **how}
        return self.probe.run(url or self.url, *commands, **how)

    def good(self, *commands, **how):
        outcome = self.run_probe(*commands, **how)
        self.assertEqual(outcome.status, 0, outcome.lines)
        return outcome

    def test_fetches_every_byte_over_tls_and_starttls(self):
        self.server.deliver(self.user, HOSTILE)
        self.server.deliver(self.user, mail(2))
        for url in (self.url, self.start_tls_url):
            outcome = self.good("select", "list:1", f"fetch:{self.folder}", url=url)
            self.assertEqual(facts(outcome, "selected")[0][1], "2")
            self.assertEqual([fact[0] for fact in facts(outcome, "listed")], ["1", "2"])
            # Maildir keeps line ends as they are on disk; Dovecot sends CRLF.
            self.assertEqual((self.folder / "1").read_bytes(), HOSTILE)
            self.assertEqual((self.folder / "2").read_bytes(), mail(2))
            (self.folder / "1").unlink()
        self.assertTrue(all("S" not in name.partition(":2,")[2] for name in self.server.mails(self.user)))

    def test_lists_from_a_uid_on_and_not_the_last_mail_below_it(self):
        self.assertEqual(facts(self.good("select", "list:1"), "listed"), [])
        for number in range(3):
            self.server.deliver(self.user, mail(number))
        self.assertEqual([f[0] for f in facts(self.good("select", "list:2"), "listed")], ["2", "3"])
        self.assertEqual(facts(self.good("select", "list:4"), "listed"), [])

    def test_fetches_hundreds_of_mails_in_batches_in_order(self):
        for number in range(350):
            self.server.deliver(self.user, mail(number, 700 if number % 50 else 700_000))
        outcome = self.good("select", "list:1", f"fetch:{self.folder}")
        self.assertEqual([int(f[0]) for f in facts(outcome, "fetched")], list(range(1, 351)))
        for number in range(350):
            self.assertEqual((self.folder / str(number + 1)).read_bytes(),
                             mail(number, 700 if number % 50 else 700_000))

    def test_fetches_a_large_mail(self):
        large = mail(1, 40 << 20)
        self.server.deliver(self.user, large)
        self.server.deliver(self.user, mail(2))
        self.good("select", "list:1", f"fetch:{self.folder}")
        self.assertEqual((self.folder / "1").read_bytes(), large)
        self.assertTrue((self.folder / "2").exists())

    def test_ends_at_a_mail_beyond_the_limit_but_gives_its_header(self):
        self.server.deliver(self.user, mail(1, 2 << 20))
        outcome = self.run_probe("limit:1000000", "select", "header:1", "list:1", "fetch:-")
        self.assertEqual(trouble(outcome).kind, "too_big")
        self.assertFalse(trouble(outcome).temporary)
        self.assertEqual(bytes.fromhex(facts(outcome, "header")[0][1]), b"Subject: 1\r\n\r\n")

    def test_a_vanished_uid_is_left_out(self):
        for number in range(3):
            self.server.deliver(self.user, mail(number))
        outcome = self.good("select", "list:1", "erase:2", "fetch:-")
        self.assertEqual([f[0] for f in facts(outcome, "fetched")], ["1", "3"])
        self.assertEqual(trouble(self.run_probe("select", "header:2")).kind, "not_found")

    def test_an_error_of_the_taker_ends_the_fetch_and_the_session_stays_of_use(self):
        for number in range(3):
            self.server.deliver(self.user, mail(number))
        outcome = self.run_probe("select", "list:1", "fetch:fail")
        self.assertEqual(trouble(outcome).what, "the taker is full")
        self.assertEqual(len(facts(outcome, "fetched")), 1)

    def test_marks_moves_and_erases(self):
        for number in range(5):
            self.server.deliver(self.user, mail(number))
        self.server.maildir(self.user, "Intake/Done & caf\u00e9".encode("utf-7").decode()
                            .replace("+", "&").replace("Done & ", "Done &- "))
        self.good("select", "seen:1,2", "move:Intake/Done & caf\u00e9:3,4", "erase:5")
        left = self.server.mails(self.user)
        self.assertEqual(len(left), 2)
        self.assertTrue(all("S" in name.partition(":2,")[2] for name in left))
        outcome = self.good("select", "list:1", url=self.url + "Intake/Done%20%26%20caf%C3%A9")
        self.assertEqual(len(facts(outcome, "listed")), 2)

    def test_a_missing_folder_is_named_as_such(self):
        self.server.deliver(self.user, mail(1))
        for commands in (["select", "move:Nowhere:1"], ["select"]):
            url = self.url + ("Nowhere" if len(commands) == 1 else "")
            self.assertEqual(trouble(self.run_probe(*commands, url=url)).kind, "not_found")
        self.assertEqual(len(self.server.mails(self.user)), 1)

    def test_moves_without_the_extension_too(self):
        server = Dovecot(capability="IMAP4rev1 UIDPLUS")
        self.addCleanup(server.stop)
        server.start()
        for number in range(3):
            server.deliver(self.user, mail(number))
        server.maildir(self.user, "Done")
        outcome = self.good("select", "move:Done:1,3", "idle:1", url=f"imaps://127.0.0.1:{server.imaps_port}/",
                            password=server.password, ca=server.ca)
        self.assertEqual(facts(outcome, "waited"), [["changed"]])
        self.assertEqual([body for body in server.mails(self.user).values()], [mail(1)])
        self.assertEqual(len(server.mails(self.user, "Done")), 2)

    def test_sees_a_changed_uidvalidity(self):
        self.server.deliver(self.user, mail(1))
        before = facts(self.good("select"), "selected")[0][0]
        self.server.change_uid_validity(self.user)
        self.assertNotEqual(facts(self.good("select"), "selected")[0][0], before)

    def start_waiting(self, *commands, **how):
        process = self.probe.start(self.url, *commands, user=self.user, password=self.server.password,
                                   ca=self.server.ca, **how)
        lines = []
        while not lines or lines[-1] != "waiting":
            line = process.stdout.readline().decode()
            self.assertTrue(line, lines)
            lines.append(line.strip())
        return process

    def test_idle_wakes_for_a_new_mail_which_is_then_listed(self):
        process = self.start_waiting("select", "idle:30", "list:1", "idle:1")
        time.sleep(0.3)
        begin = time.monotonic()
        self.server.deliver(self.user, mail(1))
        rest = process.communicate(timeout=20)[0].decode()
        self.assertLess(time.monotonic() - begin, 10)
        self.assertIn("waited changed", rest)
        self.assertIn("listed 1 ", rest)
        self.assertIn("waited unchanged", rest)
        self.assertEqual(process.returncode, 0)

    def test_a_plain_wait_ends_in_time_and_asks_for_a_look(self):
        process = self.start_waiting("select", "wait:1", "list:1")
        self.server.deliver(self.user, mail(1))
        rest = process.communicate(timeout=20)[0].decode()
        self.assertIn("waited changed", rest)
        self.assertIn("listed 1 ", rest)

    def test_a_stop_ends_idle_and_wait_at_once(self):
        for verb in ("idle", "wait"):
            outcome = self.good("select", f"{verb}:60", options=["--stop-after", "700"])
            self.assertEqual(facts(outcome, "waited"), [["unchanged"]])
            self.assertLess(outcome.seconds, 5)

    def test_the_end_of_the_server_ends_idle_with_a_network_error(self):
        server = Dovecot()
        self.addCleanup(server.stop)
        server.start()
        process = self.probe.start(f"imaps://127.0.0.1:{server.imaps_port}/", "select", "idle:60", user="cvd",
                                   password=server.password, ca=server.ca)
        while process.stdout.readline().strip() != b"waiting":
            pass
        server.stop()
        self.assertIn("error network temporary", process.communicate(timeout=20)[0].decode())

    def test_a_wrong_password_is_told_and_never_shown(self):
        outcome = self.run_probe(password="Wrong-Horse-1")
        self.assertEqual(trouble(outcome)[:2], ("authentication", False))
        self.assertIn("AUTHENTICATIONFAILED", trouble(outcome).what)
        self.assertNotIn("Wrong-Horse-1", "\n".join(outcome.lines))

    def test_a_user_is_needed(self):
        self.assertEqual(trouble(self.run_probe(user=None)).kind, "configuration")
        self.assertEqual(trouble(self.run_probe(password=None)).kind, "configuration")

    def test_a_wrong_ca_is_a_tls_error(self):
        other = Certificates(self.folder / "other")
        for url in (self.url, self.start_tls_url):
            self.assertEqual(trouble(self.run_probe(ca=other.ca, url=url)).kind, "tls")
            # Nor does the system trust our throwaway CA.
            self.assertEqual(trouble(self.run_probe(ca=None, url=url)).kind, "tls")

    def test_a_certificate_for_another_name_is_a_tls_error(self):
        server = Dovecot(names="DNS:imap.example.net")
        self.addCleanup(server.stop)
        server.start()
        outcome = self.run_probe(url=f"imaps://127.0.0.1:{server.imaps_port}/", ca=server.ca)
        self.assertEqual(trouble(outcome).kind, "tls")

    def test_a_missing_ca_file_is_a_configuration_error(self):
        self.assertEqual(trouble(self.run_probe(ca=self.folder / "none.pem")).kind, "configuration")

    def test_nobody_listening_is_a_network_error(self):
        outcome = self.run_probe(url="imaps://127.0.0.1:1/")
        self.assertEqual(trouble(outcome)[:2], ("network", True))
        self.assertIn("127.0.0.1:1", trouble(outcome).what)

    def test_logs_in_with_a_token_and_tells_a_void_one(self):
        options = ["--token-url", self.tokens.token_url, "--client-id", "client", "--client-secret-file",
                   self.probe.secret_file("client-secret")]
        self.good("select", user=self.tokens.user, password=None, options=options)
        self.tokens.valid.clear()
        self.tokens.fail_with = (200, {"access_token": "void-token-77", "expires_in": 60})
        outcome = self.run_probe("select", user=self.tokens.user, password=None, options=options)
        self.tokens.fail_with = None
        self.assertEqual(trouble(outcome)[:2], ("authentication", False))
        self.assertNotIn("void-token-77", "\n".join(outcome.lines))

    def test_nothing_is_left_behind_when_a_test_is_killed(self):
        process = __import__("subprocess").Popen(
            ["/usr/bin/python3", str(pathlib.Path(__file__).resolve().parents[2] / "support/dovecot.py")],
            stdin=-1, stdout=-1)
        import json
        folder = pathlib.Path(json.loads(process.stdout.readline())["folder"])
        self.assertTrue(folder.exists())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        deadline = time.monotonic() + 15
        while folder.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(folder.exists())
        # Who removed the folder ends just after it.
        while programs_with(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(programs_with(folder), [])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
