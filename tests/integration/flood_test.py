#!/usr/bin/python3
"""Somebody makes the desk answer: a thousand mails from one sender, many senders at once, and another desk.

CVDESK_FLOOD sets another number of mails.
"""
import contextlib
import os
import sqlite3
import time
import unittest

from case import IntegrationTest
from reporter import plain
from webhook_server import WebhookServer

DESK = "cvd@zonnedam.example"
FLOOD = int(os.environ.get("CVDESK_FLOOD", 1_000))
NOTIFY = '[notify]\nwebhook_url_file = "webhook.url"\nat_most_every = "1s"\n'
TEXT = "Hello,\n\nhttps://www.zonnedam.example/zoek?q=1 reflects q without escaping (XSS).\n\nRegards\n"


class Flood(IntegrationTest):
    def setUp(self):
        self.hook = self.enterContext(WebhookServer())
        self.server, self.home = self.sink(), self.desk()
        self.home.secret("webhook.url", self.hook.url)

    def configure(self, acknowledge=""):
        mailbox = {"name": "cvd", "address": DESK, "url": "imaps://127.0.0.1:9/INBOX", "user": "cvd", "password_file": self.home.secret("p", "x")}
        self.home.configure([mailbox], self.home.submission(self.server), tables=f"[acknowledge]\n{acknowledge}{NOTIFY}")

    def flood(self, count, sender):
        folder = self.home.folder / "flood"
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True)
        for number in range(count):
            mail = plain(sender(number), DESK, f"Report {number}", TEXT + f"\n{number}\n", message_id=f"{number}@flood.example")
            (folder / "new" / f"{number:06d}").write_bytes(mail)
        begin = time.monotonic()
        taken = self.home.json("import", folder, timeout=1500)
        print(f"{count} mails in {time.monotonic() - begin:.0f} s", flush=True)
        self.assertEqual(len(taken), count)
        self.assertEqual({line["result"] for line in taken}, {"case"})
        return taken

    def sql(self, statement):
        with contextlib.closing(sqlite3.connect(self.home.home / "cvdesk.db")) as store, store:
            return store.execute(statement).fetchall()

    def deliver(self):
        """The mailbox is none: what matters here is what goes out."""
        self.home.run_once(check=False)

    def test_mails_from_one_sender_open_the_breaker_and_are_cases_all_the_same(self):
        self.configure()
        self.flood(FLOOD, lambda _: "Mallory <mallory@flood.example>")
        self.deliver()
        self.deliver()
        self.assertEqual(len(self.server.mails()), 3, "the cap of a sender")
        self.assertEqual(len(self.home.json("list", "--all")), FLOOD)
        told = b"".join(self.hook.bodies).decode()
        self.assertEqual(told.count("ontvangstbevestigingen tegengehouden"), 1)
        self.assertIn(f"{FLOOD} nieuwe zaken", told)
        self.assertLess(len(told), 10_000)
        self.assertIn("held back", self.home.cvdesk("outbox").stdout.decode())
        self.assertIn("breaker", self.home.cvdesk("doctor", check=False).stdout.decode())

    def test_what_the_breaker_holds_waits_and_goes_by_hand_or_by_itself(self):
        self.configure("breaker_per_10_minutes = 20\nper_domain_per_day = 1000\n")
        self.flood(40, lambda number: f"R <r{number}@many.example>")
        self.deliver()
        rows = self.home.json("outbox")
        held = [row for row in rows if row["held"]]
        self.assertEqual(len([row for row in rows if row["purpose"] == "acknowledgement"]), 40, "none is dropped")
        self.assertTrue(15 <= len(held) <= 20, len(held))
        self.assertEqual(len(self.server.mails()), 40 - len(held), "what was owed before still goes")
        self.home.cvdesk("outbox", "resume")
        self.assertEqual(self.home.cvdesk("outbox", "resume", check=False).returncode, 5)
        self.sql("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")
        self.deliver()
        self.assertEqual(len(self.server.mails()), 40)

    def test_the_breaker_closes_by_itself_when_the_flood_is_over(self):
        self.configure("breaker_per_10_minutes = 5\nper_domain_per_day = 1000\n")
        self.flood(10, lambda number: f"R <r{number}@many.example>")
        self.deliver()
        self.assertTrue(any(row["held"] for row in self.home.json("outbox")))
        self.sql("UPDATE breaker SET opened_at = opened_at - 3600")
        self.sql("UPDATE acknowledgement_rate SET minute = minute - 60")
        self.sql("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")
        self.sql("UPDATE notices SET told_at = told_at - 60")
        self.deliver()
        self.assertEqual(len(self.server.mails()), 10)
        self.assertIn("storing voorbij: ontvangstbevestigingen", b"".join(self.hook.bodies).decode())

    def test_many_refusals_open_the_breaker(self):
        self.configure("per_domain_per_day = 1000\ntotal_per_hour = 1000\n")
        self.server.fail("rcpt", "550 5.1.1 no such user")
        self.flood(30, lambda number: f"R <r{number}@forged.example>")
        self.deliver()
        self.home.cvdesk("outbox", "retry", self.home.json("outbox")[0]["id"])
        self.deliver()
        self.assertIn("most were refused", self.home.cvdesk("outbox").stdout.decode())

    def test_a_domain_has_a_cap_of_its_own_and_a_public_provider_a_larger_one(self):
        self.configure("per_domain_per_day = 4\n")
        self.flood(12, lambda number: f"R <r{number}@{'gmail.com' if number % 2 else f's{number}.one.example'}>")
        rows = self.home.json("outbox")
        self.assertEqual(sum(row["to"].endswith("@gmail.com") for row in rows), 6)
        self.assertEqual(sum(row["to"].endswith(".one.example") for row in rows), 4)
        reasons = [event["detail"] for case in self.home.json("list", "--all") for event in self.home.json("log", case["reference"])
                   if event["action"] == "not-acknowledged"]
        self.assertEqual(reasons, ["per-domain-limit"] * 2)

    def test_beyond_the_total_they_wait_for_their_hour(self):
        self.configure("total_per_hour = 5\n")
        self.flood(8, lambda number: f"R <r{number}@x{number}.example>")
        self.deliver()
        self.deliver()
        self.assertEqual(len(self.server.mails()), 5)
        self.sql("UPDATE outbox SET finished_at = finished_at - 3600 WHERE state = 'sent'")
        self.sql("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")
        self.deliver()
        self.assertEqual(len(self.server.mails()), 8)


