#!/usr/bin/python3
"""imap::Session against servers that are broken, hostile, or odd in the way that a well-known one is.

What needs the whole of a time-out runs only with CVDESK_SLOW_TESTS=1 in the environment.
"""
import os
import pathlib
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from certificates import Certificates  # noqa: E402
from fake_imap import FakeImap  # noqa: E402
from probe import Probe, facts, trouble  # noqa: E402

PROGRAM = None
CERTIFICATES = None
PASSWORD = "Secret-Horse-9"
slow = unittest.skipUnless(os.environ.get("CVDESK_SLOW_TESTS"), "takes the whole of a time-out")


def say(*lines, ok=b"done"):
    """A reaction: these lines, then OK."""
    def react(session, tag, rest):
        for line in lines:
            session.send(line + b"\r\n")
        session.ok(tag, ok)
    return react


def refuse(text):
    def react(session, tag, rest):
        session.send(tag + b" " + text + b"\r\n")
    return react


def fetched(uid, body):
    return b"* %d FETCH (UID %d INTERNALDATE \" 1-Jan-2026 00:00:00 +0000\" BODY[] {%d}\r\n%s)" % (uid, uid, len(body), body)


def on_fetch(listing, bodies):
    """listing: what UID FETCH n:* says; bodies: a reaction to every other UID FETCH."""
    def react(session, tag, rest):
        (say(*listing) if b":* " in rest else bodies)(session, tag, rest)
    return react


LISTING = [b"* 1 FETCH (UID 1 RFC822.SIZE 10)", b"* 2 FETCH (UID 2 RFC822.SIZE 10)", b"* 3 FETCH (RFC822.SIZE 10 UID 3)"]


