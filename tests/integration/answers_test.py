#!/usr/bin/python3
"""Who is acknowledged and how, what the acknowledgement gives away, and what happens when it cannot be sent."""
import contextlib
import email
import email.policy
import pathlib
import re
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from complaints import complaint, programs  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from reporter import Reporter, plain  # noqa: E402
from sample_reports import DESK, SampleReports  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from throwaway_desk import ADDRESS, ThrowawayDesk  # noqa: E402

REPORT = """Hello,

https://www.zonnedam.example/zoeken?q=1 reflects the parameter q without escaping it.

1. Open the address above.
2. The script runs.

Regards
"""
DUTCH = """Goedemiddag,

Op https://www.zonnedam.example/afspraak?nummer=1 zie ik de gegevens van andere inwoners als ik het nummer verander.
Ik heb verder niets gedaan en hoor graag van u.

Met vriendelijke groet,
Jolanda Vermeer
"""
SERVER = None


def setUpModule():
    global SERVER
    SERVER = Dovecot().start()
    unittest.addModuleCleanup(SERVER.stop)


def headers_of(mail):
    return email.message_from_bytes(mail.data, policy=email.policy.default)


class Answers(unittest.TestCase):
    """A desk of its own for each test; the mailboxes of one Dovecot, named after the test."""

    mailbox_keys = {}

    def setUp(self):
        self.sink = SmtpSink().start()
        self.addCleanup(self.sink.stop)
        self.desk = ThrowawayDesk(programs())
        self.addCleanup(self.desk.close)
        self.user = f"{type(self).__name__}-{self._testMethodName}".lower().replace("_", "-")
        self.configure()

    def configure(self, tables="", **submission):
        self.desk.configure([self.desk.mailbox("cvd", SERVER, user=self.user, **self.mailbox_keys)],
                            self.desk.submission(self.sink, **submission), tables=tables)

    def deliver(self, *mails):
        for mail in mails:
            SERVER.deliver(self.user, mail)

    def take_in(self, *mails, check=True):
        self.deliver(*mails)
        return self.desk.run_once(check=check)

    def answer_to(self, mail):
        """The one mail that answers this one."""
        found = self.answers_to(mail)
        self.assertEqual(len(found), 1, [headers_of(each)["In-Reply-To"] for each in self.sink.mails()])
        return found[0]

    def answers_to(self, mail):
        wanted = email.message_from_bytes(mail)["Message-ID"]
        return [each for each in self.sink.mails() if headers_of(each)["In-Reply-To"] == wanted]

    def person(self, name, address, **more):
        person = Reporter(name, address, **more)
        self.addCleanup(person.close)
        person.learn(self.desk.certificate())
        return person

    def anybody(self):
        return self.person("Any Body", "anybody@reader.example")

    def outbox(self):
        return self.desk.json("outbox")

    def make_due(self):
        """Time passes: what waits is due now."""
        with contextlib.closing(sqlite3.connect(self.desk.home / "cvdesk.db")) as store, store:
            store.execute("UPDATE outbox SET next_attempt_at = created_at WHERE state = 'waiting'")

    def events(self, reference):
        return [event["action"] for event in self.desk.json("log", reference)]


