#!/usr/bin/python3
"""Certificates looked up in the directory of a reporter's domain (WKD): used for answers, asked for once, never waited for long."""
import signal
import time
import unittest

from case import PATIENCE, IntegrationTest
from key_directory import KeyDirectory, wkd_hash
from reporter import Reporter, plain

DESK = "cvd@zonnedam.example"
DOMAINS = ["wilgen", "big", "drip", "garbage", "gone", "hang", "redirect", "secret", "wrong"]
NAMES = [f"{prefix}{name}.example" for name in DOMAINS for prefix in ("openpgpkey.", "")] + ["direct.example"]
REPORT = "Hallo,\n\nOp https://www.zonnedam.example/zoek?q=1 wordt q niet ontsmet.\n\n1. Open het adres.\n2. Het script loopt.\n\nGroet\n"


class LooksUpCertificates(IntegrationTest):
    def setUp(self):
        self.imap, self.server, self.home = self.dovecot(), self.sink(), self.desk()
        self.directory = self.enterContext(KeyDirectory(NAMES))
        self.configure(**self.directory.settings)
        self.certificate = self.home.certificate()

    def configure(self, **openpgp):
        self.home.configure([self.home.mailbox("cvd", self.imap)], self.home.submission(self.server), openpgp=openpgp)

    def person(self, name, address):
        person = self.enterContext(Reporter(name, address))
        person.learn(self.certificate)
        return person

    def unsigned(self, person, text=REPORT):
        """Encrypted, with nothing that says whose it is or how to answer."""
        return person.encrypted(DESK, self.certificate, "XSS", text, sign=False, attach_certificate=False)

    def take_in(self, *mails):
        for mail in mails:
            self.imap.deliver("cvd", mail)
        self.home.run_once()

    def sent_to(self, person):
        return [person.open(mail.data) for mail in self.server.mails() if mail.recipients == [person.address]]

    def kept(self):
        return [(c["address"], c["fingerprint"], c["state"], c["source"]) for c in self.home.json("certificates", "list")]

    def test_an_encrypted_mail_without_a_certificate_is_answered_encrypted(self):
        roos = self.person("Roos", "Roos.de+Vries@wilgen.example")
        self.directory.publish(roos)
        self.take_in(self.unsigned(roos))
        answer, = self.sent_to(roos)
        self.assertTrue(answer.encrypted)
        self.assertEqual(answer.signer, self.home.fingerprint)
        self.assertEqual(self.kept(), [("roos.de+vries@wilgen.example", roos.fingerprint, "offered", "wkd")])
        asked, = self.directory.asked
        self.assertEqual(asked.host, "openpgpkey.wilgen.example")
        self.assertEqual(asked.path, "/.well-known/openpgpkey/wilgen.example/hu/" + wkd_hash(roos.address) + "?l=Roos.de%2BVries")
        self.assertNotIn("cvdesk", str(asked.headers).lower())
        # Once a day: the second mail is answered with what the first look-up found.
        self.take_in(self.unsigned(roos, REPORT.replace("zoek", "inloggen")))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [True, True])
        self.assertEqual(len(self.directory.asked), 1)
        self.assertIn("certificate-found", [event["action"] for event in self.home.json("log", "CVD-2026-0001")])

    def test_the_team_answers_clear_mail_encrypted_to_what_was_found(self):
        roos = self.person("Roos", "roos@wilgen.example")
        self.directory.publish(roos)
        self.take_in(plain(roos.mailbox, DESK, "XSS", REPORT))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [False])
        reference = self.home.json("list")[0]["reference"]
        preview = self.home.cvdesk("reply", reference, "-m", "Dank!", "--preview").stdout.decode()
        self.assertIn("WKD", preview)
        self.home.cvdesk("reply", reference, "-m", "De parameter q is verholpen.")
        self.home.run_once()
        answer = self.sent_to(roos)[-1]
        self.assertTrue(answer.encrypted)
        self.assertIn("verholpen", answer.text)

    def test_a_signature_by_a_certificate_of_the_directory_is_checked_when_the_mail_is_read_again(self):
        roos = self.person("Roos", "roos@wilgen.example")
        self.directory.publish(roos)
        self.take_in(roos.encrypted(DESK, self.certificate, "XSS", REPORT, attach_certificate=False))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [True])
        message = self.home.json("inbox")[0]["id"]
        self.assertEqual(self.home.json("inbox", "show", message)[0]["protection"]["signature"], "unknown-key")
        self.home.cvdesk("inbox", "retry", message)
        protection = self.home.json("inbox", "show", message)[0]["protection"]
        self.assertEqual((protection["signature"], protection["signer"], protection["key_origin"]),
                         ("good", roos.fingerprint, "wkd"))

    def test_a_domain_without_the_host_for_it_is_asked_directly(self):
        roos = self.person("Roos", "roos@direct.example")
        self.directory.publish(roos, direct=True)
        self.take_in(self.unsigned(roos))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [True])
        self.assertEqual([(asked.host, asked.path.partition("?")[0]) for asked in self.directory.asked],
                         [("direct.example", "/.well-known/openpgpkey/hu/" + wkd_hash(roos.address))])

    def test_nobody_is_asked_unless_it_is_switched_on(self):
        settings = dict(self.directory.settings)
        del settings["wkd"]
        self.configure(**settings)
        roos = self.person("Roos", "roos@wilgen.example")
        self.directory.publish(roos)
        self.take_in(self.unsigned(roos))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [False])
        self.assertEqual((self.directory.asked, self.kept()), ([], []))

    def test_nobody_is_asked_for_mail_that_gets_no_answer_or_brings_a_certificate(self):
        roos = self.person("Roos", "roos@wilgen.example")
        sender = roos.mailbox
        self.take_in(
            plain(sender, DESK, "Nieuwsbrief", REPORT, fields=[("Precedence", "bulk")]),
            plain(sender, DESK, "Afwezig", REPORT, fields=[("Auto-Submitted", "auto-replied")]),
            plain(sender, DESK, "Lijst", REPORT, fields=[("List-Id", "<a.wilgen.example>")]),
            plain("noreply@wilgen.example", DESK, "Melding", REPORT),
            plain("roos@intern.local", DESK, "Melding", REPORT + "a\n"),
            plain("roos@[127.0.0.1]", DESK, "Melding", REPORT + "b\n"),
            roos.encrypted(DESK, self.certificate, "XSS", REPORT + "c\n"))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [True])
        self.assertEqual(self.directory.asked, [])

    def test_whatever_a_directory_answers_the_mail_is_acknowledged(self):
        other = self.person("Iemand", "iemand@wilgen.example")
        answers = {
            "big": self.directory.flood, "drip": self.directory.drip, "hang": self.directory.hang,
            "garbage": b"\x99\x01\x0d" + bytes(range(256)) * 3, "gone": None,
            "redirect": self.directory.redirect_to("https://wilgen.example/elsewhere"),
            "secret": other.gpg("--export-secret-keys", other.fingerprint),
            "wrong": other.gpg("--export", other.fingerprint)}
        people = [self.person(name, f"{name}@{name}.example") for name in answers]
        for person in people:
            if answers[person.name] is not None:
                self.directory.publish(person, answers[person.name])
        before = time.monotonic()
        self.take_in(*[self.unsigned(person, REPORT + person.name) for person in people])
        took = time.monotonic() - before
        print(f"{len(people)} mails, two of them to directories that hang: {took:.1f} s")
        for person in people:
            with self.subTest(person.name):
                answer, = self.sent_to(person)
                self.assertFalse(answer.encrypted)
                self.assertEqual(len(self.directory.asked_for(person.address.rpartition("@")[2])), 1)
        self.assertEqual(self.directory.asked_for("wilgen.example"), [], "no redirect is followed")
        self.assertEqual(self.kept(), [])
        self.assertEqual(len(self.home.json("list")), len(people))

    def test_a_directory_that_hangs_holds_up_nobody_else(self):
        slow, quick = self.person("Slow", "slow@hang.example"), self.person("Quick", "quick@wilgen.example")
        self.directory.publish(slow, self.directory.hang)
        self.directory.publish(quick)
        daemon = self.daemon(self.home)
        self.imap.deliver("cvd", self.unsigned(slow))
        self.wait_until(lambda: self.directory.asked_for("hang.example"), 20, "the look-up that hangs")
        began = time.monotonic()
        self.imap.deliver("cvd", self.unsigned(quick))
        self.wait_until(lambda: self.sent_to(quick), 20, "the answer to the other")
        first = time.monotonic() - began
        self.wait_until(lambda: self.sent_to(slow), 20, "the answer after the deadline")
        print(f"answered beside a directory that hangs after {first:.1f} s; who waited for it {time.monotonic() - began:.1f} s")
        self.assertEqual([self.sent_to(person)[0].encrypted for person in (quick, slow)], [True, False])
        self.assertNotIn("hang.example", daemon.log())
        self.assertNotIn("wilgen.example", daemon.log())

    def test_a_look_up_that_is_cut_off_is_not_repeated_and_the_answer_goes_out(self):
        roos = self.person("Roos", "roos@hang.example")
        self.directory.publish(roos, self.directory.hang)
        daemon = self.daemon(self.home)
        self.imap.deliver("cvd", self.unsigned(roos))
        self.wait_until(lambda: self.directory.asked, 20, "the look-up")
        daemon.stop(signal.SIGKILL)
        self.daemon(self.home)
        self.wait_until(lambda: self.sent_to(roos), 40, "the answer")
        time.sleep(2 * PATIENCE)
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [False])
        self.assertEqual(len(self.directory.asked), 1)

    def test_a_ca_that_is_not_there_is_named_before_the_daemon_starts(self):
        self.configure(**{**self.directory.settings, "wkd_ca_file": "none.pem"})
        checked = self.home.run("cvdeskd", "--check", check=False)
        self.assertEqual(checked.returncode, 4)
        self.assertIn(b"wkd_ca_file", checked.stderr)

    def test_what_was_found_is_forgotten_with_the_rest(self):
        roos = self.person("Roos", "roos@wilgen.example")
        self.directory.publish(roos)
        self.take_in(self.unsigned(roos))
        self.assertEqual(len(self.kept()), 1)
        self.home.cvdesk("certificates", "forget", roos.address)
        self.assertEqual(self.kept(), [])
        self.home.cvdesk("verify")

    def test_another_certificate_than_the_pinned_one_never_takes_its_place(self):
        roos = self.person("Roos", "roos@wilgen.example")
        self.take_in(roos.encrypted(DESK, self.certificate, "XSS", REPORT))
        impostor = self.person("Roos", "roos@wilgen.example")
        self.directory.publish(impostor)
        self.take_in(self.unsigned(roos, REPORT.replace("zoek", "inloggen")))
        self.assertEqual([mail.encrypted for mail in self.sent_to(roos)], [True, True])
        self.assertEqual(self.directory.asked, [])


if __name__ == "__main__":
    unittest.main()
