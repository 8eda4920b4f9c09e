#!/usr/bin/python3
"""Follow-ups, relations and contacts: who belongs to a case, and what of a mail's claims is believed."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from reporter import plain  # noqa: E402
from talk import REFUSED, REPORT, TO_DESK, Talk, header  # noqa: E402


class Relations(Talk):
    def linked(self, case, relation):
        return [link["reference"] for link in self.desk.show(case)["links"] if link["relation"] == relation]

    def test_a_tag_from_a_stranger_is_a_suggestion_that_link_confirms(self):
        case = self.case_of(plain("Ann <ann@reporter.example>", TO_DESK, "One", REPORT))
        stranger = self.take_in(plain("Mallory <mallory@x.example>", TO_DESK, f"Re: [{case}] One", "More: https://www.zonnedam.example/m\n"))
        self.assertEqual((stranger["result"], stranger["case_tag"]), ("case", case))
        links = self.desk.show(stranger["case"])["links"]
        self.assertIn({"reference": case, "relation": "suggested", "reason": "it names that case"}, links)
        self.assertNotIn("Mallory <mallory@x.example>", [message["from"] for message in self.desk.show(case)["messages"]])
        self.do("link", stranger["case"], case)
        for one, other in ((case, stranger["case"]), (stranger["case"], case)):
            shown = self.desk.show(one)
            self.assertEqual(self.linked(one, "related"), [other])
            together = [(message["from"], message["case"]) for message in shown["messages"] if message["direction"] == "in"]
            self.assertEqual(together, [("Ann <ann@reporter.example>", case), ("Mallory <mallory@x.example>", stranger["case"])])
        # It stays a conversation of two: Mallory became nobody that Ann's case is answered to.
        self.assertEqual(self.desk.show(case)["reporter"]["emails"], ["ann@reporter.example"])
        self.assertIn("linked", self.events(case))
        self.do("unlink", case, stranger["case"])
        self.assertEqual(self.linked(case, "related"), [])
        self.assertEqual(len([m for m in self.desk.show(case)["messages"] if m["direction"] == "in"]), 1)

    def test_a_duplicate_points_to_what_was_there_before(self):
        first = self.case_of(plain("Ann <ann@reporter.example>", TO_DESK, "One", REPORT))
        second = self.case_of(plain("Bob <bob@reporter.example>", TO_DESK, "Other", REPORT))
        self.do("duplicate", second, first)
        self.assertEqual(self.linked(second, "duplicate-of"), [first])
        self.assertEqual(self.desk.show(first)["duplicates"], [second])
        self.refused(REFUSED, "duplicate", first, second)
        self.refused(2, "duplicate", first, first)
        self.refused(2, "link", first, first)
        self.refused(3, "link", first, "CVD-1999-0001")
        self.refused(3, "unlink", first, self.case_of(plain("C <c@reporter.example>", TO_DESK, "Third", "The gate of the pumping station was open.\n")))

    def test_what_was_filed_becomes_a_case_and_is_acknowledged(self):
        spam = plain("Dr. Prince <prince@lottery.example>", TO_DESK, "You have won", "Congratulations! You have won 5,000,000 EUR in "
                     "the lottery. Send your bank details to claim your prize money now. Click here: http://lottery.example/claim\n")
        row = self.take_in(spam)
        self.assertEqual(row["result"], "filed", row)
        [promoted] = self.desk.json("inbox", "promote", row["message"])
        self.assertEqual((promoted["result"], promoted["kind"]), ("case", "report"))
        self.assertEqual(self.desk.show(promoted["case"])["kind"], "report")
        self.assertIn("promoted", self.events(promoted["case"]))
        self.assertIn("prince@lottery.example", [address for mail in self.deliver() for address in mail.recipients])
        self.refused(REFUSED, "inbox", "promote", row["message"])
        self.refused(3, "inbox", "promote", 99999)
        # Read again it stays what the person made of it.
        self.do("inbox", "retry", row["message"])
        self.assertEqual(self.desk.show(promoted["case"])["kind"], "report")


class Claims(Talk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roos = cls.person("Roos de Vries", "roos@wilgen.example")
        cls.mallory = cls.person("Roos de Vries", "roos@mallory.example")

    def claims(self, reference):
        return {(claim["kind"], claim["value"]): claim["state"] for claim in self.desk.json("contacts", reference)}

    def start(self, mail):
        row = self.take_in(mail)
        acknowledgement = self.only(self.deliver())
        return row["case"], acknowledgement

    def test_what_a_joined_mail_says_of_its_sender_waits_for_a_person(self):
        case, sent = self.start(plain("Ann <ann@reporter.example>", TO_DESK, "One", REPORT))
        mail = self.answer("Ann <ann@elsewhere.example>", sent, "Please write to me at ann@private.example from now on, or call +44 7700 900456.\n\n"
                           "I want to stay anonymous.\n")
        self.assertEqual(self.take_in(mail)["result"], "follow-up")
        self.assertEqual(self.desk.show(case)["reporter"]["emails"], ["ann@reporter.example"])
        self.assertEqual(self.desk.show(case)["reporter"]["phones"], [])
        claims = self.claims(case)
        self.assertEqual(claims[("email", "ann@elsewhere.example")], "suggested")
        self.assertEqual({claim["value"] for claim in self.desk.show(case)["suggestions"]},
                         {value for (_, value), state in claims.items() if state == "suggested"})
        self.do("contacts", "accept", case, "ann@elsewhere.example")
        self.assertEqual(self.claims(case)[("email", "ann@elsewhere.example")], "accepted")
        self.assertIn("ann@elsewhere.example", self.desk.show(case)["reporter"]["emails"])
        # From now on its tagged mail joins.
        self.assertEqual(self.take_in(plain("ann@elsewhere.example", TO_DESK, f"[{case}] more", "And https://www.zonnedam.example/2\n"))["case"], case)
        self.do("contacts", "reject", case, "ann@elsewhere.example")
        self.assertNotIn("ann@elsewhere.example", self.desk.show(case)["reporter"]["emails"])
        row = self.take_in(plain("ann@elsewhere.example", TO_DESK, f"[{case}] even more", "And https://www.zonnedam.example/3\n"))
        self.assertEqual(row["result"], "case")
        self.assertLessEqual({"contact-accepted", "contact-rejected"}, set(self.events(case)))
        self.refused(3, "contacts", "accept", case, "nobody@said.example")
        self.refused(3, "contacts", "CVD-1999-0001")

    def test_the_certificate_of_the_case_vouches_for_what_it_signs(self):
        case, sent = self.start(self.roos.signed(TO_DESK, "A report", REPORT))
        mail = self.roos.signed(TO_DESK, "Re", "Please call me: +31 6 12345678.\n\nRoos\n", fields=[("In-Reply-To", self.message_id(sent))])
        self.assertEqual(self.take_in(mail)["case"], case)
        self.assertEqual(self.desk.show(case)["reporter"]["phones"], ["+31612345678"])
        self.assertEqual(self.claims(case)[("certificate", self.roos.fingerprint)], "accepted")

    def test_a_certificate_that_a_joined_mail_brings_is_pinned_by_a_person_alone(self):
        case, sent = self.start(plain(self.roos.mailbox, TO_DESK, "A report", REPORT))
        mail = self.roos.signed(TO_DESK, "Re", "Here is my key.\n", fields=[("In-Reply-To", self.message_id(sent))])
        self.assertEqual(self.take_in(mail)["case"], case)
        self.assertEqual(self.claims(case)[("certificate", self.roos.fingerprint)], "suggested")
        states = [row["state"] for row in self.desk.json("certificates", "list") if row["case"] == case]
        self.assertEqual(states, ["offered"])
        grouped = " ".join(self.roos.fingerprint[i:i + 4] for i in range(0, 40, 4))
        self.do("contacts", "accept", case, grouped)
        self.assertEqual([row["state"] for row in self.desk.json("certificates", "list") if row["case"] == case], ["pinned"])
        self.assertIn("contact-accepted", self.events(case))

    @staticmethod
    def message_id(sent):
        return str(header(sent)["Message-ID"])


if __name__ == "__main__":
    unittest.main()
