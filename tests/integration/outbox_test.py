#!/usr/bin/python3
"""The outbox against a submission server that fails at every command and with every class of reply: nothing is lost, a
repeat has the same Message-ID, the counts are right; and what comes back finds its case."""
import contextlib
import email
import email.policy
import sqlite3
import unittest

from case import IntegrationTest
from reporter import plain
from token_server import TokenServer

DESK = "cvd@zonnedam.example"
TEXT = "Hello,\n\nhttps://www.zonnedam.example/zoek?q=1 reflects q without escaping (XSS).\n\nRegards\n"

LATER = [  # where it fails, how: the mail is tried again
    ("connect", "421 4.3.2 not now"), ("connect", "drop"), ("connect", "554 5.3.2 no service here"),
    ("ehlo", "421 4.3.2 closing"), ("ehlo", "drop"), ("auth", "454 4.7.0 temporary"), ("auth", "535 5.7.8 wrong"),
    ("auth", "421 4.3.2 closing"), ("auth", "drop"), ("mail", "421 4.3.2 closing"), ("mail", "450 4.1.8 greylisted"),
    ("mail", "451 4.3.0 local error"), ("mail", "452 4.3.1 no room"), ("mail", "530 5.7.0 log in first"), ("mail", "drop"),
    ("rcpt", "421 4.3.2 closing"), ("rcpt", "450 4.2.1 mailbox busy"), ("rcpt", "451 4.7.1 greylisted"),
    ("rcpt", "452 4.2.2 mailbox full"), ("rcpt", "drop"), ("data", "451 4.3.0 later"), ("data", "421 4.3.2 closing"),
    ("data", "drop"), ("body", "drop"), ("end", "450 4.0.0 later"), ("end", "451 4.3.0 later"), ("end", "452 4.3.1 no room"),
    ("end", "421 4.3.2 closing"), ("end", "drop")]
NEVER = [  # the mail is given up, with an entry in the case's log
    ("mail", "550 5.7.1 not from you"), ("mail", "552 5.3.4 too big"), ("mail", "554 5.7.1 refused"),
    ("rcpt", "550 5.1.1 no such user"), ("rcpt", "551 5.1.6 moved"), ("rcpt", "552 5.2.2 over quota"),
    ("rcpt", "553 5.1.3 what an address"), ("rcpt", "554 5.7.1 refused"), ("data", "554 5.5.1 no valid recipients"),
    ("end", "550 5.7.1 spam"), ("end", "552 5.3.4 too big"), ("end", "554 5.6.0 refused")]


class Outbox(IntegrationTest):
    sink_options = {}

    def setUp(self):
        self.server = self.sink(**self.sink_options)
        self.imap = self.dovecot()
        self.home = self.desk()
        self.configure()

    def configure(self, tables="[acknowledge]\nper_sender_per_day = 1000\n", **submission):
        self.home.configure([self.home.mailbox("cvd", self.imap)], self.home.submission(self.server, **submission), tables=tables)

    def report(self, number=1, sender=None):
        path = self.home.folder / f"report{number}.eml"
        path.write_bytes(plain(sender or f"Rosa <rosa{number}@reporter.example>", DESK, f"Report {number}", TEXT + f"\n{number}\n"))
        return self.home.json("import", path)[0]["case"]

    def sql(self, statement):
        with contextlib.closing(sqlite3.connect(self.home.home / "cvdesk.db")) as store, store:
            return store.execute(statement).fetchall()

    def try_again(self, check=True):
        """Time passes until the next attempt."""
        self.sql("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")
        return self.home.run_once(check=check)

    def row(self, number=-1):
        return self.home.json("outbox")[number]

    def events(self, reference):
        return [event["action"] for event in self.home.json("log", reference)]