class WhoIsAnswered(Answers):
    mailbox_keys = {"list_ids": ["cvd.lists.zonnedam.example"], "aliases": ["security@zonnedam.example"]}

    def recipients_for(self, **mails):
        """name → the addresses that were answered for the mail of this name."""
        self.take_in(*mails.values())
        return {name: [address for each in self.answers_to(mail) for address in each.recipients]
                for name, mail in mails.items()}

    def mail(self, sender, *fields, text=REPORT, path=None):
        made = plain(sender, DESK, "A report", text, fields=[field for field in fields if field[0] != "From"])
        more = [f"From: {value}" for name, value in fields if name == "From"]
        if path is not None:
            more.insert(0, f"Return-Path: {path}")
        return "".join(line + "\r\n" for line in more).encode() + made

    def test_an_answer_goes_to_the_one_address_that_wants_it(self):
        found = self.recipients_for(
            sender=self.mail("Ann <ann@reporter.example>", path="<ann@reporter.example>"),
            reply_to=self.mail("Bob <bob@reporter.example>", ("Reply-To", "Bob <bob.private@elsewhere.example>")),
            two_reply_to=self.mail("Cas <cas@reporter.example>", ("Reply-To", "one@elsewhere.example, two@elsewhere.example")),
            not_automatic=self.mail("Dik <dik@reporter.example>", ("Auto-Submitted", "no")),
            first_class=self.mail("Eva <eva@reporter.example>", ("Precedence", "first-class")),
            suppress_receipts=self.mail("Fem <fem@reporter.example>", ("X-Auto-Response-Suppress", "RN, NRN")))
        self.assertEqual(found, {
            "sender": ["ann@reporter.example"], "reply_to": ["bob.private@elsewhere.example"],
            "two_reply_to": ["cas@reporter.example"], "not_automatic": ["dik@reporter.example"],
            "first_class": ["eva@reporter.example"], "suppress_receipts": ["fem@reporter.example"]})

    def test_nobody_is_answered_who_should_not_be(self):
        one = "Somebody <somebody@reporter.example>"
        found = self.recipients_for(
            null_sender=self.mail(one, path="<>"),
            replied=self.mail(one, ("Auto-Submitted", "auto-replied")),
            generated=self.mail(one, ("Auto-Submitted", "auto-generated (by cron)")),
            bulk=self.mail(one, ("Precedence", "bulk")), junk=self.mail(one, ("Precedence", "Junk")),
            list=self.mail(one, ("Precedence", "list")),
            foreign_list=self.mail(one, ("List-Id", "Others <discuss.lists.elsewhere.example>")),
            suppress_all=self.mail(one, ("X-Auto-Response-Suppress", "All")),
            suppress_replies=self.mail(one, ("X-Auto-Response-Suppress", "DR, AutoReply")),
            no_reply=self.mail("Robot <no-reply@reporter.example>"), noreply=self.mail("Robot <NoReply@reporter.example>"),
            daemon=self.mail("Mail <MAILER-DAEMON@reporter.example>"),
            to_no_reply=self.mail(one, ("Reply-To", "do-not-reply@reporter.example")),
            ourselves=self.mail("Us <CVD@zonnedam.example>"), our_alias=self.mail("Us <security@zonnedam.example>"),
            to_ourselves=self.mail(one, ("Reply-To", "security@zonnedam.example")),
            two_senders=self.mail("a@reporter.example, b@reporter.example"),
            two_from_fields=self.mail("Real <real@reporter.example>", ("From", "Other <other@reporter.example>")))
        self.assertEqual({name: to for name, to in found.items() if to}, {})
        self.assertEqual(self.sink.mails(), [])
        # A mail that is not answered is still a report, and nothing of it is lost.
        self.assertEqual(len(self.desk.json("inbox")), 18)

    def test_a_report_that_is_not_answered_says_why_on_its_case(self):
        self.take_in(self.mail("Robot <no-reply@reporter.example>"))
        case = self.desk.json("list")[0]
        self.assertEqual(case["status"], "new")
        [event] = [event for event in self.desk.json("log", case["reference"]) if event["action"] == "not-acknowledged"]
        self.assertTrue(event["detail"])

    def test_our_own_list_is_answered(self):
        found = self.recipients_for(
            own=self.mail("Ann <ann@reporter.example>", ("List-Id", "CVD <cvd.lists.zonnedam.example>")),
            # As Mailman and Sympa send it.
            mailman=self.mail("Bob <bob@reporter.example>", ("List-Id", "CVD <cvd.lists.zonnedam.example>"),
                              ("Precedence", "list"), ("List-Unsubscribe", "<mailto:cvd-leave@lists.zonnedam.example>"),
                              path="<cvd-bounces@lists.zonnedam.example>"))
        self.assertEqual(found, {"own": ["ann@reporter.example"], "mailman": ["bob@reporter.example"]})

    def test_one_acknowledgement_a_case_and_none_for_what_follows(self):
        first = self.mail("Ann <ann@reporter.example>")
        self.take_in(first)
        answer = self.answer_to(first)
        thread = headers_of(answer)["Message-ID"]
        second = plain("Ann <ann@reporter.example>", DESK, "Re: A report", "It is also on /contact.\n",
                       fields=[("In-Reply-To", thread), ("References", thread)])
        self.take_in(second)
        self.take_in()
        self.assertEqual([row["result"] for row in self.desk.json("inbox")], ["case", "follow-up"])
        self.assertEqual(len(self.sink.mails()), 1)
        self.assertEqual(len(self.outbox()), 1)

    def test_the_same_mail_twice_is_answered_once(self):
        mail = self.mail("Ann <ann@reporter.example>")
        self.take_in(mail, b"Received: by another way; Sun, 22 Nov 2026 10:00:00 +0000\r\n" + mail)
        self.assertEqual(sorted(row["result"] for row in self.desk.json("inbox")), ["case", "duplicate"])
        self.assertEqual(len(self.sink.mails()), 1)

    def test_acknowledgements_can_be_switched_off(self):
        self.configure(tables="[acknowledge]\nenabled = false\n")
        self.take_in(self.mail("Ann <ann@reporter.example>"))
        self.assertEqual((len(self.desk.json("list")), self.outbox(), self.sink.mails()), (1, [], []))


