#!/usr/bin/python3
"""What the team answers: to whom, how protected, in which thread; and every way in which it must not go out."""
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from reporter import plain  # noqa: E402
from talk import REFUSED, REPORT, TO_DESK, Talk, header  # noqa: E402

SECRET = "The wombat sits behind the login page of https://www.zonnedam.example/beheer\n"


class Reply(Talk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roos = cls.person("Roos de Vries", "roos@wilgen.example")

    def sent(self, *arguments, **more):
        """What `reply` says, and the one mail that it made."""
        [row] = self.desk.json("reply", *arguments, **more)
        [mail] = [mail for mail in self.deliver() if header(mail)["Message-ID"] == f"<{row['message_id']}>"]
        return row, mail

    def clear_case(self, sender="Ann <ann@reporter.example>", text=REPORT, **more):
        mail = plain(sender, TO_DESK, "A hole", text, **more)
        return self.case_of(mail), mail

    def secret_case(self, person=None, **more):
        person = person or self.roos
        mail = person.encrypted(TO_DESK, self.desk.certificate(), "Wombat in the login page", SECRET, **more)
        return self.case_of(mail), mail


class ToWhom(Reply):
    def test_a_clear_report_is_answered_signed_in_its_thread(self):
        case, mail = self.clear_case()
        row, sent = self.sent(case, "-m", "Thank you. We see it too.")
        self.assertEqual((row["to"], row["encrypted"], row["signed"]), ("ann@reporter.example", False, True))
        outer = header(sent)
        self.assertEqual((sent.sender, sent.recipients), ("cvd@zonnedam.example", ["ann@reporter.example"]))
        self.assertEqual(outer["In-Reply-To"], header(mail)["Message-ID"])
        self.assertIn(header(mail)["Message-ID"], outer["References"])
        self.assertEqual(outer["Subject"], f"Re: [{case}]")
        self.assertIsNone(outer["Auto-Submitted"])
        opened = self.roos.open(sent.data)
        self.assertEqual(opened.signer, self.desk.fingerprint)
        self.assertIn("We see it too.", opened.text)
        self.assertEqual(opened.subject, f"Re: [{case}]")
        message = self.desk.show(case)["messages"][-1]
        self.assertEqual((message["direction"], message["side"], message["state"]), ("out", "team", "sent"))
        self.assertIn("We see it too.", message["text"])
        self.assertLessEqual({"reply", "reply-sent"}, set(self.events(case)))

    def test_an_encrypted_report_is_answered_encrypted_and_its_subject_stays_inside(self):
        case, mail = self.secret_case()
        row, sent = self.sent(case, "-m", "The wombat is gone.")
        self.assertEqual((row["encrypted"], row["certificate"]), (True, self.roos.fingerprint))
        self.assertEqual(header(sent)["Subject"], "[...]")
        self.assertNotIn(b"wombat", sent.data.lower())
        self.assertNotIn(case.encode(), sent.data)
        opened = self.roos.open(sent.data)
        self.assertEqual((opened.encrypted, opened.signer), (True, self.desk.fingerprint))
        self.assertEqual(opened.subject, f"Re: [{case}] Wombat in the login page")
        self.assertIn("The wombat is gone.", opened.text)
        self.assertEqual(header(sent)["In-Reply-To"], header(mail)["Message-ID"])
        self.assertIn("HP-Outer", opened.entity.keys())
        self.assertTrue(self.desk.show(case)["messages"][-1]["protection"]["encrypted"])

    def test_the_answer_to_our_answer_joins_and_is_answered_in_turn(self):
        case, _ = self.secret_case()
        _, sent = self.sent(case, "-m", "First answer.")
        more = self.roos.encrypted(TO_DESK, self.desk.certificate(), f"Re: [{case}] Wombat", "A second wombat.\n",
                                   fields=[("In-Reply-To", header(sent)["Message-ID"])])
        self.assertEqual(self.take_in(more)["case"], case)
        row, sent = self.sent(case, "-m", "Second answer.")
        self.assertEqual(row["in_reply_to"], header(more)["Message-ID"].strip("<>"))
        self.assertIn(row["in_reply_to"], row["references"])
        # The first answer went into the mail's In-Reply-To, and so into our References.
        self.assertEqual(len(row["references"]), 2)

    def test_what_came_in_encrypted_without_a_certificate_never_goes_out_readable(self):
        ivo = self.person("Ivo", "ivo@nokey.example")
        case, _ = self.secret_case(ivo, sign=False, attach_certificate=False)
        complaint = self.refused(REFUSED, "reply", case, "-m", "hello")
        self.assertIn("never goes out readable", complaint.what)
        self.assertIn("--ask-certificate", complaint.hint)
        self.refused(REFUSED, "reply", case, "-m", "hello", "--preview")
        # The one thing that may go out says nothing of the case.
        row, sent = self.sent(case, "--ask-certificate")
        self.assertFalse(row["encrypted"])
        for word in (case.encode(), b"ombat", b"Wombat"):
            self.assertNotIn(word, sent.data)
        # Nor does anything go along with it.
        file = self.desk.folder / "findings.txt"
        file.write_text("Wombat")
        self.refused(2, "reply", case, "--ask-certificate", "--attach", file)
        self.refused(2, "reply", case, "--ask-certificate", "-m", "Wombat")
        self.refused(2, "reply", case, "--ask-certificate", "--subject", "Wombat")
        # He answers with his certificate: a suggestion, which a person accepts.
        more = ivo.encrypted(TO_DESK, self.desk.certificate(), "Key", "Here it is.\n", fields=[("In-Reply-To", header(sent)["Message-ID"])])
        self.assertEqual(self.take_in(more)["case"], case)
        complaint = self.refused(REFUSED, "reply", case, "-m", "hello")
        self.assertIn(f"contacts accept {case} {ivo.fingerprint}", complaint.hint)
        self.do("contacts", "accept", case, ivo.fingerprint)
        row, sent = self.sent(case, "-m", "Now you can read the wombat.")
        self.assertTrue(row["encrypted"])
        self.assertIn("wombat", ivo.open(sent.data).text)

    def test_an_encrypted_mail_that_joins_a_clear_case_seals_it(self):
        case, mail = self.clear_case("Kim <kim@reporter.example>")
        sent = self.only(self.deliver())
        kim = self.person("Kim", "kim@reporter.example")
        joined = kim.encrypted(TO_DESK, self.desk.certificate(), "More", SECRET, sign=False, attach_certificate=False,
                               fields=[("In-Reply-To", header(sent)["Message-ID"])])
        self.assertEqual(self.take_in(joined)["case"], case)
        self.refused(REFUSED, "reply", case, "-m", "readable")

    def test_a_clear_mail_that_joins_an_encrypted_case_gets_no_clear_answer(self):
        case, _ = self.secret_case()
        _, sent = self.sent(case, "-m", "First.")
        clear = plain("Roos <roos@elsewhere.example>", TO_DESK, "Re", "I lost my key, please answer in the clear.\n",
                      fields=[("In-Reply-To", header(sent)["Message-ID"])])
        self.assertEqual(self.take_in(clear)["case"], case)
        row, _ = self.sent(case, "-m", "The answer goes where it went before.")
        self.assertEqual((row["to"], row["encrypted"]), ("roos@wilgen.example", True))
        self.assertIn("roos@elsewhere.example", " ".join(row["remarks"]))
        self.refused(REFUSED, "reply", case, "-m", "x", "--to", "roos@elsewhere.example")
        # Accepted as hers, that address has no certificate: refused still.
        self.do("contacts", "accept", case, "roos@elsewhere.example")
        self.refused(REFUSED, "reply", case, "-m", "x", "--to", "roos@elsewhere.example")

    def test_reply_to_outside_a_signature_redirects_nothing(self):
        mallory = self.person("Mallory", "mallory@x.example")
        self.case_of(mallory.signed(TO_DESK, "Mine", REPORT))  # her certificate is pinned to her address
        stolen = self.roos.encrypted(TO_DESK, self.desk.certificate(), "Wombat", SECRET, fields=[("Reply-To", mallory.address)])
        case = self.case_of(stolen)
        row, _ = self.sent(case, "-m", "To Roos alone.")
        self.assertEqual((row["to"], row["certificate"]), (self.roos.address, self.roos.fingerprint))
        self.refused(REFUSED, "reply", case, "-m", "x", "--to", mallory.address)

    def test_captured_ciphertext_under_another_name_is_answered_only_by_name(self):
        mallory = self.person("Mallory", "mallory@y.example")
        inner = self.roos.encrypted(TO_DESK, self.desk.certificate(), "Wombat", SECRET)
        forged = re.sub(rb"^From: .*?\r\n", b"From: " + mallory.mailbox.encode() + b"\r\n", inner, count=1)
        forged = re.sub(rb"^Message-ID: .*?\r\n", b"Message-ID: <forged@y.example>\r\n", forged, count=1, flags=re.M)
        case = self.case_of(forged)
        complaint = self.refused(REFUSED, "reply", case, "-m", "x")
        self.assertIn("not who signed it", complaint.what)

    def test_a_reply_to_of_an_unsigned_first_report_is_where_it_goes(self):
        case, _ = self.clear_case("Ann <ann@reporter.example>", fields=[("Reply-To", "box@reporter.example")])
        row, _ = self.sent(case, "-m", "x")
        self.assertEqual(row["to"], "box@reporter.example")
        row, _ = self.sent(case, "-m", "x", "--to", "ANN@reporter.example")
        self.assertEqual(row["to"], "ann@reporter.example")

    def test_reporters_of_duplicates_each_get_a_mail_of_their_own(self):
        first, _ = self.clear_case("Ann <ann@reporter.example>")
        second, mail = self.clear_case("Bob <bob@reporter.example>")
        self.do("duplicate", second, first)
        rows = self.desk.json("reply", first, "--all-reporters", "-m", "It is solved.")
        self.assertEqual([row["to"] for row in rows], ["ann@reporter.example", "bob@reporter.example"])
        mails = {mail.recipients[0]: mail for mail in self.deliver() if header(mail)["Auto-Submitted"] is None}
        self.assertEqual(header(mails["bob@reporter.example"])["Subject"], f"Re: [{second}]")
        self.assertNotIn(b"ann@reporter.example", mails["bob@reporter.example"].data)
        self.assertNotIn(b"bob@reporter.example", mails["ann@reporter.example"].data)
        self.assertEqual(self.desk.show(second)["messages"][-1]["to"], ["bob@reporter.example"])

    def test_a_duplicate_that_came_encrypted_seals_the_answer_to_all(self):
        first, _ = self.clear_case("Ann <ann@reporter.example>")
        second, _ = self.secret_case()
        self.do("duplicate", second, first)
        self.refused(REFUSED, "reply", first, "--all-reporters", "-m", "What the wombat said.")

    def test_a_clear_duplicate_of_what_came_encrypted_is_not_answered_readably(self):
        first, _ = self.secret_case()
        second, _ = self.clear_case("Bob <bob@reporter.example>")
        self.do("duplicate", second, first)
        self.refused(REFUSED, "reply", second, "-m", "Somebody else told us of the wombat.")
        self.do("unlink", second, first)
        self.do("reply", second, "-m", "Thank you.")

    def test_a_later_case_in_the_same_name_does_not_take_over_the_certificate(self):
        real, forger = (self.person("Cas", "cas@takeover.example") for _ in range(2))
        case, _ = self.secret_case(real, sign=False)
        later = self.case_of(forger.signed(TO_DESK, "Another hole", REPORT))
        for arguments in ([], ["--preview"]):
            complaint = self.refused(REFUSED, "reply", case, "-m", "The wombat is gone.", *arguments)
            self.assertIn("certificates accept", complaint.hint)
        [row] = self.desk.json("reply", later, "-m", "Thank you.", "--preview")
        self.assertTrue(row["encrypted"])
        # A person says which of the two it is. One that was there first and one that is there later are alike.
        earlier = self.person("Dag", "dag@takeover.example")
        self.case_of(self.person("Dag", "dag@takeover.example").signed(TO_DESK, "A hole", REPORT))
        squatted, _ = self.secret_case(earlier)
        self.refused(REFUSED, "reply", squatted, "-m", "The wombat is gone.")
        self.do("certificates", "accept", earlier.address, earlier.fingerprint)
        _, sent = self.sent(squatted, "-m", "The wombat is gone.", "--to", earlier.address)
        self.assertIn("wombat", earlier.open(sent.data).text)
        self.do("certificates", "accept", real.address, real.fingerprint)
        row, sent = self.sent(case, "-m", "The wombat is gone.")
        self.assertIn("wombat", real.open(sent.data).text)
        self.do("certificates", "accept", real.address, forger.fingerprint)
        row, sent = self.sent(case, "-m", "Still gone.")
        self.assertIn("gone", forger.open(sent.data).text)

    def test_a_case_without_anybody_to_write_to(self):
        case = self.case_of(plain("cvd@zonnedam.example", TO_DESK, "Passed along by ourselves", REPORT))
        self.refused(REFUSED, "reply", case, "-m", "x")


class WhatItSays(Reply):
    def test_preview_shows_all_and_sends_nothing(self):
        case, _ = self.clear_case()
        self.deliver()
        before = self.desk.json("outbox")
        text = self.do("reply", case, "-m", "Thank you.", "--preview").stdout.decode()
        for words in ("ann@reporter.example", "NOT encrypted", f"Re: [{case}]", "Thank you."):
            self.assertIn(words, text)
        [row] = self.desk.json("reply", case, "-m", "Thank you.", "--preview")
        self.assertIsNone(row["id"])
        self.assertEqual(self.desk.json("outbox"), before)
        self.assertNotIn("reply", self.events(case))

    def test_files_go_along_and_show_in_the_case(self):
        case, _ = self.secret_case()
        report = self.desk.folder / "Wombat report.pdf"
        report.write_bytes(b"%PDF-1.4 wombat")
        row, sent = self.sent(case, "-m", "See the file.", "--attach", report)
        self.assertEqual(row["files"], [{"filename": "Wombat report.pdf", "media_type": "application/pdf", "size": 15}])
        names = [part.get_filename() for part in self.roos.open(sent.data).entity.iter_attachments()]
        self.assertEqual(names[0], "Wombat report.pdf")
        self.assertTrue(names[1].startswith("OpenPGP_0x"))
        self.assertNotIn(b"Wombat", sent.data)
        self.assertEqual(self.desk.show(case)["messages"][-1]["files"], row["files"])
        self.refused(3, "reply", case, "-m", "x", "--attach", "/nowhere")

    def test_templates_in_four_languages_with_words_of_the_officer(self):
        for language, words in (("nl", "Vragen over uw melding"), ("en", "Questions about your report"),
                                ("de", "Fragen zu Ihrer Meldung"), ("fr", "Questions sur votre signalement")):
            case, _ = self.clear_case()
            row, _ = self.sent(case, "--template", "question", "--language", language, "-m", "What {reference} is {that}?")
            self.assertEqual(row["subject"], f"[{case}] {words}")
            self.assertIn("What {reference} is {that}?", row["text"])  # what a field holds is no template
            self.assertIn(case, row["text"])
        self.refused(3, "reply", case, "--template", "nonsense", "-m", "x")
        self.refused(2, "reply", case, "-m", "x", "--language", "tlh")
        self.refused(2, "reply", case, stdin=subprocess.DEVNULL)

    def test_an_own_template_is_used_and_a_bad_one_is_found_at_the_start(self):
        folder = self.desk.home / "templates"
        (folder / "en").mkdir(parents=True)
        (folder / "en" / "hand-over.txt").write_text("Subject: Handed over\n\nDear {name},\n\n{text}\n")
        configuration = self.desk.configuration.read_text()
        try:
            self.desk.configuration.write_text(configuration.replace("[acknowledge]\n", '[acknowledge]\ntemplates = "templates"\n'))
            case, _ = self.clear_case("Ann {reference} <ann@reporter.example>")
            row, _ = self.sent(case, "--template", "hand-over", "--language", "en", "-m", "Hello.")
            self.assertTrue(row["subject"].startswith(f"[{case}] "))
            self.assertIn("Dear Ann {reference},", row["text"])
            (folder / "en" / "hand-over.txt").write_text("Subject: x\n\n{secret}\n")
            self.refused(4, "reply", case, "-m", "x")
            result = self.desk.cvdesk("doctor", check=False)
            self.assertIn("hand-over", (result.stdout + result.stderr).decode())
        finally:
            self.desk.configuration.write_text(configuration)

    def test_a_hostile_subject_and_name_inject_nothing(self):
        hostile = "=?utf-8?q?Hole=0D=0ABcc:_mallory=40x.example=0D=0A=E2=80=AEdesrever_{reference}?="
        raw = plain(self.roos.mailbox, TO_DESK, "SUBJECT", REPORT).replace(b"Subject: SUBJECT", b"Subject: " + hostile.encode())
        case = self.case_of(raw)
        signed = self.roos.signed(TO_DESK, "SUBJECT", REPORT).replace(b"Subject: SUBJECT", b"Subject: " + hostile.encode())
        encrypted_answer = self.case_of(signed)
        for reference in (case, encrypted_answer):
            row, sent = self.sent(reference, "-m", "x")
            self.assertEqual(sent.recipients, ["roos@wilgen.example"])
            self.assertNotIn("Bcc", header(sent))
            for entity in (header(sent), self.roos.open(sent.data).entity):
                self.assertNotIn("Bcc", entity)
                self.assertNotIn("\u202e", str(entity["Subject"]))
            self.assertNotIn("\n", row["subject"])

    def test_an_attachment_name_goes_out_safe(self):
        case, _ = self.clear_case()
        file = self.desk.folder / "a\nBcc: mallory@x.example\n\u202egpj.exe"
        file.write_bytes(b"x")
        row, sent = self.sent(case, "-m", "x", "--attach", file)
        self.assertNotIn("Bcc", header(sent))
        name = next(part.get_filename() for part in self.roos.open(sent.data).entity.iter_attachments())
        self.assertNotRegex(name, "[\n\u202e]")

    def test_a_reply_counts_as_an_acknowledgement(self):
        row = self.take_in(plain("Ann <ann@reporter.example>", TO_DESK, "A hole", REPORT), "--no-acknowledge")
        self.assertEqual(self.desk.show(row["case"])["status"], "new")
        self.sent(row["case"], "-m", "We have it.")
        shown = self.desk.show(row["case"])
        self.assertEqual(shown["status"], "acknowledged")
        self.assertIsNotNone(next(d for d in shown["deadlines"] if d["name"] == "acknowledge")["met"])


class Certificates(Reply):
    def test_a_certificate_that_expires_meanwhile_fails_closed_with_an_event(self):
        eva = self.person("Eva", "eva@brief.example")
        eva.gpg("--quick-set-expire", eva.fingerprint, "seconds=6")
        eva.gpg("--quick-set-expire", eva.fingerprint, "seconds=6", "*")
        eva.certificate = eva.gpg("--armor", "--export-options", "export-minimal", "--export", eva.fingerprint)
        born = time.monotonic()
        case = self.case_of(eva.encrypted(TO_DESK, self.desk.certificate(), "Wombat", SECRET))
        [row] = self.desk.json("reply", case, "-m", "x", "--preview")
        self.assertTrue(row["encrypted"])
        time.sleep(max(0, 8 - (time.monotonic() - born)))
        complaint = self.refused(REFUSED, "reply", case, "-m", "x")
        self.assertIn(eva.fingerprint, complaint.what)
        self.assertIn("reply-refused", self.events(case))
        self.assertFalse([mail for mail in self.deliver() if header(mail)["Auto-Submitted"] is None and mail.recipients == [eva.address]])


class Editor(Reply):
    """The editor, on a terminal of its own."""

    def edit(self, script, *arguments, signal_to_send=None):
        """Runs `cvdesk reply` with an editor that is this shell script ($1: the file); its exit status and screen."""
        editor = self.desk.folder / "editor.sh"
        editor.write_text("#!/bin/sh\n" + script)
        editor.chmod(0o700)
        master, slave = pty.openpty()
        environment = {**self.desk.environment, "EDITOR": str(editor)}
        environment.pop("VISUAL", None)
        process = subprocess.Popen([self.desk.programs / "cvdesk", *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        screen, sent = b"", False
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if signal_to_send and not sent and (self.desk.folder / "editing").exists():
                process.send_signal(signal_to_send)
                sent = True
            ready, _, _ = select.select([master], [], [], 0.1)
            if ready:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    break
                if not data:
                    break
                screen += data
            elif process.poll() is not None:
                break
        os.close(master)
        return process.wait(20), screen.decode(errors="replace")

    @staticmethod
    def leftovers():
        return sorted(path for root in ("/dev/shm", os.environ.get("XDG_RUNTIME_DIR", "/dev/shm")) for path in pathlib.Path(root).glob("cvdesk-edit-*"))

    def seen(self):
        return (self.desk.folder / "seen").read_text()

    def test_what_is_written_goes_out_and_nothing_else(self):
        case, _ = self.secret_case()
        status, screen = self.edit(f'cat "$1" > {self.desk.folder}/seen; stat -c %a "$1" "$(dirname "$1")" >> {self.desk.folder}/seen\n'
                                   f'stat -f -c %T "$1" >> {self.desk.folder}/seen\n'
                                   'sed -i "1i # A heading stays\\nWritten in the editor." "$1"\n', "reply", case)
        self.assertEqual(status, 0, screen)
        seen = self.seen()
        self.assertIn("> The wombat sits behind the login page", seen)
        self.assertTrue(all(line.startswith("#|") for line in seen.splitlines() if "wombat" in line))
        self.assertRegex(seen, r"600\n700\ntmpfs\n$")
        sent = self.only(mail for mail in self.deliver() if header(mail)["Auto-Submitted"] is None and mail.recipients == ["roos@wilgen.example"])
        text = self.roos.open(sent.data).text
        self.assertEqual(text.replace("\r\n", "\n"), "# A heading stays\nWritten in the editor.\n")
        self.assertEqual(self.leftovers(), [])

    def test_a_template_is_not_edited_for_several_at_once(self):
        first, _ = self.clear_case("Ann <ann@several.example>")
        second, _ = self.clear_case("Bob <bob@several.example>")
        self.do("duplicate", second, first)
        status, screen = self.edit("exit 0\n", "reply", first, "--all-reporters", "--template", "confirmed")
        self.assertEqual(status, 2, screen)
        self.do("reply", first, "--all-reporters", "--template", "confirmed", "-m", "More soon.")
        to_bob = self.only(mail for mail in self.deliver() if mail.recipients == ["bob@several.example"] and header(mail)["Auto-Submitted"] is None)
        self.assertIn(second.encode(), to_bob.data)
        self.assertNotIn(first.encode(), to_bob.data)

    def test_an_editor_that_fails_or_an_empty_text_sends_nothing(self):
        case, _ = self.clear_case()
        self.assertEqual(self.edit("exit 3\n", "reply", case)[0], 1)
        self.assertEqual(self.edit("exit 0\n", "reply", case)[0], 2)
        self.assertEqual(self.edit('rm "$1"\n', "reply", case)[0], 3)
        self.assertNotIn("reply", self.events(case))
        self.assertEqual(self.leftovers(), [])

    def test_no_signal_leaves_the_text_behind(self):
        case, _ = self.secret_case()
        for how in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(signal=how):
                marker = self.desk.folder / "editing"
                status, _ = self.edit(f'echo secret >> "$1"; touch {marker}; exec sleep 30\n', "reply", case, signal_to_send=how)
                marker.unlink()
                self.assertNotEqual(status, 0)
                deadline = time.monotonic() + 5
                while self.leftovers() and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual(self.leftovers(), [])
        self.assertNotIn("reply", self.events(case))

    def test_of_two_officers_at_once_the_second_is_told(self):
        case, _ = self.clear_case()
        status, screen = self.edit(f'{self.desk.programs}/cvdesk reply {case} -m "I was faster." >/dev/null && echo "My long answer." > "$1"\n', "reply", case)
        self.assertEqual(status, REFUSED, screen)
        self.assertIn("My long answer.", screen)  # not lost
        self.assertEqual(self.events(case).count("reply"), 1)

    def test_an_expired_certificate_is_told_before_a_word_is_written(self):
        eva = self.person("Eva", "eva@vroeg.example")
        eva.gpg("--quick-set-expire", eva.fingerprint, "seconds=3")
        eva.gpg("--quick-set-expire", eva.fingerprint, "seconds=3", "*")
        eva.certificate = eva.gpg("--armor", "--export-options", "export-minimal", "--export", eva.fingerprint)
        case = self.case_of(eva.encrypted(TO_DESK, self.desk.certificate(), "Wombat", SECRET))
        time.sleep(4)
        status, _ = self.edit(f'touch {self.desk.folder}/opened-too-late\n', "reply", case)
        self.assertEqual(status, REFUSED)
        self.assertFalse((self.desk.folder / "opened-too-late").exists())


if __name__ == "__main__":
    unittest.main()