class FailingServer(Outbox):
    def test_what_fails_for_a_time_is_sent_later_once_and_the_same(self):
        """All of them happen to one mail, one after the other."""
        reference = self.report()
        message_id = self.row()["message_id"]
        for attempt, (where, how) in enumerate(LATER, 1):
            with self.subTest(where=where, how=how):
                self.server.fail(where, how)
                self.try_again()
                self.server.heal()
                row = self.row()
                self.assertEqual((row["state"], row["attempts"], row["message_id"]), ("waiting", attempt, message_id))
                self.assertTrue(row["error"])
                self.assertNotIn("rosa1@", row["error"])
                self.assertEqual(self.server.mails(), [])
        self.try_again()
        self.assertEqual(self.row()["state"], "sent")
        self.assertEqual(self.row()["attempts"], len(LATER) + 1)
        self.assertEqual([email.message_from_bytes(mail.data)["Message-ID"] for mail in self.server.mails()], [f"<{message_id}>"])
        self.assertEqual(self.home.show(reference)["status"], "acknowledged")
        self.assertEqual(self.events(reference).count("acknowledgement-sent"), 1)

    def test_a_connection_that_ends_after_the_final_dot_makes_a_double_with_the_same_bytes_at_most(self):
        self.report()
        self.server.fail("quit", "drop")
        self.try_again()
        self.assertEqual(self.row()["state"], "sent", "the server said that it has it")
        self.assertEqual(len(self.server.mails()), 1)

    def test_what_is_refused_for_good_is_given_up_and_named_in_the_case(self):
        for number, (where, how) in enumerate(NEVER, 1):
            with self.subTest(where=where, how=how):
                reference = self.report(number)
                self.server.fail(where, how)
                # From <> it may be the sender that is refused: tried once more with the desk's address.
                self.try_again()
                self.server.heal()
                row = self.row()
                self.assertEqual((row["state"], row["attempts"]), ("failed", 1))
                self.assertIn(how[:3], row["error"])
                self.assertIn("acknowledgement-failed", self.events(reference))
                self.assertEqual(self.home.show(reference)["status"], "new")
        self.assertEqual(self.server.mails(), [])

    def test_after_five_days_it_is_given_up(self):
        reference = self.report()
        self.server.fail("rcpt", "451 4.3.0 later")
        self.try_again()
        self.sql("UPDATE outbox SET attempts = 37")
        self.try_again()
        self.assertEqual(self.row()["state"], "failed")
        self.assertIn("acknowledgement-failed", self.events(reference))
        self.server.heal()
        self.home.cvdesk("outbox", "retry", self.row()["id"])
        self.home.run_once()
        self.assertEqual(self.row()["state"], "sent")

    def test_the_attempts_spread_over_five_days(self):
        """The waits double up to four hours, each up to a quarter longer."""
        self.report()
        self.server.fail("rcpt", "451 4.3.0 later")
        waits = []
        for attempt in (0, 1, 4, 8, 20, 36):
            self.sql(f"UPDATE outbox SET attempts = {attempt}")
            self.try_again()
            waits.append(self.sql("SELECT next_attempt_at - unixepoch() FROM outbox")[0][0])
        for wait, plain_wait in zip(waits, (60, 120, 960, 14400, 14400, 14400)):
            self.assertGreater(wait, plain_wait - 30)
            self.assertLess(wait, plain_wait * 1.25 + 30)

    def test_a_server_in_trouble_costs_one_attempt_not_one_a_mail(self):
        for number in range(5):
            self.report(number)
        self.server.fail("connect", "421 4.3.2 not now")
        self.try_again()
        self.assertEqual(sum(row["attempts"] for row in self.home.json("outbox")), 1)
        self.server.heal()
        self.try_again()
        self.assertEqual({row["state"] for row in self.home.json("outbox")}, {"sent"})

    def test_a_cancelled_mail_stays_and_is_never_sent(self):
        self.report()
        self.home.cvdesk("outbox", "cancel", self.row()["id"])
        self.try_again()
        self.assertEqual(self.row()["state"], "cancelled")
        self.assertEqual(self.server.mails(), [])

    def test_all_acknowledgements_that_wait_are_cancelled_together(self):
        self.report(1)
        self.report(2)
        self.home.cvdesk("outbox", "cancel", "--acknowledgements")
        self.assertEqual([row["state"] for row in self.home.json("outbox")], ["cancelled"] * 2)
        self.assertEqual(self.home.cvdesk("outbox", "cancel", check=False).returncode, 2)


class SmallServer(Outbox):
    sink_options = {"size": 2000}

    def test_what_is_larger_than_the_server_takes_is_refused_before_it_is_sent(self):
        reference = self.report()
        self.try_again()
        row = self.row()
        self.assertEqual((row["state"], row["attempts"]), ("failed", 1))
        self.assertIn("larger than", row["error"])
        self.assertIn("acknowledgement-failed", self.events(reference))
        self.assertEqual(self.server.commands["data"], 0)