class HowItIsAnswered(Answers):
    def test_envelope_and_header_are_those_of_an_automatic_answer(self):
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT,
                     fields=[("In-Reply-To", "<older@reporter.example>"), ("References", "<oldest@reporter.example> <older@reporter.example>")])
        self.take_in(mail)
        answer = self.answer_to(mail)
        header = headers_of(answer)
        self.assertEqual((answer.sender, answer.recipients, answer.user), ("", ["ann@reporter.example"], "cvd"))
        self.assertEqual(header["From"], "CVD-team Zonnedam <cvd@zonnedam.example>")
        self.assertEqual(header["To"], "ann@reporter.example")
        self.assertEqual(header["Auto-Submitted"], "auto-replied")
        own = email.message_from_bytes(mail)["Message-ID"]
        self.assertEqual(header["References"].split(), ["<oldest@reporter.example>", "<older@reporter.example>", own])
        self.assertRegex(header["Message-ID"], r"^<[0-9a-f]{32}@zonnedam\.example>$")
        for name in ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type"):
            self.assertEqual(len(header.get_all(name)), 1, name)
        [reference] = [row["reference"] for row in self.desk.json("list")]
        self.assertIn(f"[{reference}]", header["Subject"])
        [row] = self.outbox()
        self.assertEqual(f"<{row['message_id']}>", header["Message-ID"])

    def test_the_wire_form_is_proper(self):
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)
        self.take_in(mail)
        data = self.answer_to(mail).data
        self.assertNotRegex(data, rb"[^\r]\n|\r[^\n]")
        self.assertLessEqual(max(map(len, data.split(b"\r\n"))), 998)
        data.decode("ascii")

    def test_the_desks_address_is_the_envelope_sender_where_the_null_one_is_refused(self):
        self.sink.fail("null-sender", "550 5.7.1 null sender not allowed here")
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)
        self.take_in(mail)
        self.assertEqual(self.answer_to(mail).sender, ADDRESS)
        self.assertEqual([(row["state"], row["attempts"]) for row in self.outbox()], [("sent", 1)])

    def test_so_it_is_where_the_null_sender_is_refused_as_late_as_the_recipient(self):
        # Postfix does that unless told otherwise (smtpd_delay_reject).
        self.sink.fail("rcpt", "554 5.7.1 <>: Sender address rejected: not from here*1")
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)
        self.take_in(mail)
        self.assertEqual(self.answer_to(mail).sender, ADDRESS)

    def test_the_signature_verifies_with_plain_gpg_over_the_bytes_as_they_came(self):
        reader = self.anybody()
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)
        self.take_in(mail)
        data = self.answer_to(mail).data
        message = email.message_from_bytes(data)
        self.assertEqual((message.get_content_type(), message.get_param("protocol")),
                         ("multipart/signed", "application/pgp-signature"))
        boundary = b"\r\n--" + message.get_boundary().encode()
        _, signed, signature, end = data.split(boundary)
        self.assertEqual(end.strip(), b"--")
        files = {"data": signed.removeprefix(b"\r\n"), "sig": message.get_payload()[1].get_payload().encode()}
        for name, content in files.items():
            (reader.home / name).write_bytes(content)
        status = reader.gpg("--status-fd", "1", "--verify", str(reader.home / "sig"), str(reader.home / "data")).decode()
        self.assertIn(f"VALIDSIG {self.desk.fingerprint}", status)
        # SHA-256 is 8, 384 9, 512 10 in OpenPGP: micalg must name the one that was used.
        used = re.search(r"VALIDSIG (?:\S+ ){7}(\d+)", status)[1]
        self.assertEqual(message.get_param("micalg"), {"8": "pgp-sha256", "9": "pgp-sha384", "10": "pgp-sha512"}[used])

    def test_the_desks_certificate_comes_along_and_can_be_used(self):
        mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)
        self.take_in(mail)
        reader = Reporter("Any Body", "anybody@reader.example")
        self.addCleanup(reader.close)
        part = next(part for part in email.message_from_bytes(self.answer_to(mail).data).walk()
                    if part.get_content_type() == "application/pgp-keys")
        self.assertEqual(reader.learn(part.get_payload(decode=True)), self.desk.fingerprint)
        text = reader.open(self.answer_to(mail).data).text
        self.assertIn(self.desk.fingerprint, text.replace(" ", "").replace("\n", ""))

    def test_clear_mail_is_answered_in_its_own_language(self):
        mails = {"nl": plain("Jolanda <jolanda@vermeer.example>", DESK, "Lek in de afspraken", DUTCH),
                 "en": plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)}
        self.take_in(*mails.values())
        reader = self.anybody()
        self.assertIn("Dank voor uw melding", reader.open(self.answer_to(mails["nl"]).data).text)
        self.assertIn("Thank you for your report", reader.open(self.answer_to(mails["en"]).data).text)

    def test_a_language_that_is_not_offered_gets_the_first_one(self):
        mail = plain("Jürgen <juergen@melder.example>", DESK, "Sicherheitslücke", """Guten Tag,

auf Ihrer Seite https://www.zonnedam.example/ ist das Verzeichnis mit den Sicherungen für alle lesbar. Ich habe nichts
heruntergeladen und würde mich über eine Antwort freuen.

Mit freundlichen Grüßen
""")
        self.take_in(mail)
        self.assertIn("Dank voor uw melding", self.anybody().open(self.answer_to(mail).data).text)

    def test_what_is_missing_is_asked_in_answer_to_clear_mail(self):
        poor = plain("Ann <ann@reporter.example>", DESK, "Something is wrong", "Hello, I found a security problem at your place. Bye\n")
        good = plain("Bob <bob@reporter.example>", DESK, "A report", REPORT)
        self.take_in(poor, good)
        reader = self.anybody()
        case = next(row["reference"] for row in self.desk.json("list") if row["title"] == "Something is wrong")
        self.assertIn("affected-system", self.desk.show(case)["missing"])
        self.assertIn("which system is affected", reader.open(self.answer_to(poor).data).text)
        self.assertNotIn("Could you still tell us", reader.open(self.answer_to(good).data).text)

    def test_a_clear_answer_quotes_nothing_of_the_report(self):
        mail = plain("Zebedee Quux <zebedee@reporter.example>", DESK, "Wombat overflow in the tariff page", """Hello,

The tariff calculator on https://kookaburra.zonnedam.example/tariff leaks platypus tokens.

Zebedee Quux
""")
        self.take_in(mail)
        answer = self.answer_to(mail).data
        seen = (answer.decode() + self.anybody().open(answer).text).lower()
        for word in ("zebedee quux", "wombat", "overflow", "tariff", "kookaburra", "platypus"):
            self.assertNotIn(word, seen)


