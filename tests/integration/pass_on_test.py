#!/usr/bin/python3
"""Passing a report on: to whom, protected how, with nothing of the reporter; and the acknowledgement by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from reporter import plain  # noqa: E402
from talk import REFUSED, TO_DESK, Talk, header  # noqa: E402

CANAL = "Kanaalbeheer Noord"
REPORT = """Dear team,

My name is Katrijn Oosterveld. On https://sluis.kanaalnoord.example/bediening?id=7 the operator panel of a lock opens
without a login. You can also reach me as katrijn at oosterveld.example, or by telephone: 06-12345678.

1. Open https://sluis.kanaalnoord.example/bediening?id=7
2. Press "open". The contact there is beheer@kanaalnoord.example.

My write-up is on https://blog.oosterveld.example/sluis and my account is @katrijn_o on Mastodon:
https://infosec.example/@katrijn_o

Kind regards,
Katrijn Oosterveld
+31 6 1234 5678
PGP: {fingerprint}
"""
# None of these may reach the partner.
TELLING = ["Katrijn", "Oosterveld", "oosterveld", "12345678", "1234 5678", "katrijn"]


class PassOn(Talk):
    organisation = {"languages": ["en", "nl", "de", "fr"]}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.person("Kanaalbeheer Noord", "cvd@kanaalnoord.example")
        cls.katrijn = cls.person("Katrijn Oosterveld", "katrijn@oosterveld.example")
        (cls.desk.home / "kanaal.asc").write_bytes(cls.partner.certificate)
        cls.configure([(CANAL, "cvd@kanaalnoord.example", "kanaalnoord.example", "kanaal.asc")])

    @classmethod
    def report(cls, **more):
        grouped = " ".join(cls.katrijn.fingerprint[i:i + 4] for i in range(0, 40, 4))
        return cls.katrijn.encrypted(TO_DESK, cls.desk.certificate(), "Lock panel found by Katrijn", REPORT.format(fingerprint=grouped), **more)

    def pass_on(self, *arguments):
        """The mails that go out: (to the partner, to the reporter)."""
        self.deliver()
        self.do("pass-on", *arguments)
        return self.deliver()

    def test_the_report_reaches_the_partner_encrypted_without_its_reporter(self):
        picture = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00 Katrijn Oosterveld"
        case = self.case_of(self.report(attachments=[("Katrijn-lock.jpg", "image/jpeg", picture), ("log.txt", "text/plain", b"200 OK\n")]))
        preview = self.desk.json("pass-on", case, CANAL, "--preview")
        self.assertEqual([row["to"] for row in preview], ["cvd@kanaalnoord.example", "katrijn@oosterveld.example"])
        tells = {file["filename"]: file["tells"] for file in preview[0]["attachments"]}
        self.assertTrue(any("Exif" in sign for sign in tells["Katrijn-lock.jpg"]))
        self.assertIn("THE REPORTER'S NAME OR ADDRESS", tells["Katrijn-lock.jpg"])
        self.assertNotIn("passed-on", self.events(case))
        to_partner, to_reporter = self.pass_on(case, "kanaal", "-m", "Please look at this soon.", "--attachment", "1")
        self.assertEqual((to_partner.sender, to_partner.recipients), ("cvd@zonnedam.example", ["cvd@kanaalnoord.example"]))
        self.assertEqual(header(to_partner)["Subject"], "[...]")
        opened = self.partner.open(to_partner.data)
        self.assertEqual((opened.encrypted, opened.signer), (True, self.desk.fingerprint))
        for words in ("Please look at this soon.", "https://sluis.kanaalnoord.example/bediening?id=7", "beheer@kanaalnoord.example", f"[{case}]"):
            self.assertIn(words, opened.text + opened.subject)
        for mark in ("[name left out]", "[e-mail address left out]", "[telephone number left out]", "[signature left out]"):
            self.assertIn(mark, opened.text)
        payload = opened.entity.as_bytes().replace(picture, b"")
        everything = opened.text + opened.subject + " ".join(str(part.get_filename()) for part in opened.entity.iter_attachments())
        for word in [*TELLING, self.katrijn.fingerprint, self.katrijn.fingerprint[-16:]]:
            self.assertNotIn(word, everything)
            self.assertNotIn(word.encode(), payload.split(b"Content-Transfer-Encoding: base64")[0])
            self.assertNotIn(word.encode(), to_partner.data)
        names = [part.get_filename() for part in opened.entity.iter_attachments()]
        self.assertEqual(len(names), 2)  # one file and the desk's certificate
        self.assertNotIn("message/rfc822", [part.get_content_type() for part in opened.entity.walk()])
        # The reporter is told, encrypted, in the thread of the report.
        opened = self.katrijn.open(to_reporter.data)
        self.assertTrue(opened.encrypted)
        self.assertIn(CANAL, opened.text)
        self.assertIn("left out your name", opened.text)
        self.assertNotIn(b"Kanaal", to_reporter.data)
        self.assertIn("passed-on", self.events(case))
        self.assertEqual(self.desk.show(case)["status"], "acknowledged")
        self.refused(REFUSED, "pass-on", case, CANAL)  # once, also for two officers at once
        self.assertEqual(len(self.pass_on(case, CANAL, "--again")), 2)

    def test_a_name_is_found_however_it_is_written(self):
        text = """Dear team,

