#!/usr/bin/python3
"""Acknowledgements through a real Postfix, with TLS and a log-in, into the real mailbox of the reporter."""
import email
import email.policy
import os
import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from complaints import programs  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from postfix import Postfix  # noqa: E402
from reporter import Reporter, plain  # noqa: E402
from sample_reports import DESK  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from throwaway_desk import ADDRESS, ThrowawayDesk  # noqa: E402

REPORT = "Hello,\n\nhttps://www.zonnedam.example/zoeken?q=1 reflects the parameter q without escaping it.\n\nRegards\n"
NO_NULL_SENDER = "smtpd_sender_restrictions = check_sender_access inline:{{<>=REJECT not from here}}\n"


def why_not():
    if os.geteuid() != 0:
        return "SKIPPED: a Postfix of our own needs root"
    for needed in ("/usr/sbin/postfix", "/usr/lib/dovecot/lmtp"):
        if not os.path.exists(needed):
            return f"SKIPPED: {needed} is not installed"
    return None


@unittest.skipIf(why_not(), why_not() or "")
class SubmissionByPostfix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dovecot = cls.enterClassContext(Dovecot())

    def setUp(self):
        self.box = re.sub(r"[^a-z]+", "-", self._testMethodName.removeprefix("test_"))[:40].strip("-")

    def set_up(self, extra="", implicit=False, **submission):
        self.postfix = self.enterContext(Postfix(self.dovecot, domains=("localhost", "zonnedam.example", "wilgen.example"), extra=extra))
        self.desk = self.enterContext(ThrowawayDesk(programs()))
        access = {"url": f"smtps://127.0.0.1:{self.postfix.tls_port}" if implicit else f"smtp://127.0.0.1:{self.postfix.port}",
                  "from": f"CVD-team Zonnedam <{ADDRESS}>", "ca_file": str(self.dovecot.ca), "user": "cvd",
                  "password_file": self.desk.secret("smtp.pass", self.dovecot.password)}
        self.desk.configure([self.desk.mailbox("cvd", self.dovecot, user=f"desk-{self.box}")], {**access, **submission})

    def person(self, name):
        """A reporter whose mailbox is on the same server."""
        person = self.enterContext(Reporter(name, f"{name.lower()}-{self.box}@wilgen.example"))
        person.learn(self.desk.certificate())
        return person

    def report(self, mail):
        self.dovecot.deliver(f"desk-{self.box}", mail)
        return self.desk.run_once(check=False)

    def mail_of(self, person):
        """The one mail in this person's mailbox."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            mails = list(self.dovecot.mails(person.address).values())
            if mails:
                self.assertEqual(len(mails), 1)
                return mails[0]
            time.sleep(0.1)
        self.fail("nothing arrived: " + self.postfix.log())

    def check_arrives(self):
        """A clear and an encrypted report, each answered into its writer's mailbox."""
        ann, roos = self.person("Ann"), self.person("Roos")
        self.report(plain(ann.mailbox, DESK, "A report", REPORT))
        self.report(roos.encrypted(DESK, self.desk.certificate(), "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n"))
        self.assertEqual([row["state"] for row in self.desk.json("outbox")], ["sent", "sent"], self.postfix.log())
        clear, secret = self.mail_of(ann), self.mail_of(roos)
        opened = ann.open(clear)
        self.assertEqual((opened.encrypted, opened.signer), (False, self.desk.fingerprint))
        self.assertIn("Thank you for your report", opened.text)
        header = email.message_from_bytes(clear, policy=email.policy.default)
        self.assertEqual((header["Return-Path"], header["Auto-Submitted"]), ("<>", "auto-replied"))
        self.assertIn("ESMTPSA", header["Received"] + str(header.get_all("Received")))
        opened = roos.open(secret)
        self.assertEqual((opened.encrypted, opened.signer), (True, self.desk.fingerprint))
        self.assertNotIn(b"ombat", secret)

    def test_with_starttls(self):
        self.set_up()
        self.check_arrives()

    def test_with_tls_from_the_start(self):
        self.set_up(implicit=True)
        self.check_arrives()

    def check_null_sender_refused(self, extra):
        self.set_up(extra=NO_NULL_SENDER + extra)
        ann = self.person("Ann")
        self.report(plain(ann.mailbox, DESK, "A report", REPORT))
        header = email.message_from_bytes(self.mail_of(ann), policy=email.policy.default)
        self.assertEqual(header["Return-Path"], f"<{ADDRESS}>")
        self.assertEqual([(row["state"], row["attempts"]) for row in self.desk.json("outbox")], [("sent", 1)])

    def test_a_relay_that_refuses_the_null_sender_when_it_is_named(self):
        self.check_null_sender_refused("smtpd_delay_reject = no\n")

    def test_a_relay_that_refuses_the_null_sender_only_with_the_recipient(self):
        """As Postfix does unless told otherwise."""
        self.check_null_sender_refused("smtpd_delay_reject = yes\n")

    def test_a_recipient_that_postfix_defers_waits(self):
        self.set_up(extra="smtpd_recipient_restrictions = check_recipient_access inline:{{wilgen.example=DEFER greylisted}}, permit_sasl_authenticated, reject\n")
        ann = self.person("Ann")
        self.report(plain(ann.mailbox, DESK, "A report", REPORT))
        [row] = self.desk.json("outbox")
        self.assertEqual((row["state"], row["attempts"]), ("waiting", 1))
        self.assertIn("greylisted", row["error"])

    def test_a_wrong_password_leaves_the_answer_waiting(self):
        self.set_up()
        ann = self.person("Ann")
        self.desk.secret("smtp.pass", "not-the-Password-5")
        result = self.report(plain(ann.mailbox, DESK, "A report", REPORT))
        [row] = self.desk.json("outbox")
        self.assertEqual(row["state"], "waiting")
        self.assertIn("535", row["error"])
        self.assertNotIn(b"not-the-Password-5", result.stderr)
        self.desk.secret("smtp.pass", self.dovecot.password)
        self.desk.cvdesk("outbox", "retry")
        self.desk.run_once()
        self.assertEqual(ann.open(self.mail_of(ann)).signer, self.desk.fingerprint)

    def test_a_bounce_that_postfix_makes_is_found_on_its_case(self):
        """The recipient proves unknown only later: the desk's address as envelope sender gets the mail back."""
        elsewhere = self.enterContext(SmtpSink(user=None, tls=False))
        elsewhere.fail("rcpt", "550 5.1.1 no such user")
        self.set_up(extra=NO_NULL_SENDER + "smtpd_delay_reject = no\n"
                          f"transport_maps = inline:{{{{gone@wilgen.example=smtp:[127.0.0.1]:{elsewhere.port}}}}}\n"
                          f"virtual_alias_maps = inline:{{{{cvd@zonnedam.example=desk-{self.box}@zonnedam.example}}}}\n")
        self.report(plain("Gone <gone@wilgen.example>", DESK, "A report", REPORT))
        [row] = self.desk.json("outbox")
        self.assertEqual(row["state"], "sent")
        deadline = time.monotonic() + 30
        while len(self.dovecot.mails(f"desk-{self.box}")) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(len(self.dovecot.mails(f"desk-{self.box}")), 2, self.postfix.log())
        self.desk.run_once()
        self.assertEqual([(mail["kind"], mail["case"]) for mail in self.desk.json("inbox")],
                         [("report", row["case"]), ("bounce", row["case"])])
        self.assertIn("bounce-received", [event["action"] for event in self.desk.json("log", row["case"])])


if __name__ == "__main__":
    unittest.main()
