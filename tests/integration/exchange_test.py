#!/usr/bin/python3
"""A whole exchange as people have it: the reporter writes and reads with neomutt, notmuch and plain gpg, mail goes by a real
Postfix (TLS, log-in) into real Dovecot mailboxes, the desk acknowledges, answers, and takes the reporter's answer in.

    exchange_test.py --show        prints the raw mails of the exchange, and what each program made of them
"""
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from complaints import programs  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from mail_programs import MailPrograms  # noqa: E402
from postfix import Postfix  # noqa: E402
from reporter import Reporter  # noqa: E402
from throwaway_desk import ADDRESS, ThrowawayDesk  # noqa: E402

SHOW = "--show" in sys.argv
MARK = "wombat"  # stands in every secret text, and must never be readable on the way


def why_not():
    if os.geteuid() != 0:
        return "SKIPPED: a Postfix of our own needs root"
    for needed in ("/usr/sbin/postfix", "/usr/lib/dovecot/lmtp", "/usr/bin/neomutt", "/usr/bin/notmuch"):
        if not os.path.exists(needed):
            return f"SKIPPED: {needed} is not installed"
    return None


def exhibit(title, text):
    if SHOW:
        print(f"\n{'=' * 100}\n{title}\n{'=' * 100}\n{text.decode(errors='replace') if isinstance(text, bytes) else text}")


@unittest.skipIf(why_not(), why_not() or "")
class Exchange(unittest.TestCase):
    def setUp(self):
        self.dovecot = self.enterContext(Dovecot())
        self.postfix = self.enterContext(Postfix(self.dovecot, domains=("localhost", "zonnedam.example", "wilgen.example")))
        self.desk = self.enterContext(ThrowawayDesk(programs()))
        self.desk.configure([self.desk.mailbox("cvd", self.dovecot)],
                            {"url": f"smtp://127.0.0.1:{self.postfix.port}", "from": f"CVD-team Zonnedam <{ADDRESS}>",
                             "ca_file": str(self.dovecot.ca), "user": "cvd", "password_file": self.desk.secret("smtp.pass", self.dovecot.password)})
        self.roos = self.enterContext(Reporter("Roos de Vries", "roos@wilgen.example"))
        self.roos.learn(self.desk.certificate())
        self.programs = MailPrograms(self.roos, self.dovecot, self.postfix, self.desk.folder / "roos")

    def desk_takes_in(self, count):
        """The desk polls until it has this many mails."""
        for _ in range(100):
            self.desk.run_once()
            if len(self.desk.json("inbox")) >= count:
                return self.desk.json("inbox")[count - 1]
        self.fail("the mail did not arrive: " + self.postfix.log())

    def check_read(self, name, *, words, subject):
        """The same mail, opened by three programs."""
        raw = self.programs.mail(name)
        exhibit(f"raw, as it lies in the mailbox of {self.roos.address}: {name}", raw)
        self.assertNotIn(MARK.encode(), raw.lower())
        opened = self.roos.open(raw)
        exhibit("plain gpg: subject, signer, text", f"{opened.subject}\n{opened.signer}\n\n{opened.text}")
        self.assertTrue(opened.encrypted)
        self.assertEqual((opened.signer, opened.subject), (self.desk.fingerprint, subject))
        self.assertIn(words, opened.text)

        message_id = str(self.header(raw)["Message-ID"])
        shown = self.programs.show(message_id)
        exhibit("notmuch show --decrypt=true: crypto, headers", f"{shown['crypto']}\n{shown['headers']}")
        self.assertEqual(shown["crypto"]["decrypted"]["status"], "full")
        self.assertEqual([signature["status"] for signature in shown["crypto"]["signed"]["status"]], ["good"])
        self.assertEqual(shown["headers"]["Subject"], subject)
        self.assertIn("Subject", shown["crypto"]["decrypted"]["header-mask"])
        self.assertIn(words, str(shown["body"]))

        text, screen = self.programs.read(name)
        exhibit("neomutt: what it shows", text)
        self.assertIn(words, text)
        self.assertRegex(text, "(?i)good signature from.*Gemeente Zonnedam")
        self.assertIn(re.search(r"CVD-[0-9-]+", subject)[0], screen)  # in the index, once the mail was opened
        return message_id

    @staticmethod
    def header(raw):
        import email
        import email.policy
        return email.message_from_bytes(raw, policy=email.policy.default)

    def test_report_acknowledgement_reply_and_answer(self):
        key = self.desk.folder / "roos.asc"
        key.write_bytes(self.roos.certificate)
        report = self.programs.write(ADDRESS, "A wombat in the login page", "On https://www.zonnedam.example/beheer sits a wombat.\n\nRoos\n", attach=[key])
        exhibit("the report, as neomutt wrote it", report)
        self.assertNotIn(MARK.encode(), report.lower())
        row = self.desk_takes_in(1)
        case = row["case"]
        self.assertEqual((row["result"], row["kind"]), ("case", "report"))
        first = self.desk.show(case)["messages"][0]
        self.assertEqual((first["subject"], first["protection"]["signature"], first["protection"]["signer_is_sender"]),
                         ("A wombat in the login page", "good", True))

        # The acknowledgement.
        self.desk.run_once()
        [name] = self.programs.collect(1)
        reference = self.check_read(name, words="Thank you for your report", subject=f"[{case}] We have received your report")

        # An answer of the team.
        self.desk.cvdesk("reply", case, "-m", "We see the wombat too. Which browser did you use?")
        self.desk.run_once()
        names = self.programs.collect(2)
        name = next(each for each in names if b"auto-replied" not in self.programs.mail(each))
        answer = self.check_read(name, words="Which browser did you use?", subject=f"Re: [{case}] A wombat in the login page")

        # The reporter answers it with neomutt; it joins the case.
        reply = self.programs.write(ADDRESS, f"Re: [{case}] A wombat in the login page", "It was Firefox that met the wombat.\n", in_reply_to=answer)
        exhibit("the reporter's answer, as neomutt wrote it", reply)
        self.assertNotIn(MARK.encode(), reply.lower())
        row = self.desk_takes_in(2)
        self.assertEqual((row["result"], row["case"]), ("follow-up", case))
        shown = self.desk.show(case)
        self.assertEqual([message["direction"] for message in shown["messages"]], ["in", "out", "out", "in"])
        self.assertIn("Firefox that met the wombat", shown["messages"][-1]["text"])
        self.assertEqual(shown["messages"][-1]["protection"]["signature"], "good")
        exhibit("cvdesk show", self.desk.cvdesk("show", case).stdout)

        # All four stand in one thread.
        threads = self.programs.threads()
        exhibit("notmuch: threads", str(threads))
        self.assertEqual(len(threads), 1, threads)
        thread = next(iter(threads.values()))
        self.assertEqual(len(thread), 4, thread)
        self.assertLessEqual({reference.strip("<>"), answer.strip("<>")}, set(thread))


if __name__ == "__main__":
    if SHOW:
        sys.argv.remove("--show")
    shutil.which("gpg") or sys.exit("gpg is missing")
    unittest.main()