On https://sluis.kanaalnoord.example/bediening?id=7 the panel opens without a login.

1. Run /home/katrijn/poc.py from https://git.example/katrijn-oosterveld/poc with user=k.oosterveld.
2. Log in as KATRIJN
OOSTERVELD, or katrijnoosterveld, or oosterveld, katrijn.
3. Call 06-12345678 0612345678 (0)612345678 0031612345678 or 0612345678 0612345678 00316 12345678 now, tel0612345678.

My number: 06-12345678
"""
        case = self.case_of(plain(self.katrijn.mailbox, TO_DESK, "Panel", text,
                                  attachments=[("me.asc", "application/octet-stream", self.katrijn.certificate)]))
        preview = self.desk.json("pass-on", case, CANAL, "--preview")[0]
        for word in [*TELLING, "0612", "612345678"]:
            self.assertNotIn(word.lower(), preview["text"].lower())
        self.assertIn("https://sluis.kanaalnoord.example/bediening?id=7", preview["text"])
        self.assertNotIn("1. 1.", preview["text"])
        self.assertTrue(any("certificate" in sign for sign in preview["attachments"][0]["tells"]))

    def test_the_partners_answer_joins_and_is_nobody_elses(self):
        case = self.case_of(self.report())
        to_partner, _ = self.pass_on(case, CANAL)
        answer = self.partner.encrypted(TO_DESK, self.desk.certificate(), f"Re: [{case}]", "We mend it. Call us: +31 20 5550123.\n",
                                        fields=[("In-Reply-To", header(to_partner)["Message-ID"])])
        row = self.take_in(answer)
        self.assertEqual((row["result"], row["case"]), ("follow-up", case))
        self.assertEqual(self.deliver(), [])  # no acknowledgement
        shown = self.desk.show(case)
        self.assertEqual(shown["messages"][-1]["side"], "partner")
        self.assertEqual(shown["reporter"]["emails"], ["katrijn@oosterveld.example"])
        self.assertNotIn("+31205550123", str(shown["reporter"]) + str(self.desk.json("contacts", case)))
        # The next reply is the reporter's; the partner is answered by name, in a thread of its own.
        [row] = self.desk.json("reply", case, "-m", "It is being mended.")
        self.assertEqual(row["to"], "katrijn@oosterveld.example")
        self.assertNotEqual(row["in_reply_to"], header(answer)["Message-ID"].strip("<>"))
        [row] = self.desk.json("reply", case, "--to", "cvd@kanaalnoord.example", "-m", "Thank you.")
        self.assertEqual((row["encrypted"], row["certificate"]), (True, self.partner.fingerprint))
        self.assertEqual(row["in_reply_to"], header(answer)["Message-ID"].strip("<>"))
        self.assertNotIn("Katrijn", row["subject"])
        # Tagged mail from the partner's address alone belongs here too, still not as the reporter.
        row = self.take_in(plain("cvd@kanaalnoord.example", TO_DESK, f"[{case}] solved", "It is solved.\n"))
        self.assertEqual((row["case"], self.desk.show(case)["messages"][-1]["side"]), (case, "partner"))

    def test_naming_the_reporter_needs_recorded_consent(self):
        case = self.case_of(self.report())
        complaint = self.refused(REFUSED, "pass-on", case, CANAL, "--with-reporter")
        self.assertIn("consent", complaint.what)
        self.do("set", case, "consent=yes")
        self.assertIs(self.desk.show(case)["consent"], True)
        to_partner, to_reporter = self.pass_on(case, CANAL, "--with-reporter")
        self.assertIn("Katrijn Oosterveld", self.partner.open(to_partner.data).text)
        self.assertIn("As you allowed us", self.katrijn.open(to_reporter.data).text)
        self.refused(2, "set", case, "consent=perhaps")

    def test_without_a_certificate_only_what_came_in_clear_and_only_when_asked(self):
        clear = self.case_of(plain("Ann Whitcombe <ann@reporter.example>", TO_DESK, "A hole",
                                   "https://www.rietvliet.example/x is open.\n\nRegards,\nAnn Whitcombe\n"))
        complaint = self.refused(REFUSED, "pass-on", clear, "Waterschap Rietvliet")
        self.assertIn("--clear", complaint.hint)
        to_partner, to_reporter = self.pass_on(clear, "rietvliet.example", "--clear")
        opened = self.partner.open(to_partner.data)
        self.assertEqual((opened.encrypted, opened.signer), (False, self.desk.fingerprint))
        self.assertNotIn("Ann", opened.text)
        self.assertNotIn(b"ann@reporter.example", to_partner.data)
        self.assertEqual(to_reporter.recipients, ["ann@reporter.example"])
        secret = self.case_of(self.report())
        self.refused(REFUSED, "pass-on", secret, "Waterschap Rietvliet")
        self.refused(REFUSED, "pass-on", secret, "Waterschap Rietvliet", "--clear")
        self.refused(3, "pass-on", secret, "Nobody")
        self.refused(3, "pass-on", secret, CANAL, "--attachment", "9")

    def test_a_reporter_who_cannot_be_told_safely_stops_it_unless_it_is_said(self):
        ivo = self.person("Ivo Stamper", "ivo@stamper.example")
        case = self.case_of(ivo.encrypted(TO_DESK, self.desk.certificate(), "x", REPORT.format(fingerprint=""), sign=False, attach_certificate=False))
        complaint = self.refused(REFUSED, "pass-on", case, CANAL)
        self.assertIn("--no-notice", complaint.hint)
        [to_partner] = self.pass_on(case, CANAL, "--no-notice")
        self.assertEqual(to_partner.recipients, ["cvd@kanaalnoord.example"])
        self.assertIn("reporter-not-told", self.events(case))

    def test_a_word_to_the_partner_acknowledges_nothing(self):
        case = self.case_of(self.report(), "--no-acknowledge")
        self.pass_on(case, CANAL, "--no-notice")
        self.do("reply", case, "--to", "cvd@kanaalnoord.example", "-m", "Any news?")
        self.assertEqual([mail.recipients for mail in self.deliver()], [["cvd@kanaalnoord.example"]])
        shown = self.desk.show(case)
        self.assertEqual(shown["status"], "new")
        self.assertEqual([clock["met"] for clock in shown["deadlines"] if clock["name"] == "acknowledge"], [None])


class Acknowledge(Talk):
    def test_a_withheld_acknowledgement_is_looked_at_and_sent_once(self):
        case = self.case_of(plain("Ann <ann@reporter.example>", TO_DESK, "A hole", "https://www.zonnedam.example/ is broken.\n"), "--no-acknowledge")
        [row] = self.desk.json("acknowledge", case, "--preview")
        self.assertEqual((row["id"], row["to"], row["encrypted"]), (None, "ann@reporter.example", False))
        self.assertIn(f"[{case}]", row["subject"])
        self.assertEqual(self.desk.json("outbox"), [])
        self.do("acknowledge", case)
        sent = self.only(self.deliver())
        self.assertEqual((sent.sender, sent.recipients), ("", ["ann@reporter.example"]))
        self.assertEqual(self.desk.show(case)["status"], "acknowledged")
        self.assertIn("acknowledged-by-hand", self.events(case))
        self.refused(REFUSED, "acknowledge", case)
        self.assertEqual(self.desk.json("acknowledge", case, "--preview")[0]["text"], row["text"])

    def test_what_is_never_answered_is_not_answered_by_hand_either(self):
        case = self.case_of(plain("No Reply <no-reply@reporter.example>", TO_DESK, "A hole", "https://www.zonnedam.example/ is broken.\n"))
        complaint = self.refused(REFUSED, "acknowledge", case)
        self.assertIn("no-reply", complaint.what)


if __name__ == "__main__":
    unittest.main()
