#!/usr/bin/python3
"""smtp::submit and net::credentials_for against servers on loopback."""
import os
import pathlib
import stat
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from certificates import Certificates  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from postfix import Postfix  # noqa: E402
from probe import Probe, facts, trouble  # noqa: E402
from patience import PATIENCE  # noqa: E402
from smtp_sink import PAUSE_SECONDS, SmtpSink  # noqa: E402
from token_server import TokenServer  # noqa: E402

PROGRAM = None
PASSWORD = "Secret-Horse-9"
MAIL = b"Subject: x\r\n\r\n.leading dot\r\n..two\r\nFrom here\r\nna\xc3\xafef\r\n"
slow = unittest.skipUnless(os.environ.get("CVDESK_SLOW_TESTS"), "takes the whole of a time-out")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cvdesk-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.probe = Probe(PROGRAM, folder.name)
        self.mail = self.folder / "mail.eml"
        self.mail.write_bytes(MAIL)


class Submit(Case):
    def sink(self, **how):
        sink = SmtpSink(password=PASSWORD, **how).start()
        self.addCleanup(sink.stop)
        return sink

    def run_probe(self, sink, *commands, url=None, **how):
        how = {"user": sink.user, "password": PASSWORD if sink.user else None, "ca": sink.ca, **how}
        outcome = self.probe.run(url or f"smtp://127.0.0.1:{sink.port}", *commands, **how)
        self.assertNotIn(PASSWORD, "\n".join(outcome.lines))
        return outcome

    def submit(self, sink, sender="cvd@zonnedam.example", recipients="a@example.org,b@example.org", **how):
        return self.run_probe(sink, "submit", sender, recipients, str(self.mail), **how)

    def good(self, outcome):
        self.assertEqual((outcome.status, outcome.lines), (0, ["ok"]))

    def refused(self, outcome, kind, temporary, reply, sender="-"):
        self.assertEqual(outcome.status, 1, outcome.lines)
        self.assertEqual(facts(outcome, "refusal"), [[str(reply), sender]], outcome.lines)
        self.assertEqual(trouble(outcome)[:2], (kind, temporary), outcome.lines)
        return trouble(outcome).what

    def test_every_byte_arrives_by_starttls_and_by_tls(self):
        sink = self.sink()
        self.good(self.submit(sink))
        self.good(self.submit(sink, url=f"smtps://127.0.0.1:{sink.tls_port}"))
        self.assertEqual(len(sink.mails()), 2)
        for mail in sink.mails():
            self.assertEqual(mail, ("cvd@zonnedam.example", ["a@example.org", "b@example.org"], MAIL, "cvd"))

    def test_a_large_mail_arrives(self):
        sink = self.sink()
        large = MAIL + b"0123456789" * 7 + b"\r\n"
        large += (b"." * 60 + b"\r\n") * 200_000
        self.mail.write_bytes(large)
        self.good(self.submit(sink))
        self.assertEqual(sink.mails()[0].data, large)

    def test_an_empty_sender_is_the_null_path(self):
        sink = self.sink()
        self.good(self.submit(sink, sender="-"))
        self.assertEqual(sink.mails()[0].sender, "")

    def test_without_a_user_nobody_logs_in(self):
        sink = self.sink(user=None)
        self.good(self.submit(sink))
        self.assertIsNone(sink.mails()[0].user)
        self.assertEqual(sink.commands["auth"], 0)

    def test_clear_text_only_where_asked_for_and_only_to_loopback(self):
        sink = self.sink(user=None, tls=False)
        self.refused(self.submit(sink), "tls", True, 0)
        self.good(self.submit(sink, options=["--clear"]))
        outcome = self.submit(sink, url="smtp://192.0.2.1:25", options=["--clear"])
        self.refused(outcome, "configuration", False, 0)

    def test_a_stripped_starttls_sends_no_password(self):
        sink = self.sink(tls=False)
        self.refused(self.submit(sink), "tls", True, 0)
        self.assertEqual(sink.commands["auth"], 0)
        self.assertEqual(sink.commands["mail"], 0)

    def test_a_wrong_ca_is_a_tls_error(self):
        sink = self.sink()
        other = Certificates(self.folder / "other")
        self.refused(self.submit(sink, ca=other.ca), "tls", True, 0)
        self.refused(self.submit(sink, ca=other.ca, url=f"smtps://127.0.0.1:{sink.tls_port}"), "tls", True, 0)

    def test_a_wrong_password_is_an_authentication_error(self):
        outcome = self.submit(self.sink(), password="Wrong-Horse-1")
        what = self.refused(outcome, "authentication", False, 535)
        self.assertNotIn("Wrong-Horse-1", "\n".join(outcome.lines))
        self.assertIn("535 5.7.8", what)

    def test_log_in_by_token(self):
        sink = self.sink(token="good-token")
        server = TokenServer()
        self.addCleanup(server.stop)
        options = ["--token-url", server.token_url, "--client-id", "client", "--client-secret-file",
                   self.probe.secret_file("client-secret")]
        server.fail_with = (200, {"access_token": "good-token"})
        self.good(self.submit(sink, password=None, options=options))
        server.fail_with = (200, {"access_token": "bad-token"})
        outcome = self.submit(sink, password=None, options=options)
        self.refused(outcome, "authentication", False, 535)
        self.assertNotIn("bad-token", "\n".join(outcome.lines))

    def test_refusals_say_which_command_and_whether_to_try_again(self):
        sink = self.sink()
        for where, how, kind, temporary, sender in [
                ("mail", "550 5.7.1 not you", "failed", False, "sender"),
                ("mail", "451 4.3.0 later", "failed", True, "sender"),
                ("mail", "552 5.3.4 too large", "failed", False, "sender"),
                ("mail", "530 5.7.0 Authentication required", "authentication", False, "-"),
                ("mail", "421 4.3.2 closing", "network", True, "-"),
                ("rcpt", "550 5.1.1 no such user", "failed", False, "-"),
                ("rcpt", "450 4.2.1 greylisted", "failed", True, "-"),
                ("rcpt", "452 4.2.2 full", "failed", True, "-"),
                ("data", "554 5.7.1 no", "failed", False, "-"),
                ("data", "451 4.3.0 later", "failed", True, "-"),
                ("end", "554 5.7.1 spam", "failed", False, "-"),
                ("end", "552 5.3.4 too large", "failed", False, "-"),
                ("end", "452 4.3.1 disk full", "failed", True, "-"),
                ("auth", "535 5.7.8 no", "authentication", False, "-"),
                ("auth", "534 5.7.9 too weak", "authentication", False, "-"),
                ("auth", "454 4.7.0 later", "authentication", True, "-"),
                ("connect", "421 4.3.2 too busy", "network", True, "-"),
                ("connect", "554 5.3.2 no service", "network", True, "-"),
                ("ehlo", "421 4.3.2 closing", "network", True, "-")]:
            with self.subTest(where=where, how=how):
                sink.heal()
                sink.fail(where, how)
                what = self.refused(self.submit(sink), kind, temporary, int(how[:3]), sender)
                self.assertIn(how, what)
                self.assertIn(f"127.0.0.1:{sink.port}", what)
        self.assertEqual(sink.mails(), [])

    def test_a_server_that_refuses_the_null_path_is_told_by_the_sender_flag(self):
        sink = self.sink()
        sink.fail("null-sender", "550 5.7.1 no bounces here")
        self.refused(self.submit(sink, sender="-"), "failed", False, 550, "sender")
        self.good(self.submit(sink))

    def test_one_refused_recipient_fails_the_whole(self):
        sink = self.sink()
        sink.fail("rcpt", "550 5.1.1 no such user*1")
        self.refused(self.submit(sink), "failed", False, 550)
        self.assertEqual(sink.mails(), [])

    def test_an_address_in_a_reply_is_not_repeated(self):
        sink = self.sink()
        sink.fail("rcpt", "550 5.1.1 <a@example.org>: unknown")
        self.assertNotIn("a@example.org", "\n".join(self.submit(sink).lines))

    def test_a_connection_that_breaks_is_temporary(self):
        sink = self.sink()
        for where in ("connect", "ehlo", "auth", "mail", "rcpt", "data", "body", "end"):
            with self.subTest(where=where):
                sink.heal()
                sink.fail(where, "drop")
                outcome = self.submit(sink)
                self.assertEqual(outcome.status, 1)
                self.assertEqual(facts(outcome, "refusal")[0][0], "0")
                self.assertTrue(trouble(outcome).temporary, outcome.lines)
                self.assertIn(trouble(outcome).kind, ("network", "tls", "protocol"))

    def test_a_stop_ends_whatever_hangs(self):
        sink = self.sink()
        for where in ("connect", "ehlo", "auth", "mail", "rcpt", "data", "end"):
            with self.subTest(where=where):
                sink.heal()
                sink.fail(where, "stall")
                outcome = self.submit(sink, options=["--stop-after", "500"])
                self.refused(outcome, "stopped", True, 0)
                self.assertLess(outcome.seconds, 5)

    def test_a_stop_in_the_middle_of_a_mail_never_delivers_a_part_of_it(self):
        sink = self.sink()
        sink.fail("body", "pause")
        self.mail.write_bytes(MAIL + (b"x" * 70 + b"\r\n") * 400_000)
        self.refused(self.submit(sink, options=["--stop-after", f"{700 * PATIENCE:.0f}"]), "stopped", True, 0)
        time.sleep(PAUSE_SECONDS + 1)
        self.assertEqual(sink.commands["body"], 1)
        self.assertEqual(sink.commands["end"], 0)
        self.assertEqual(sink.mails(), [])

    def test_a_server_that_does_not_answer_to_quit_keeps_nobody_waiting(self):
        sink = self.sink()
        sink.fail("quit", "stall")
        for commands in (lambda: self.submit(sink), lambda: self.run_probe(sink, "check")):
            outcome = commands()
            self.good(outcome)
            self.assertLess(outcome.seconds, 5)

    @slow
    def test_a_minute_of_silence_ends_it(self):
        sink = self.sink()
        sink.fail("end", "stall")
        outcome = self.submit(sink)
        self.refused(outcome, "network", True, 0)
        self.assertTrue(55 < outcome.seconds < 70, outcome.seconds)

    def test_an_address_that_would_be_a_command_goes_nowhere(self):
        sink = self.sink()
        for bad in ("a@example.org>\r\nDATA", "<a@example.org", "a b@example.org", ""):
            self.refused(self.submit(sink, recipients=bad), "usage", False, 0)
            if bad:
                self.refused(self.submit(sink, sender=bad), "usage", False, 0)
        self.assertEqual(sink.commands["mail"], 0)

    def test_check_tells_whether_one_could_send_and_sends_nothing(self):
        sink = self.sink()
        self.good(self.run_probe(sink, "check"))
        self.good(self.run_probe(sink, "check", url=f"smtps://127.0.0.1:{sink.tls_port}"))
        self.assertEqual(trouble(self.run_probe(sink, "check", password="Wrong")).kind, "authentication")
        self.assertEqual(sink.commands["mail"], 0)
        other = self.sink(user=None)
        self.good(self.run_probe(other, "check"))
        self.assertEqual(trouble(self.run_probe(other, "check", user="cvd", password=PASSWORD)).kind, "authentication")


@unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/usr/lib/postfix/sbin/master")
                     and os.path.exists("/usr/lib/dovecot/lmtp"), "needs root, Postfix and Dovecot's LMTP")
class RealPostfix(Case):
    def test_a_mail_reaches_the_mailbox_and_refusals_are_told_apart(self):
        with Dovecot() as dovecot, Postfix(dovecot) as server:
            def submit(recipient, password=dovecot.password, url=f"smtp://127.0.0.1:{server.port}"):
                return self.probe.run(url, "submit", "-", recipient, str(self.mail), user="cvd", password=password,
                                      ca=dovecot.ca)
            self.assertEqual(submit("anna@localhost").lines, ["ok"])
            self.assertEqual(submit("anna@localhost", url=f"smtps://127.0.0.1:{server.tls_port}").lines, ["ok"])
            elsewhere = submit("anna@elsewhere.example")
            self.assertEqual(facts(elsewhere, "refusal"), [["550", "-"]])
            self.assertEqual(trouble(elsewhere)[:2], ("failed", False))
            self.assertEqual(trouble(submit("anna@localhost", password="wrong")).kind, "authentication")
            deadline = time.monotonic() + 20
            while len(dovecot.mails("anna")) < 2 and time.monotonic() < deadline:
                time.sleep(0.05)
            mails = list(dovecot.mails("anna").values())
            self.assertEqual(len(mails), 2)
            for mail in mails:
                self.assertIn(b"Return-Path: <>", mail)
                self.assertTrue(mail.replace(b"\r\n", b"\n").endswith(MAIL.partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n")))


class Tokens(Case):
    def setUp(self):
        super().setUp()
        self.server = TokenServer()
        self.addCleanup(self.server.stop)

    def credentials(self, *more, url=None, refresh=None):
        options = ["--token-url", url or self.server.token_url, "--client-id", "client", "--client-secret-file",
                   self.probe.secret_file("client-secret"), *more]
        if refresh:
            options += ["--refresh-token-file", refresh]
        return self.probe.run("imaps://127.0.0.1/", "credentials", user="cvd", options=options)

    def test_a_token_is_asked_for_once_and_then_reused(self):
        outcome = self.credentials()
        self.assertEqual(facts(outcome, "secret"), [[self.server.granted[0]]] * 2)
        self.assertEqual(self.server.requests[0]["grant_type"], "client_credentials")
        self.assertEqual(len(self.server.requests), 1)

    def test_a_fresh_one_is_asked_for_when_the_last_was_refused(self):
        self.assertEqual(facts(self.credentials("--fresh"), "secret"), [[token] for token in self.server.granted])
        self.assertEqual(len(self.server.granted), 2)

    def test_a_rotated_refresh_token_is_saved_for_us_alone(self):
        file = self.probe.secret_file("refresh-0")
        self.server.rotate = True
        self.assertEqual(self.credentials("--fresh", refresh=file).status, 0)
        self.assertEqual(file.read_text(), "refresh-2\n")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertEqual([form["refresh_token"] for form in self.server.requests], ["refresh-0", "refresh-1"])

    def test_a_refresh_token_that_stays_is_left_alone(self):
        file = self.probe.secret_file("refresh-0")
        before = file.stat().st_ino
        self.assertEqual(self.credentials("--fresh", refresh=file).status, 0)
        self.assertEqual(file.stat().st_ino, before)

    def test_failures_are_told_apart_and_quote_nothing(self):
        secret = "very-secret-thing"
        for answer, kind, temporary in [
                ((400, {"error": "invalid_grant", "error_description": secret}), "authentication", False),
                ((401, {"error": secret}), "authentication", False),
                ((503, {"error": secret}), "network", True),
                ((429, {}), "network", True),
                ((302, {}), "failed", False),
                ((200, b"<html>" + secret.encode()), "protocol", False),
                ((200, {"token": secret}), "protocol", False),
                ((200, {"access_token": [secret]}), "protocol", False),
                ((200, b"[" * 60_000), "protocol", False),
                ((200, b"x" * 100_000), "too_big", False)]:
            with self.subTest(answer=str(answer)[:60]):
                self.server.fail_with = answer
                outcome = self.credentials()
                self.assertEqual(trouble(outcome)[:2], (kind, temporary), outcome.lines)
                self.assertNotIn(secret, "\n".join(outcome.lines))
                self.assertNotIn("client-secret", "\n".join(outcome.lines))
        self.server.fail_with = (400, {"error": "invalid_grant"})
        self.assertIn("invalid_grant", trouble(self.credentials()).what)

    def test_tokens_travel_encrypted_or_on_loopback(self):
        self.assertEqual(trouble(self.credentials(url="http://192.0.2.1/token")).kind, "configuration")
        self.assertEqual(trouble(self.credentials(url="ftp://127.0.0.1/token")).kind, "configuration")

    def test_nobody_there_is_temporary(self):
        self.assertEqual(trouble(self.credentials(url="http://127.0.0.1:1/token"))[:2], ("network", True))

    def test_a_webhook_is_posted_to_and_its_path_never_shown(self):
        def post(path):
            return self.probe.run("imaps://x/", "post", f"http://127.0.0.1:{self.server.port}/{path}")
        outcome = post("hook-of-secret-name")
        self.assertEqual(trouble(outcome)[:2], ("failed", False))
        self.assertNotIn("hook-of-secret-name", "\n".join(outcome.lines))
        self.server.fail_with = (204, b"")
        self.assertEqual(post("token").lines, ["ok"])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
