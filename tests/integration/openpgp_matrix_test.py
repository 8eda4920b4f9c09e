"""Some two hundred OpenPGP and S/MIME mails (tests/support/openpgp_matrix) through the real programs: what each must
show, how it was protected, what it becomes. What is expected comes from the RFCs and from docs/openpgp.md."""
import re
import sys
import time
import unittest

from case import new_desk
from openpgp_matrix import World, first_rows, rows

SUBMISSION = {"url": "smtp://127.0.0.1:9", "from": "CVD-team Zonnedam <cvd@zonnedam.example>", "tls": "none"}
MAILBOX = {"name": "cvd", "address": "cvd@zonnedam.example", "url": "imap://127.0.0.1:9/INBOX", "tls": "none", "user": "cvd"}


class Matrix(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        started = time.monotonic()
        cls.desk = cls.enterClassContext(new_desk())
        cls.desk.configure([{**MAILBOX, "password_file": cls.desk.secret("imap.pass", "x")}], SUBMISSION)
        cls.world = World(cls.desk)
        cls.addClassCleanup(cls.world.close)
        cls.taken = {}
        cls.rows = cls.take_in(first_rows(cls.world))
        cls.rows += cls.take_in(rows(cls.world))
        made = time.monotonic()
        cls.certificates = cls.known_certificates()
        print(f"{len(cls.rows)} mails made and taken in within {made - started:.1f} s", file=sys.stderr)

    @classmethod
    def take_in(cls, rows):
        folder = cls.desk.folder / f"mails-{len(cls.taken)}"
        folder.mkdir()
        files = {}
        for row in rows:
            path = folder / f"{row.name}.eml"
            path.write_bytes(row.mail)
            files[str(path)] = row.name
        done = cls.desk.json("import", "--no-acknowledge", *files, check=False)
        for line in done:
            cls.taken[files[line["source"]]] = line
        return rows

    @classmethod
    def known_certificates(cls):
        names = {fingerprint: name for name, fingerprint in cls.world.ring.fingerprints.items()}
        known = {}
        for line in cls.desk.json("certificates", "list"):
            known.setdefault(line["address"], {})[names.get(line["fingerprint"], line["fingerprint"])] = line["state"]
        return known

    def test_every_mail_comes_out_as_it_must(self):
        wrong = []
        for row in self.rows:
            differences = self.differences(row)
            if differences:
                wrong.append(f"--- {row.name}\n" + "\n".join(differences))
        if wrong:
            self.fail(f"{len(wrong)} of {len(self.rows)} mails came out wrong\n" + "\n".join(wrong))
        self.assertGreaterEqual(len(self.rows), 150)

    def differences(self, row):
        line = self.taken.get(row.name)
        if line is None:
            return ["import said nothing of it"]
        found = [*expect("result", line["result"], row.result), *expect("kind", line["kind"], row.kind)]
        if line["message"] is None:
            return found
        shown = self.desk.json("inbox", "show", line["message"])[0]
        found += [*expect("kind in the inbox", shown["kind"], row.kind), *expect("case in the inbox", shown["case"], line["case"])]
        found += differences_of_protection(shown["protection"], row.protection)
        found += differences_of_text(shown["text"], row)
        if row.subject is not None:
            found += expect("subject", shown["subject"], row.subject)
        if row.sender is not None:
            found += expect("from", shown["from"], row.sender)
        if row.attachments is not None:
            found += expect("attachments", attachments_like(row.attachments, shown["attachments"]), row.attachments)
        for address, states in (row.certificates or {}).items():
            found += expect(f"certificates of {address}", self.certificates.get(address, {}), states)
        if line["case"] is not None:
            found += self.differences_of_case(line["case"], shown)
        return found

    def differences_of_case(self, reference, shown):
        """The case says of its mail what the inbox says."""
        case = self.desk.show(reference)
        [message] = case["messages"]
        return [*expect("protection in the case", message["protection"], shown["protection"]),
                *expect("text in the case", message["text"], shown["text"]), *expect("kind of the case", case["kind"], shown["kind"]),
                *expect("title", case["title"], shown["subject"])]

    def test_a_person_settles_a_conflict(self):
        address, ring = "roos@wilgen.example", self.world.ring.fingerprints
        self.assertEqual(self.desk.cvdesk("certificates", "accept", address, "AB" * 20, check=False).returncode, 3)
        self.desk.cvdesk("certificates", "accept", address, ring["false_roos"].lower())
        self.assertEqual(self.known_certificates()[address]["false_roos"], "pinned")
        self.assertEqual(self.known_certificates()[address]["roos"], "conflict")
        self.desk.cvdesk("certificates", "accept", address, ring["roos"])
        self.assertEqual(self.known_certificates()[address], {"roos": "pinned", "false_roos": "conflict"})
        log = self.desk.json("log", self.taken["sender-conflict"]["case"])
        self.assertEqual([entry["action"] for entry in log].count("certificate-accepted"), 1)
        self.desk.cvdesk("certificates", "forget", "fred@first.example")
        self.assertNotIn("fred@first.example", self.known_certificates())
        self.assertEqual(self.desk.cvdesk("certificates", "forget", "fred@first.example", check=False).returncode, 3)
        self.assertEqual(self.desk.cvdesk("verify", check=False).returncode, 0)

    def test_once_the_key_is_there_a_closed_mail_becomes_what_it_is(self):
        before = self.taken["for-hidden-others"]
        secret = self.world.ring.gpg("--export-secret-keys", self.world.ring.fingerprints["bram"])
        self.world.ring.gpg("--import", data=secret, home=self.world.home)
        self.desk.cvdesk("inbox", "retry", before["message"])
        mail = self.desk.json("inbox", "show", before["message"])[0]
        self.assertEqual((mail["kind"], mail["result"], mail["case"]), ("report", "case", before["case"]))
        self.assertEqual((mail["protection"]["decryption"], mail["protection"]["cause"]), ("ok", None))
        self.assertIn("the writer of for-hidden-others", mail["text"])
        case = self.desk.show(before["case"])
        self.assertEqual((case["kind"], case["title"]), ("report", mail["subject"]))
        self.assertIn("read-again", [entry["action"] for entry in self.desk.json("log", before["case"])])

    def test_the_bytes_are_kept_as_they_came(self):
        for row in self.rows[::7]:
            raw = self.desk.cvdesk("inbox", "raw", self.taken[row.name]["message"]).stdout
            self.assertEqual(raw, row.mail, row.name)


def expect(what, found, wanted):
    return [] if found == wanted else [f"{what}: {found!r}, expected {wanted!r}"]


def differences_of_protection(found, wanted):
    differences = expect("names in protection", sorted(found), sorted(wanted))
    for name, value in wanted.items():
        if name == "cause" and value is not None:
            if not re.search(value, found.get(name) or ""):
                differences += expect("cause", found.get(name), value)
        elif name == "key_ids":
            differences += expect(name, sorted(found.get(name, [])), sorted(value))
        else:
            differences += expect(name, found.get(name), value)
    return differences


def differences_of_text(text, row):
    differences = expect("text", text, row.text) if row.text is not None else []
    differences += [f"not shown: {words!r} in {text!r}" for words in row.shown if words.strip() not in text]
    return differences + [f"shown: {words!r} in {text!r}" for words in row.hidden if words in text]


def attachments_like(wanted, attachments):
    """Their names, each with the state of its signature where the row speaks of one."""
    with_states = any(isinstance(one, tuple) for one in wanted)
    return [(one["filename"], one.get("signature")) if with_states else one["filename"] for one in attachments]


if __name__ == "__main__":
    unittest.main()