class AddressOutsideAscii(Outbox):
    """RFC 6531: only a server that offers SMTPUTF8 can be given one."""
    sink_options = {"utf8": True}
    address = "zoë@reporter.example"

    def report_from_zoe(self):
        path = self.home.folder / "report.eml"
        path.write_bytes(plain("Zoe <zoe@reporter.example>", DESK, "Report", TEXT).replace(b"zoe@reporter.example", self.address.encode(), 1))
        return self.home.json("import", path)[0]["case"]

    def test_it_is_written_to(self):
        self.report_from_zoe()
        self.try_again()
        self.assertEqual(self.row()["state"], "sent", self.row())
        self.assertEqual([mail.recipients for mail in self.server.mails()], [[self.address]])


class AddressThatTheServerCannotTake(AddressOutsideAscii):
    sink_options = {"utf8": False}

    def test_it_is_written_to(self):
        reference = self.report_from_zoe()
        self.try_again()
        self.assertEqual(self.row()["state"], "failed", self.row())
        self.assertIn("SMTPUTF8", self.row()["error"])
        self.assertIn("acknowledgement-failed", self.events(reference))
        self.assertEqual(self.server.mails(), [])


class Tokens(Outbox):
    sink_options = {"token": "good-token"}

    def test_a_log_in_by_token_works_and_a_refused_one_waits(self):
        tokens = TokenServer()
        self.addCleanup(tokens.stop)
        tokens.fail_with = (200, {"access_token": "good-token"})
        self.home.secret("client.secret", "geheim-van-de-client")
        self.configure(user="cvd", auth="oauth2", token_url=tokens.token_url, client_id="desk", client_secret_file="client.secret")
        self.report(1)
        self.try_again()
        self.assertEqual(self.row()["state"], "sent")
        tokens.fail_with = (400, {"error": "invalid_grant"})
        self.report(2)
        self.try_again()
        self.assertEqual(self.row()["state"], "waiting")
        self.assertIn("invalid_grant", self.row()["error"])
        self.assertNotIn("geheim-van-de-client", self.row()["error"])


class Returned(Outbox):
    def bounce(self, message_id, action="failed", **more):
        lines = ["Return-Path: <>", "From: Mail Delivery System <MAILER-DAEMON@mx.reporter.example>", f"To: {DESK}",
                 "Subject: Undelivered Mail Returned to Sender", f"Message-ID: <dsn-{action}-{message_id[:8]}@mx.reporter.example>",
                 "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
                 "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "Content-Type: text/plain", "",
                 "This is the mail system at host mx.reporter.example. Your message could not be delivered.", "--b",
                 "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.reporter.example", "",
                 "Final-Recipient: rfc822; rosa1@reporter.example", f"Action: {action}", "Status: 5.1.1", "--b",
                 "Content-Type: text/rfc822-headers", "", f"Message-ID: <{message_id}>", "Subject: x", "", "--b--", ""]
        path = self.home.folder / f"bounce-{action}-{message_id[:8]}.eml"
        path.write_bytes("\r\n".join(lines).encode())
        return self.home.json("import", path)[0]

    def setUp(self):
        super().setUp()
        self.reference = self.report()
        self.try_again()
        self.assertEqual(self.row()["state"], "sent")

    def test_a_bounce_finds_the_mail_and_its_case(self):
        taken = self.bounce(self.row()["message_id"])
        self.assertEqual((taken["result"], taken["kind"], taken["case"]), ("filed", "bounce", self.reference))
        self.assertEqual(self.row()["state"], "bounced")
        self.assertIsNotNone(self.row()["bounced"])
        self.assertIn("bounce-received", self.events(self.reference))

    def test_a_report_of_a_delay_is_no_bounce(self):
        self.bounce(self.row()["message_id"], "delayed")
        self.assertEqual(self.row()["state"], "sent")
        self.assertIn("delivery-report", self.events(self.reference))

    def test_a_forged_bounce_changes_nothing(self):
        before = (self.home.json("outbox"), self.events(self.reference), self.home.show(self.reference))
        taken = self.bounce("00000000000000000000000000000000@zonnedam.example")
        self.assertEqual((taken["result"], taken["case"]), ("filed", None))
        self.assertEqual((self.home.json("outbox"), self.events(self.reference), self.home.show(self.reference)), before)


if __name__ == "__main__":
    unittest.main()