class TwoDesks(IntegrationTest):
    def test_two_desks_that_write_to_each_other_exchange_one_mail_each_at_most(self):
        """Each takes the other's acknowledgement for what it is. A relay hands on what either sends."""
        imap = self.dovecot()
        addresses = {"one": "cvd@een.example", "two": "cvd@twee.example"}
        sinks, desks, daemons, handed_on = {}, {}, [], {"one": 0, "two": 0}
        for name, address in addresses.items():
            sinks[name], desks[name] = self.sink(), self.desk()
            submission = {**desks[name].submission(sinks[name]), "from": f"Desk {name} <{address}>"}
            desks[name].configure([desks[name].mailbox(name, imap, address=address)], submission)
        # A report to the one in the name of the other: as bad as it gets.
        report = plain(f"Desk two <{addresses['two']}>", addresses["one"], "A hole", TEXT)
        imap.deliver("one", report)
        for name in addresses:
            daemons.append(self.daemon(desks[name]))
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 8:
            for name, other in (("one", "two"), ("two", "one")):
                for mail in sinks[name].mails()[handed_on[name]:]:
                    handed_on[name] += 1
                    quiet_since = time.monotonic()
                    self.assertLessEqual(handed_on[name], 3, "they go on and on")
                    if mail.recipients == [addresses[other]]:
                        imap.deliver(other, f"Return-Path: <{mail.sender}>\r\n".encode() + mail.data)
            time.sleep(0.1)
        self.assertEqual(handed_on["one"], 1)
        self.assertLessEqual(handed_on["two"], 1)
        self.assertEqual(len(desks["one"].json("list", "--all")), 1)


if __name__ == "__main__":
    unittest.main()