class AnswersToEncryptedMail(Answers):
    def setUp(self):
        super().setUp()
        self.certificate = self.desk.certificate()

    def roos(self):
        return self.person("Roos de Vries", "roos@wilgen.example")

    def check_fixed(self, mail, reader):
        """The answer is the fixed text, in the clear, signed; its text."""
        answer = self.answer_to(mail)
        opened = reader.open(answer.data)
        self.assertEqual((opened.encrypted, opened.signer), (False, self.desk.fingerprint))
        self.assertNotRegex(opened.subject + opened.text, r"CVD-\d{4}-\d+")
        return opened.text

    def test_a_signed_report_is_answered_encrypted_to_the_certificate_that_signed_it(self):
        roos = self.roos()
        mail = roos.encrypted(DESK, self.certificate, "Wombat in the tariff page", "Op https://www.zonnedam.example/x staat een wombat.\n")
        self.take_in(mail)
        answer = self.answer_to(mail)
        opened = roos.open(answer.data)
        self.assertEqual((opened.encrypted, opened.signer), (True, self.desk.fingerprint))
        outer = headers_of(answer)
        self.assertEqual(outer["Subject"], "[...]")
        self.assertNotIn(b"CVD-20", answer.data)
        self.assertEqual(outer["Auto-Submitted"], "auto-replied")
        # RFC 9788: the payload says that its header is protected, and what was shown outside instead.
        payload = roos.open(answer.data).entity
        self.assertEqual(payload.get_param("hp"), "cipher")
        self.assertTrue(opened.subject and opened.subject != "[...]")
        self.assertNotRegex((opened.subject + opened.text).lower(), "wombat|tariff|www.zonnedam")

    def test_only_the_reporter_can_read_it(self):
        roos, other = self.roos(), self.anybody()
        mail = roos.encrypted(DESK, self.certificate, "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n")
        self.take_in(mail)
        ciphertext = email.message_from_bytes(self.answer_to(mail).data).get_payload()[1].get_payload().encode()
        packets = roos.gpg("--list-packets", "--list-only", data=ciphertext).decode()
        recipients = re.findall(r"^:pubkey enc packet:.* keyid ([0-9A-F]{16})", packets, re.M)
        keys = roos.gpg("--with-colons", "--list-keys", roos.fingerprint, self.desk.fingerprint).decode()
        self.assertLessEqual(set(recipients), set(re.findall(r"^sub:(?:[^:]*:){3}([0-9A-F]{16})", keys, re.M)))
        self.assertEqual(other.gpg("--decrypt", data=ciphertext, check=False), b"")

    def test_encrypted_mail_without_a_certificate_gets_the_fixed_text_whatever_is_inside(self):
        roos = self.roos()
        stranger = self.person("Somebody Else", "somebody@elsewhere.example")
        bare = {"sign": False, "attach_certificate": False}
        mails = [
            roos.encrypted(DESK, self.certificate, "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n", **bare),
            roos.encrypted(DESK, self.certificate, "Hello", "A report in English about https://www.zonnedam.example/.\n", **bare),
            roos.encrypted(DESK, stranger.certificate, "Not for you", "This is for somebody else.\n", **bare),
        ]
        self.configure(tables="[acknowledge]\nper_sender_per_day = 10\n")
        self.take_in(*mails)
        reader = self.anybody()
        texts = {self.check_fixed(mail, reader) for mail in mails}
        self.assertEqual(len(texts), 1)
        self.assertNotRegex(texts.pop().lower(), "wombat|somebody|zonnedam.example/")

    def test_ciphertext_that_a_stranger_sends_again_tells_nothing(self):
        """No oracle: captured ciphertext and garbage are answered alike."""
        roos = self.roos()
        original = roos.encrypted(DESK, self.certificate, "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n")
        self.take_in(original)
        before = len(self.sink.mails())
        self.configure(tables="[acknowledge]\nper_sender_per_day = 10\n")
        body = original.partition(b"\r\n\r\n")[2]
        lines = body.split(b"\r\n")
        middle = next(i for i, line in enumerate(lines) if line.startswith(b"-----BEGIN")) + 6
        lines[middle] = lines[middle][::-1]
        garbage = b"\r\n".join(lines)

        def resent(content, number):
            head = f"""From: Eve <eve@stranger.example>
To: {DESK}
Subject: ...
Date: Sun, 22 Nov 2026 10:00:0{number} +0000
Message-ID: <resent-{number}@stranger.example>
MIME-Version: 1.0
Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-pgp"

""".replace("\n", "\r\n").encode()
            return head + content
        mails = [resent(body, 1), resent(garbage, 2)]
        self.take_in(*mails)
        self.assertEqual(len(self.sink.mails()), before + 2)
        reader = self.anybody()
        self.assertEqual(len({self.check_fixed(mail, reader) for mail in mails}), 1)
        answers = [headers_of(self.answer_to(mail)) for mail in mails]
        shapes = [{name: value for name, value in answer.items() if name not in ("Date", "Message-ID", "In-Reply-To", "References", "Content-Type")}
                  for answer in answers]
        self.assertEqual(shapes[0], shapes[1])
        self.assertEqual([len(answer["References"].split()) for answer in answers], [1, 1])

    def test_a_stranger_who_claims_to_be_the_reporter_learns_nothing_either(self):
        """The captured mail again, under the reporter's name, with the answer led elsewhere."""
        roos = self.roos()
        original = roos.encrypted(DESK, self.certificate, "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n")
        self.take_in(original)
        body = original.partition(b"\r\n\r\n")[2]
        lines = body.split(b"\r\n")
        middle = next(i for i, line in enumerate(lines) if line.startswith(b"-----BEGIN")) + 6
        lines[middle] = lines[middle][::-1]
        kind = b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-pgp"\r\nMIME-Version: 1.0\r\n\r\n'
        mails = [f"From: {roos.mailbox}\r\nReply-To: eve@stranger.example\r\nTo: {DESK}\r\nSubject: ...\r\n"
                 f"Message-ID: <claimed-{number}@stranger.example>\r\n".encode() + kind + content
                 for number, content in enumerate([body, b"\r\n".join(lines)])]
        self.take_in(*mails)
        reader = self.anybody()
        self.assertEqual([self.answer_to(mail).recipients for mail in mails], [["eve@stranger.example"]] * 2)
        self.assertEqual(len({self.check_fixed(mail, reader) for mail in mails}), 1)

    def test_an_encrypted_answer_to_our_own_mail_is_a_follow_up_and_not_acknowledged(self):
        roos = self.roos()
        original = roos.encrypted(DESK, self.certificate, "Wombat", "Op https://www.zonnedam.example/x staat een wombat.\n")
        self.take_in(original)
        thread = headers_of(self.answer_to(original))["Message-ID"]
        self.take_in(roos.encrypted(DESK, self.certificate, "Re: Wombat", "Nog een wombat.\n",
                                    fields=[("In-Reply-To", thread), ("References", thread)]))
        self.assertEqual(len(self.sink.mails()), 1)
        self.assertEqual([row["result"] for row in self.desk.json("inbox")], ["case", "follow-up"])

    def test_inline_and_attached_ciphertext_count_as_encrypted(self):
        roos = self.roos()
        inline = roos.inline(DESK, self.certificate, "Vertrouwelijk", "Op https://www.zonnedam.example/x staat een wombat.\n", sign=False)
        armour = roos.gpg("--armor", "--encrypt", "--recipient", self.desk.fingerprint, data=b"Nog een wombat.\n")
        attached = plain(roos.mailbox, DESK, "See attachment", "See the attachment.\n", attachments=[("report.asc", "application/octet-stream", armour)])
        self.take_in(inline, attached)
        reader = self.anybody()
        self.assertEqual(len({self.check_fixed(inline, reader), self.check_fixed(attached, reader)}), 1)