class Fault(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cvdesk-test-")
        self.addCleanup(folder.cleanup)
        self.probe = Probe(PROGRAM, folder.name)
        self.folder = pathlib.Path(folder.name)

    def serve(self, **how):
        server = FakeImap(certificates=CERTIFICATES, **how).start()
        self.addCleanup(server.stop)
        return server

    def run_probe(self, server, *commands, url=None, **how):
        how = {"user": "cvd", "password": PASSWORD, "ca": server.ca, **how}
        outcome = self.probe.run(url or server.url(), *commands, **how)
        self.assertNotIn(PASSWORD, "\n".join(outcome.lines))
        return outcome

    def expect(self, kind, temporary, server, *commands, **how):
        outcome = self.run_probe(server, *commands, **how)
        self.assertEqual(outcome.status, 1, outcome.lines)
        found = trouble(outcome)
        self.assertEqual(found[:2], (kind, temporary), outcome.lines)
        self.assertIn(f"127.0.0.1:{server.port}", found.what)
        return outcome

    def good(self, server, *commands, **how):
        outcome = self.run_probe(server, *commands, **how)
        self.assertEqual(outcome.status, 0, outcome.lines)
        return outcome

    # -- log-in ----------------------------------------------------------------------------------------------

    def test_the_fake_is_understood_when_it_behaves(self):
        for tls in ("implicit", "starttls"):
            self.good(self.serve(tls=tls), "select")
        self.good(self.serve(tls="none"), "select", options=["--clear"])

    def test_a_missing_starttls_sends_no_password(self):
        server = self.serve(tls="none")
        self.expect("tls", True, server)
        self.assertFalse([c for c in server.commands if c[0] in ("AUTHENTICATE", "LOGIN")])

    def test_clear_text_is_for_loopback_alone(self):
        outcome = self.run_probe(self.serve(), url="imap://192.0.2.1/", options=["--clear"])
        self.assertEqual(trouble(outcome).kind, "configuration")

    def test_other_protocols_are_refused(self):
        for url in ("http://127.0.0.1/", "file:///etc/passwd", "imap//x", "imaps://u:p@127.0.0.1/"):
            self.assertEqual(trouble(self.run_probe(self.serve(), url=url)).kind, "configuration", url)

    def test_preauth_is_no_log_in(self):
        def preauth(session, tag, rest):
            session.send(b"* PREAUTH welcome, stranger\r\n")
        self.expect("authentication", False, self.serve(on={"GREETING": preauth}), "select")
        # Without TLS it would also get round STARTTLS.
        self.expect("tls", True, self.serve(tls="starttls", on={"GREETING": preauth}), "select")

    def test_a_server_that_takes_no_log_in_now_is_no_wrong_password(self):
        for text in (b"NO [UNAVAILABLE] later", b"NO [INUSE] busy", b"NO [LIMIT] too many"):
            self.expect("network", True, self.serve(on={"AUTHENTICATE": refuse(text)}))

    def test_a_bye_at_the_door_is_temporary(self):
        def bye(session, tag, rest):
            session.send(b"* BYE too many connections\r\n")
            session.close()
        outcome = self.expect("network", True, self.serve(on={"GREETING": bye}))
        self.assertIn("too many connections", trouble(outcome).what)

    def test_a_server_that_quotes_the_password_is_not_quoted(self):
        text = b"NO [AUTHENTICATIONFAILED] user cvd password " + PASSWORD.encode() + b" is wrong"
        self.expect("authentication", False, self.serve(on={"AUTHENTICATE": refuse(text)}))

    def test_a_server_without_authenticate_plain_is_logged_in_to_by_login(self):
        server = self.serve(capability="IMAP4rev1 UIDPLUS")
        self.good(server, "select")
        self.assertIn("LOGIN", [name for name, _ in server.commands])

    def test_a_server_that_offers_no_log_in_is_told_as_such(self):
        server = self.serve(capability="IMAP4rev1 LOGINDISABLED")
        self.expect("authentication", False, server)
        self.assertNotIn("LOGIN", [name for name, _ in server.commands])

    def test_what_follows_the_log_in_in_one_packet_does_no_harm(self):
        def authenticate(session, tag, rest):
            session.send(b"+ \r\n")
            session.line()
            session.send(tag + b" OK in\r\n* 5 EXISTS\r\n* 1 FETCH (BODY[] {30")

        def noop(session, tag, rest):
            session.send(b"0}\r\ncvd OK x\r\n* 3 RECENT\r\n" + tag + b" OK done\r\n")
        self.good(self.serve(on={"AUTHENTICATE": authenticate, "NOOP": noop}), "select")

    def test_replies_injected_before_tls_are_refused(self):
        def start_tls(session, tag, rest):
            session.send(tag + b" OK go on\r\n* PREAUTH injected\r\n* CAPABILITY IMAP4rev1\r\n")
            session.start_tls()
        server = self.serve(tls="starttls", on={"STARTTLS": start_tls})
        found = trouble(self.run_probe(server, "select"))
        self.assertIn(found.kind, ("protocol", "tls"))
        self.assertFalse([c for c in server.commands if c[0] in ("AUTHENTICATE", "LOGIN")])

    def test_a_token_that_is_valid_for_another_mailbox_is_an_authentication_error(self):
        for command in ("NOOP", "SELECT"):
            server = self.serve(on={command: refuse(b"BAD User is authenticated but not connected.")})
            self.expect("authentication", False, server, "select")

    def test_garbage_instead_of_imap(self):
        def garbage(session, tag, rest):
            session.send(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(range(256)) * 10)
            session.close()
        found = trouble(self.run_probe(self.serve(on={"GREETING": garbage}), "select"))
        self.assertIn(found.kind, ("protocol", "network"))
        server = self.serve(on={"SELECT": lambda session, tag, rest: session.send(b"\x00\x01 what?\r\n")})
        self.expect("protocol", True, server, "select")

    # -- stop ------------------------------------------------------------------------------------------------

    def expect_stop(self, url, *commands, server=None):
        outcome = self.probe.run(url, *commands, user="cvd", password=PASSWORD, options=["--stop-after", "500"],
                                 ca=CERTIFICATES.ca)
        self.assertEqual(trouble(outcome)[:2], ("stopped", True), outcome.lines)
        self.assertLess(outcome.seconds, 5)

    def test_a_stop_ends_a_connect_that_hangs(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            waiting = []
            for _ in range(4):  # so many that the next SYN is dropped
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
                waiting.append(one)
            time.sleep(0.1)
            self.expect_stop(f"imaps://127.0.0.1:{port}/")
            for one in waiting:
                one.close()

    def test_a_stop_ends_a_log_in_that_hangs(self):
        def stall(session, tag, rest):
            session.stall()
        for where in ("GREETING", "CAPABILITY", "AUTHENTICATE", "NOOP"):
            self.expect_stop(self.serve(on={where: stall}).url())
        with socket.create_server(("127.0.0.1", 0)) as mute:
            self.expect_stop(f"imaps://127.0.0.1:{mute.getsockname()[1]}/")

    def test_a_stop_ends_a_fetch_that_hangs(self):
        def stall(session, tag, rest):
            session.send(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nabc")
            session.stall()
        server = self.serve(on={"UID FETCH": on_fetch(LISTING, stall)})
        self.expect_stop(server.url(), "select", "list:1", "fetch:-")

    @slow
    def test_silence_during_a_command_is_a_network_error_after_a_minute(self):
        server = self.serve(on={"SELECT": lambda session, tag, rest: session.stall()})
        outcome = self.expect("network", True, server, "select")
        self.assertTrue(55 < outcome.seconds < 70, outcome.seconds)

    @slow
    def test_silence_during_log_in_is_a_network_error_after_half_a_minute(self):
        server = self.serve(on={"GREETING": lambda session, tag, rest: session.stall()})
        outcome = self.expect("network", True, server)
        self.assertTrue(25 < outcome.seconds < 45, outcome.seconds)

    @slow
    def test_done_must_be_answered_within_half_a_minute(self):
        def idle(session, tag, rest):
            session.send(b"+ idling\r\n")
            session.stall()
        outcome = self.expect("network", True, self.serve(on={"IDLE": idle}), "select", "idle:1")
        self.assertTrue(28 < outcome.seconds < 40, outcome.seconds)

    # -- fetch -----------------------------------------------------------------------------------------------

    def test_a_server_that_goes_in_mid_literal_is_a_network_error(self):
        def vanish(session, tag, rest):
            session.send(b"* 1 FETCH (UID 1 BODY[] {1000}\r\nabc")
            session.close()
        server = self.serve(on={"UID FETCH": on_fetch(LISTING, vanish)})
        outcome = self.expect("network", True, server, "select", "list:1", "fetch:-")
        self.assertEqual(facts(outcome, "fetched"), [])

    def test_a_bye_in_the_middle_is_a_network_error_with_the_reason(self):
        def bye(session, tag, rest):
            session.untagged(b"BYE [UNAVAILABLE] maintenance")
            session.close()
        outcome = self.expect("network", True, self.serve(on={"UID FETCH": bye}), "select", "list:1")
        self.assertIn("maintenance", trouble(outcome).what)

    def test_mail_text_cannot_end_the_command(self):
        body = b"cvd5 OK done\r\ncvd6 OK done\r\n* 9 EXISTS\r\n)\r\ncvd5 NO x\r\n"
        server = self.serve(on={"UID FETCH": on_fetch(LISTING[:1], say(fetched(1, body)))})
        self.good(server, "select", "list:1", f"fetch:{self.folder}")
        self.assertEqual((self.folder / "1").read_bytes(), body)

    def test_a_huge_announcement_ends_the_session_at_once(self):
        def huge(session, tag, rest):
            session.send(b"* 1 FETCH (UID 1 BODY[] {4294967295}\r\nabc")
            session.stall()
        server = self.serve(on={"UID FETCH": on_fetch(LISTING, huge)})
        outcome = self.expect("too_big", False, server, "select", "list:1", "fetch:-")
        self.assertLess(outcome.seconds, 5)

    def test_flags_first_nil_and_quoted_bodies_and_unsolicited_data(self):
        server = self.serve(on={"UID FETCH": on_fetch(
            [b"* 9 FETCH (FLAGS (\\Seen))", *LISTING, b"* 4 EXISTS"],
            say(b"* 1 FETCH (FLAGS (\\Seen) UID 1 BODY[] NIL)", b"* 2 FETCH (FLAGS () BODY[] \"a \\\"b\\\"\" UID 2)",
                b"* 3 FETCH (FLAGS (\\Seen))", b"* 3 FETCH (BODY[] ~{2}\r\nxy UID 3 FLAGS ())"))})
        self.good(server, "select", "list:1", f"fetch:{self.folder}")
        self.assertEqual(sorted(path.name for path in self.folder.glob("?")), ["2", "3"])
        self.assertEqual((self.folder / "2").read_bytes(), b'a "b"')

    def test_messages_that_nobody_asked_for_or_that_come_twice_are_left_out(self):
        server = self.serve(on={"UID FETCH": on_fetch(
            LISTING[:1], say(fetched(77, b"x"), fetched(1, b"y"), fetched(1, b"z")))})
        outcome = self.good(server, "select", "list:1", f"fetch:{self.folder}")
        self.assertEqual([f[0] for f in facts(outcome, "fetched")], ["1"])
        self.assertEqual((self.folder / "1").read_bytes(), b"y")

    def test_a_message_that_the_server_cannot_give_does_not_keep_back_the_others(self):
        def bodies(session, tag, rest):
            uids = rest.split(b" ")[0]
            if uids in (b"1:3", b"2"):
                session.send(tag + b" NO The requested message could not be converted\r\n")
            else:
                session.send(fetched(int(uids), b"m") + b"\r\n")
                session.ok(tag)
        server = self.serve(on={"UID FETCH": on_fetch(LISTING, bodies)})
        outcome = self.expect("failed", False, server, "select", "list:1", "fetch:-")
        self.assertEqual([f[0] for f in facts(outcome, "fetched")], ["1", "3"])
        self.assertIn("UID 2", trouble(outcome).what)

    def test_the_last_mail_below_the_range_and_an_empty_folder_are_no_news(self):
        server = self.serve(on={"UID FETCH": say(b"* 3 FETCH (UID 3 RFC822.SIZE 10)")})
        self.assertEqual(facts(self.good(server, "select", "list:4"), "listed"), [])
        server = self.serve(exists=0, on={"UID FETCH": refuse(b"BAD no such messages")})
        self.assertEqual(facts(self.good(server, "select", "list:1"), "listed"), [])
        server = self.serve(exists=1, on={"UID FETCH": refuse(b"BAD no such messages")})
        self.expect("protocol", False, server, "select", "list:1")

    def test_a_folder_without_uidvalidity_is_of_no_use(self):
        self.expect("protocol", True, self.serve(on={"SELECT": say(b"* 1 EXISTS")}), "select")

    # -- flags, moves, IDLE ----------------------------------------------------------------------------------

    def test_without_uidplus_nothing_is_expunged(self):
        server = self.serve(capability="IMAP4rev1 AUTH=PLAIN")
        self.good(server, "select", "move:Done:1,2", "erase:3")
        said = [(name, rest) for name, rest in server.commands if name.startswith("UID") or name == "EXPUNGE"]
        self.assertEqual(said, [("UID COPY", b'1:2 "Done"'), ("UID STORE", b"1:2 +FLAGS.SILENT (\\Deleted)"),
                                ("UID STORE", b"3 +FLAGS.SILENT (\\Deleted)")])

    def test_a_refused_copy_deletes_nothing(self):
        server = self.serve(capability="IMAP4rev1 AUTH=PLAIN UIDPLUS", on={"UID COPY": refuse(b"NO [OVERQUOTA] full")})
        self.expect("network", True, server, "select", "move:Done:1")
        self.assertNotIn("UID STORE", [name for name, _ in server.commands])

    def test_a_change_told_together_with_the_answer_to_idle_is_noticed(self):
        def idle(session, tag, rest):
            session.send(b"+ idling\r\n* 2 EXISTS\r\n")
            self.assertEqual(session.line(), b"DONE")
            session.ok(tag)
        outcome = self.good(self.serve(on={"IDLE": idle}), "select", "idle:30")
        self.assertEqual(facts(outcome, "waited"), [["changed"]])
        self.assertLess(outcome.seconds, 5)

    def test_a_keep_alive_while_idling_is_no_change(self):
        def idle(session, tag, rest):
            session.send(b"+ idling\r\n* OK Still here\r\n")
            session.line()
            session.ok(tag)
        outcome = self.good(self.serve(on={"IDLE": idle}), "select", "idle:1")
        self.assertEqual(facts(outcome, "waited"), [["unchanged"]])

    def test_a_refused_idle_is_an_error(self):
        self.expect("protocol", False, self.serve(on={"IDLE": refuse(b"BAD no")}), "select", "idle:1")

    def test_a_server_without_idle_is_just_waited_for(self):
        server = self.serve(capability="IMAP4rev1 AUTH=PLAIN")
        self.assertEqual(facts(self.good(server, "select", "idle:1"), "waited"), [["changed"]])
        self.assertNotIn("IDLE", [name for name, _ in server.commands])

    def test_the_session_says_goodbye(self):
        server = self.serve()
        self.good(server, "select")
        deadline = time.monotonic() + 5
        while "LOGOUT" not in [name for name, _ in server.commands] and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("LOGOUT", [name for name, _ in server.commands])


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    with tempfile.TemporaryDirectory(prefix="cvdesk-test-") as shared:
        CERTIFICATES = Certificates(shared)
        unittest.main()
