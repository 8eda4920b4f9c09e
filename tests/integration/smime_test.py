#!/usr/bin/python3
"""Mail that is encrypted with S/MIME: named, kept, acknowledged with how to write instead; and the reporter does so."""
import email
import email.policy
import unittest
from contextlib import closing

from case import IntegrationTest
from openpgp_matrix.forms_smime import Person
from reporter import Reporter

DESK = "cvd@zonnedam.example"
REPORT = b"Hallo,\r\n\r\nOp https://www.zonnedam.example/zoek?q=1 wordt q niet ontsmet.\r\n\r\nGroet, Roos\r\n"


class ReadsNoSmime(IntegrationTest):
    def setUp(self):
        self.imap, self.server, self.home = self.dovecot(), self.sink(), self.desk()
        self.home.configure([self.home.mailbox("cvd", self.imap)], self.home.submission(self.server))
        self.roos = self.enterContext(closing(Person()))
        self.signer = ("-sign", "-signer", self.roos.certificate, "-inkey", self.roos.key)

    @staticmethod
    def mail(entity, number=1):
        return (b"From: Roos <roos@wilgen.example>\r\nTo: cvd@zonnedam.example\r\nSubject: Melding\r\n"
                b"Message-ID: <%d@wilgen.example>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0100\r\n" % number
                + entity.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def take_in(self, mail):
        known = {case["reference"] for case in self.home.json("list", "--all")}
        self.imap.deliver("cvd", mail)
        self.home.run_once()
        reference, = {case["reference"] for case in self.home.json("list", "--all")} - known
        return reference

    def test_what_is_encrypted_with_smime_is_named_kept_and_answered_with_how_to_write(self):
        desk = self.enterContext(closing(Person()))
        # As a mail program does: signed, then encrypted.
        signed = self.roos.cms(*self.signer, data=b"Content-Type: text/plain\r\n\r\n" + REPORT)
        raw = self.mail(self.roos.cms("-encrypt", "-aes256", desk.certificate, data=signed))
        reference = self.take_in(raw)

        # Named.
        case = self.home.show(reference)
        self.assertEqual(case["kind"], "undecryptable")
        protection = case["messages"][0]["protection"]
        self.assertTrue(protection["encrypted"])
        self.assertIn("S/MIME", protection["cause"])
        self.assertIn("S/MIME", self.home.cvdesk("show", reference).stdout.decode())

        # Kept: the exact mail, and the file in it, for whoever has the key.
        message = self.home.json("inbox")[0]["id"]
        self.assertEqual(self.home.cvdesk("inbox", "raw", message).stdout, raw)
        saved = self.home.folder / "saved"
        self.home.cvdesk("attachments", reference, "--save", saved)
        file, = saved.iterdir()
        opened = desk.cms("-decrypt", "-inform", "DER", "-inkey", desk.key, "-recip", desk.certificate, data=file.read_bytes())
        self.assertIn(b"wordt q niet ontsmet", opened)

        # Acknowledged, with how to write and the certificate to write to, and nothing of the report.
        sent, = self.server.mails()
        self.assertEqual(sent.recipients, ["roos@wilgen.example"])
        answer = email.message_from_bytes(sent.data, policy=email.policy.default)
        text = answer.get_body(("plain",)).get_content()
        groups = self.home.fingerprint[:4], self.home.fingerprint[-4:]
        for word in ("OpenPGP", *groups):
            self.assertIn(word, text)
        certificate, = [part.get_content() for part in answer.walk() if part.get_content_type() == "application/pgp-keys"]
        self.assertNotIn("Melding", sent.data.decode())

        # Nothing of the case goes out readable.
        refused = self.home.cvdesk("reply", reference, "-m", "Dank!", check=False)
        self.assertEqual(refused.returncode, 5)
        self.assertEqual(len(self.server.mails()), 1)

        # The reporter does as the answer says.
        with Reporter("Roos", "roos@wilgen.example") as roos:
            if isinstance(certificate, str):
                certificate = certificate.encode()
            self.assertEqual(roos.learn(certificate), self.home.fingerprint)
            second = self.take_in(roos.encrypted(DESK, certificate, "Melding", REPORT.decode()))
            self.assertEqual(self.home.show(second)["kind"], "report")
            self.assertTrue(roos.open(self.server.mails()[-1].data).encrypted)

    def test_what_is_only_signed_with_smime_is_read_and_says_that_nobody_checked_it(self):
        entity = self.roos.cms(*self.signer, data=b"Content-Type: text/plain\r\n\r\n" + REPORT)
        case = self.home.show(self.take_in(self.mail(entity, 2)))
        self.assertEqual(case["kind"], "report")
        self.assertIn("wordt q niet ontsmet", case["messages"][0]["text"])
        protection = case["messages"][0]["protection"]
        self.assertEqual((protection["encrypted"], protection["signature"], protection["signer"]), (False, "none", None))
        self.assertIn("S/MIME", protection["cause"])
        self.assertEqual([mail.recipients for mail in self.server.mails()], [["roos@wilgen.example"]])


if __name__ == "__main__":
    unittest.main()