class Caps(Answers):
    def test_a_sender_is_answered_so_often_a_day_and_no_more(self):
        self.configure(tables="[acknowledge]\nper_sender_per_day = 2\n")
        mails = [plain("Ann <Ann@reporter.example>", DESK, f"Report {n}", REPORT) for n in range(4)]
        other = plain("Bob <bob@reporter.example>", DESK, "Mine", REPORT)
        for mail in mails:
            self.take_in(mail)
        self.take_in(other)
        self.assertEqual([len(self.answers_to(mail)) for mail in mails], [1, 1, 0, 0])
        self.assertEqual(len(self.answers_to(other)), 1)
        # Nothing follows later.
        self.make_due()
        self.take_in()
        self.assertEqual(len(self.sink.mails()), 3)
        cases = self.desk.json("list")
        self.assertEqual(len(cases), 5)
        silent = [row["reference"] for row in cases if row["status"] == "new"]
        self.assertEqual(len(silent), 2)
        for reference in silent:
            self.assertIn("not-acknowledged", self.events(reference))

    def test_beyond_the_total_of_an_hour_answers_wait_and_are_sent_later(self):
        self.configure(tables="[acknowledge]\ntotal_per_hour = 2\n")
        mails = [plain(f"Ann <ann{n}@reporter.example>", DESK, f"Report {n}", REPORT) for n in range(5)]
        self.take_in(*mails)
        self.assertEqual(len(self.sink.mails()), 2)
        self.assertEqual(sorted(row["state"] for row in self.outbox()), ["sent"] * 2 + ["waiting"] * 3)
        self.assertEqual([row["attempts"] for row in self.outbox() if row["state"] == "waiting"], [0, 0, 0])
        self.make_due()
        self.take_in()
        self.assertEqual(len(self.sink.mails()), 2)
        self.configure(tables="[acknowledge]\ntotal_per_hour = 100\n")
        self.make_due()
        self.take_in()
        self.assertEqual([len(self.answers_to(mail)) for mail in mails], [1] * 5)


