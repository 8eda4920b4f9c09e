#!/usr/bin/python3
"""Two certificates for one address, the forger's first or last: `cvdesk show` says so in a line of its own, in both cases."""
import unittest

from case import IntegrationTest
from reporter import Reporter

DESK = "cvd@zonnedam.example"
REPORT = "Hallo,\n\nOp https://www.zonnedam.example/%s wordt q niet ontsmet.\n\n1. Open het adres.\n2. Het script loopt.\n\nGroet\n"


class Conflicts(IntegrationTest):
    def setUp(self):
        self.imap, self.sink_, self.home = self.dovecot(), self.sink(), self.desk()
        self.home.configure([self.home.mailbox("cvd", self.imap)], self.home.submission(self.sink_))
        self.certificate = self.home.certificate()

    def report(self, person, page):
        """The case that this person's signed and encrypted report opens."""
        known = {case["reference"] for case in self.home.json("list", "--all")}
        self.imap.deliver("cvd", person.encrypted(DESK, self.certificate, page, REPORT % page))
        self.home.run_once()
        reference, = {case["reference"] for case in self.home.json("list", "--all")} - known
        return reference

    def lines(self, reference):
        return self.home.cvdesk("show", reference).stdout.decode().splitlines()

    def test_whoever_was_first_the_other_one_is_named_in_both_cases(self):
        first = self.enterContext(Reporter("Roos", "roos@wilgen.example"))
        second = self.enterContext(Reporter("Roos", "roos@wilgen.example"))
        one = self.report(first, "zoek")
        kept, = self.home.show(one)["certificates"]
        self.assertEqual((kept["state"], kept["remarks"]), ("pinned", []))
        two = self.report(second, "inloggen")
        conflict = [line for line in self.lines(two) if line.startswith("CONFLICT")]
        self.assertEqual(len(conflict), 1)
        self.assertIn(second.fingerprint, conflict[0])
        text = "\n".join(self.lines(two))
        self.assertIn(f"not the one that is pinned to this address, {first.fingerprint}, by {one}", text)
        self.assertIn("cvdesk certificates accept", text)
        # Where the pinned one may be the forger's.
        text = "\n".join(self.lines(one))
        self.assertIn(f"another one for this address, {second.fingerprint}, came with {two}", text)
        self.assertNotIn("CONFLICT", text)
        states = {kept["fingerprint"]: kept["state"] for kept in self.home.show(two)["certificates"]}
        self.assertEqual(states, {second.fingerprint: "conflict", first.fingerprint: "pinned"})
        # A person decides for the second.
        self.home.cvdesk("certificates", "accept", "roos@wilgen.example", second.fingerprint)
        self.assertIn("CONFLICT", "\n".join(self.lines(one)))
        self.assertNotIn("CONFLICT", "\n".join(self.lines(two)))

    def test_a_certificate_that_is_nobody_elses_has_no_remark(self):
        roos = self.enterContext(Reporter("Roos", "roos@wilgen.example"))
        sam = self.enterContext(Reporter("Sam", "sam@linden.example"))
        one, two = self.report(roos, "zoek"), self.report(sam, "inloggen")
        for reference, person in ((one, roos), (two, sam)):
            kept, = self.home.show(reference)["certificates"]
            self.assertEqual((kept["fingerprint"], kept["address"], kept["source"], kept["remarks"]),
                             (person.fingerprint, person.address, "mail", []))


if __name__ == "__main__":
    unittest.main()
