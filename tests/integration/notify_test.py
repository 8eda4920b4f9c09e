#!/usr/bin/python3
"""What the team is told, by mail and webhook: that there is work, and never what it says."""
import contextlib
import email
import email.policy
import json
import sqlite3
import unittest

from case import IntegrationTest
from reporter import Reporter, plain
from webhook_server import WebhookServer

DESK = "cvd@zonnedam.example"
MARKS = ["Sleutelbloem", "geheime-afzender", "www.zonnedam.example", "Kwetsbaarheid"]
REPORT = "Hallo,\n\nOp https://www.zonnedam.example/zoek?q=1 staat Sleutelbloem in het veld q, dat is XSS.\n\nGroet\n"


class Notifications(IntegrationTest):
    def setUp(self):
        self.hook = self.enterContext(WebhookServer())
        self.sink_ = self.sink()
        self.server = self.dovecot()
        self.home = self.desk()
        self.home.secret("webhook.url", self.hook.url)
        self.configure()

    def configure(self, notify='mail = ["team@zonnedam.example"]\nwebhook_url_file = "webhook.url"\nat_most_every = "1s"\n', more=""):
        self.home.configure([self.home.mailbox("cvd", self.server)], self.home.submission(self.sink_),
                            tables=f"[notify]\n{notify}{more}")

    def report(self, number=1, fields=(), sender=None, text=REPORT):
        return plain(sender or f"Rosa <geheime-afzender{number}@reporter.example>", DESK, f"Kwetsbaarheid {number}", text, fields=fields)

    def take_in(self, *mails):
        for mail in mails:
            self.server.deliver("cvd", mail)
        return self.home.run_once()

    def to_team(self):
        return [mail for mail in self.sink_.mails() if mail.recipients == ["team@zonnedam.example"]]

    def sql(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.home.home / "cvdesk.db")) as store, store:
            return store.execute(statement, values).fetchall()

    def time_passes(self):
        """What was told was told a minute ago; what waits is due."""
        self.sql("UPDATE notices SET told_at = told_at - 60")
        self.sql("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")

    def texts(self):
        return [json.loads(body)["text"] for body in self.hook.bodies]

    def test_a_new_case_is_told_by_mail_and_webhook_without_what_it_says(self):
        log = self.take_in(self.report()).stderr.decode()
        reference = self.home.json("list")[0]["reference"]
        self.assertEqual(len(self.to_team()), 1)
        self.assertEqual(len(self.hook.bodies), 1)
        mail = self.to_team()[0]
        parsed = email.message_from_bytes(mail.data, policy=email.policy.default)
        self.assertEqual(parsed["Auto-Submitted"], "auto-generated")
        self.assertEqual(parsed.get_content_type(), "multipart/signed")
        self.assertEqual(mail.sender, DESK)
        for said in (mail.data.decode(), self.hook.bodies[0].decode()):
            self.assertIn(reference, said)
            for mark in MARKS:
                self.assertNotIn(mark, said)
        self.assertIn(f"{reference}: nieuwe zaak (report)", self.texts()[0])
        self.assertEqual(list(json.loads(self.hook.bodies[0])), ["text"])
        for said in (log, self.home.cvdesk("outbox").stdout.decode(), self.home.cvdesk("log", reference).stdout.decode()):
            self.assertNotIn("geheim-7f3a", said)
        stranger = self.enterContext(contextlib.closing(Reporter("Team", "team@zonnedam.example")))
        stranger.learn(self.home.certificate())
        self.assertEqual(stranger.open(mail.data).signer, self.home.fingerprint)

    def test_nothing_is_told_where_nobody_is_to_be_told(self):
        self.home.configure([self.home.mailbox("cvd", self.server)], self.home.submission(self.sink_))
        self.take_in(self.report())
        self.assertEqual(self.hook.bodies + self.to_team(), [])
        self.assertEqual(self.sql("SELECT count(*) FROM notices"), [(0,)])

    def test_many_cases_are_one_notification(self):
        self.take_in(*[self.report(number) for number in range(40)])
        self.assertEqual(len(self.hook.bodies), 1)
        self.assertEqual(len(self.to_team()), 1)
        self.assertIn("40 nieuwe zaken", self.texts()[0])
        self.assertIn("... en nog 10", self.texts()[0])
        self.assertLess(len(self.hook.bodies[0]), 4000)

    def test_what_follows_within_the_interval_waits_for_its_end(self):
        self.configure(notify='webhook_url_file = "webhook.url"\nat_most_every = "10m"\n')
        self.take_in(self.report(1))
        self.take_in(self.report(2))
        self.take_in(self.report(3))
        self.assertEqual(len(self.hook.bodies), 1)
        self.sql("UPDATE notices SET told_at = told_at - 600")
        self.home.run_once()
        self.assertEqual(len(self.hook.bodies), 2)
        self.assertIn("2 nieuwe zaken", self.texts()[1])

    def test_a_webhook_that_fails_for_a_time_is_called_again(self):
        self.hook.fail(503, times=2)
        self.take_in(self.report())
        self.assertEqual(self.hook.bodies, [])
        row = [row for row in self.home.json("outbox") if row["to"] == "webhook"][0]
        self.assertEqual((row["state"], row["attempts"]), ("waiting", 1))
        self.assertNotIn("geheim-7f3a", row["error"])
        self.assertEqual(len(self.to_team()), 1, "the mail does not wait for the webhook")
        for _ in range(2):
            self.time_passes()
            self.home.run_once()
        self.assertEqual(len(self.hook.bodies), 1)
        row = [row for row in self.home.json("outbox") if row["to"] == "webhook"][0]
        self.assertEqual((row["state"], row["attempts"]), ("sent", 3))

    def test_a_webhook_that_is_gone_is_told_by_mail_once(self):
        self.home.secret("webhook.url", self.hook.url + "x")
        self.take_in(self.report())
        row = [row for row in self.home.json("outbox") if row["to"] == "webhook"][0]
        self.assertEqual(row["state"], "failed")
        for _ in range(3):
            self.time_passes()
            self.home.run_once()
        told = [mail for mail in self.to_team() if b"melding aan het team" in mail.data]
        self.assertEqual(len(told), 1)
        self.assertIn("daemon", self.home.cvdesk("doctor", check=False).stdout.decode())

    def test_a_follow_up_and_a_clock_are_told(self):
        self.take_in(self.report())
        reference = self.home.json("list")[0]["reference"]
        self.time_passes()
        self.take_in(plain("Rosa <geheime-afzender1@reporter.example>", DESK, f"Re: [{reference}] Kwetsbaarheid", "Nog iets: Sleutelbloem."))
        self.assertIn(f"{reference}: vervolgbericht", self.texts()[-1])
        self.sql("UPDATE deadlines SET due_at = unixepoch() + 3600 WHERE name = 'assess'")
        self.sql("UPDATE deadlines SET due_at = unixepoch() - 60 WHERE name = 'resolve'")
        self.time_passes()
        self.home.run_once()
        self.assertIn("termijn verstreken: resolve", self.texts()[-1])
        self.assertIn("termijn bijna om: assess", self.texts()[-1])
        count = len(self.hook.bodies)
        self.time_passes()
        self.home.run_once()
        self.assertEqual(len(self.hook.bodies), count, "each is told once")
        self.sql("UPDATE deadlines SET due_at = unixepoch() - 60 WHERE name = 'assess'")
        self.time_passes()
        self.home.run_once()
        self.assertIn("termijn verstreken: assess", self.texts()[-1])
        self.assertEqual(self.home.json("list", "--overdue")[0]["reference"], reference)
        for text in self.texts():
            for mark in MARKS:
                self.assertNotIn(mark, text)

    def test_a_mailbox_that_stays_away_is_told_once_and_when_it_is_back(self):
        self.home.run_once()
        self.server.go_away()
        self.home.run_once(check=False)
        self.assertEqual(self.hook.bodies, [], "it may come back soon")
        self.sql("UPDATE troubles SET since = since - 3600")
        for _ in range(2):
            self.home.run_once(check=False)
            self.time_passes()
        self.assertEqual([text.count("postbus onbereikbaar (cvd)") for text in self.texts()], [1])
        self.server.come_back()
        self.home.run_once()
        self.assertIn("storing voorbij: postbus onbereikbaar (cvd)", self.texts()[-1])

    def test_a_notification_that_comes_back_does_not_start_a_loop(self):
        self.take_in(self.report())
        for _ in range(4):
            for mail in self.to_team():
                message_id = email.message_from_bytes(mail.data)["Message-ID"]
                self.server.deliver("cvd", bounce_of(message_id))
            self.time_passes()
            self.home.run_once()
        self.assertLessEqual(len(self.to_team()), 3)
        self.assertEqual(len(self.home.json("list", "--all")), 1)

    def test_a_notification_that_is_delivered_to_the_desk_opens_no_case(self):
        """team@ is a list that the desk itself is on."""
        self.take_in(self.report())
        for _ in range(3):
            for mail in self.to_team():
                self.server.deliver("cvd", b"Received: from list\r\n" + mail.data)
            self.time_passes()
            self.home.run_once()
        self.assertEqual(len(self.home.json("list", "--all")), 1)
        self.assertLessEqual(len(self.to_team()), 2)

    def test_an_address_of_the_desk_is_refused(self):
        self.configure(notify=f'mail = ["{DESK}"]\n')
        result = self.home.run("cvdeskd", "--check", check=False)
        self.assertEqual(result.returncode, 4)
        self.assertIn(b"notify.mail", result.stderr)


def bounce_of(message_id):
    return (f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.zonnedam.example\r\nTo: {DESK}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            f"Message-ID: <b-{message_id[1:9]}@mx.zonnedam.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system. Your mail could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.zonnedam.example\r\n\r\n"
            "Final-Recipient: rfc822; team@zonnedam.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n").encode()


if __name__ == "__main__":
    unittest.main()