class WhenItCannotBeSent(Answers):
    def setUp(self):
        super().setUp()
        self.mail = plain("Ann <ann@reporter.example>", DESK, "A report", REPORT)

    def check_waits(self, where, how, *, word=None):
        """It waits after this fault, says why, and goes out whole and unchanged once the fault is over."""
        self.sink.fail(where, how)
        self.take_in(self.mail, check=False)
        self.assertEqual(self.sink.mails(), [])
        [row] = self.outbox()
        self.assertEqual((row["state"], row["attempts"]), ("waiting", 1))
        self.assertTrue(row["error"])
        if word:
            self.assertIn(word, row["error"])
        self.assertNotIn(self.sink.password, row["error"])
        composed = self.desk.cvdesk("outbox", "show", row["id"]).stdout
        # Not before its time.
        self.sink.heal()
        self.take_in()
        self.assertEqual(self.sink.mails(), [])
        self.make_due()
        self.take_in()
        sent = self.answer_to(self.mail)
        self.assertEqual(sent.data.rstrip(b"\r\n"), composed.rstrip(b"\r\n"))
        [row] = self.outbox()
        self.assertEqual((row["state"], row["attempts"], row["error"] or None), ("sent", 2, None))
        self.assertEqual(f"<{row['message_id']}>", headers_of(sent)["Message-ID"])
        [case] = self.desk.json("list")
        self.assertEqual(case["status"], "acknowledged")

    def test_421_at_the_greeting(self):
        self.check_waits("connect", "421 4.3.2 shutting down")

    def test_421_in_between(self):
        self.check_waits("mail", "421 4.3.2 shutting down", word="421")

    def test_450(self):
        self.check_waits("rcpt", "450 4.2.1 mailbox busy", word="450")

    def test_451_after_the_mail(self):
        self.check_waits("end", "451 4.3.0 try later", word="451")

    def test_452(self):
        self.check_waits("data", "452 4.3.1 insufficient storage", word="452")

    def test_530(self):
        self.check_waits("mail", "530 5.7.0 authentication required", word="530")

    def test_535(self):
        self.check_waits("auth", "535 5.7.8 credentials invalid", word="535")

    def test_a_connection_that_is_refused(self):
        self.check_waits("connect", "drop")

    def test_a_connection_that_is_lost_in_the_middle_of_the_mail(self):
        self.check_waits("body", "drop")

    def test_a_connection_that_is_lost_after_the_final_dot(self):
        """The server may have it or not: what comes again has the same Message-ID and the same bytes."""
        self.check_waits("end", "drop")

    def test_a_wrong_password_waits_and_says_what_to_do(self):
        self.desk.secret("smtp.pass", "wrong-Password-1")
        result = self.take_in(self.mail, check=False)
        [row] = self.outbox()
        self.assertEqual(row["state"], "waiting")
        self.assertIn("535", row["error"])
        self.assertNotIn(b"wrong-Password-1", result.stderr)
        self.desk.secret("smtp.pass", self.sink.password)
        self.make_due()
        self.take_in()
        self.answer_to(self.mail)

    def check_fails(self, where, how, word):
        self.sink.fail(where, how)
        self.take_in(self.mail, check=False)
        [row] = self.outbox()
        self.assertEqual(row["state"], "failed")
        self.assertIn(word, row["error"])
        [case] = self.desk.json("list")
        self.assertEqual(case["status"], "new")
        self.assertIn("acknowledgement-failed", self.events(case["reference"]))
        self.sink.heal()
        self.take_in()
        self.assertEqual(self.sink.mails(), [])
        return row

    def test_550_is_final(self):
        self.check_fails("rcpt", "550 5.1.1 no such user", "550")

    def test_552_is_final(self):
        self.check_fails("end", "552 5.3.4 too big", "552")

    def test_554_is_final_until_a_person_tries_again(self):
        row = self.check_fails("end", "554 5.7.1 looks like spam", "554")
        composed = self.desk.cvdesk("outbox", "show", row["id"]).stdout
        self.desk.cvdesk("outbox", "retry", row["id"])
        self.take_in()
        self.assertEqual(self.answer_to(self.mail).data.rstrip(b"\r\n"), composed.rstrip(b"\r\n"))
        [case] = self.desk.json("list")
        self.assertEqual(case["status"], "acknowledged")
        self.assertIn("outbox-retry", self.events(case["reference"]))

    def test_one_refused_recipient_keeps_no_other_mail_back(self):
        others = [plain(f"Bob <bob{n}@reporter.example>", DESK, f"Report {n}", REPORT) for n in range(3)]
        self.sink.fail("rcpt", "550 5.1.1 no such user*1")
        self.take_in(self.mail, *others, check=False)
        self.assertEqual(sorted(row["state"] for row in self.outbox()), ["failed", "sent", "sent", "sent"])

    def test_retry_makes_all_that_waits_due(self):
        self.sink.fail("rcpt", "450 4.2.1 later")
        others = [plain(f"Bob <bob{n}@reporter.example>", DESK, f"Report {n}", REPORT) for n in range(2)]
        self.take_in(self.mail, *others, check=False)
        self.sink.heal()
        self.desk.cvdesk("outbox", "retry")
        self.take_in()
        self.assertEqual([row["state"] for row in self.outbox()], ["sent"] * 3)

    def test_cancelled_mail_is_never_sent(self):
        self.sink.fail("rcpt", "450 4.2.1 later")
        self.take_in(self.mail, check=False)
        [row] = self.outbox()
        self.desk.cvdesk("outbox", "cancel", row["id"])
        self.sink.heal()
        self.desk.cvdesk("outbox", "retry")
        self.take_in()
        self.assertEqual(self.sink.mails(), [])
        self.assertEqual([row["state"] for row in self.outbox()], ["cancelled"])
        [case] = self.desk.json("list")
        self.assertIn("outbox-cancelled", self.events(case["reference"]))

    def test_sent_mail_can_neither_be_cancelled_nor_sent_again(self):
        self.take_in(self.mail)
        [row] = self.outbox()
        refused = self.desk.cvdesk("outbox", "cancel", row["id"], check=False)
        self.assertEqual(refused.returncode, 5)
        complaint(refused)
        again = self.desk.cvdesk("outbox", "retry", row["id"], check=False)
        self.assertEqual(again.returncode, 3)
        self.take_in()
        self.assertEqual(len(self.sink.mails()), 1)
        self.assertEqual([row["state"] for row in self.outbox()], ["sent"])

    def test_a_bounce_is_found_on_its_case(self):
        self.take_in(self.mail)
        [row] = self.outbox()
        # The bounce alone is of interest here, not the people of the samples.
        self.take_in(SampleReports.bounce(None, row["message_id"]), SampleReports.bounce(None))
        self.assertEqual([mail["kind"] for mail in self.desk.json("inbox")], ["report", "bounce", "bounce"])
        found = [mail["case"] for mail in self.desk.json("inbox")]
        self.assertEqual(found, [row["case"], row["case"], None])
        self.assertEqual(self.events(row["case"]).count("bounce-received"), 1)
        self.assertEqual(len(self.sink.mails()), 1)


if __name__ == "__main__":
    unittest.main()
