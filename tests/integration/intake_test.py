#!/usr/bin/python3
"""Mails that lie in real mailboxes become cases: each once, whatever their form, and the same after every further run."""
import collections
import contextlib
import hashlib
import json
import mailbox
import re
import resource
import signal
import unittest

from case import MANY_ANSWERS, IntegrationTest, RestartableDovecot, new_desk, state_of, text_of_log
from mixed_mails import BY_ANOTHER_WAY, MixedMails
from reporter import plain
from sample_reports import DESK
from smtp_sink import SmtpSink
from token_server import TokenServer


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


def two_mailboxes(desk, dovecot, tokens):
    """One over TLS with a password, one over STARTTLS with XOAUTH2."""
    secret = desk.secret("client.secret", tokens.client_secret)
    return [desk.mailbox("cvd", dovecot),
            desk.mailbox("security", dovecot, starttls=True, auth="oauth2", token_url=tokens.token_url, client_id=tokens.client_id,
                         client_secret_file=secret, scope="imap")]


class TwoHundredMails(IntegrationTest):
    """Delivered in two rounds, because some answer what the desk sent; taken in before the tests, which look at it."""

    @classmethod
    def setUpClass(cls):
        cls.tokens = TokenServer(user="security")
        cls.addClassCleanup(cls.tokens.stop)
        cls.dovecot = cls.enterClassContext(RestartableDovecot(tokens=cls.tokens))
        cls.sink = cls.enterClassContext(SmtpSink())
        cls.desk = cls.enterClassContext(new_desk())
        cls.desk.configure(two_mailboxes(cls.desk, cls.dovecot, cls.tokens), cls.desk.submission(cls.sink), tables=MANY_ANSWERS)
        cls.people = cls.enterClassContext(MixedMails(cls.desk.certificate()))
        cls.mails = cls.people.first()
        cls._take_in(cls.mails)
        answers = cls.people.then(cls._acknowledged())
        cls._take_in(answers)
        cls.mails += answers
        named = {mail.name: mail for mail in cls.mails}
        cls.pairs = {mail: named[mail.name.removesuffix(BY_ANOTHER_WAY)] for mail in cls.mails if mail.name.endswith(BY_ANOTHER_WAY)}
        cls.entry_of = cls._entries()
        cls.state = state_of(cls.desk)

    @classmethod
    def _take_in(cls, mails):
        for mail in mails:
            cls.dovecot.deliver(mail.mailbox, mail.raw)
        cls.desk.run_once()

    @classmethod
    def _entries(cls):
        """Digest of the raw bytes → entries of the inbox with these bytes."""
        entries = collections.defaultdict(list)
        for entry in cls.desk.json("inbox"):
            raw = cls.desk.cvdesk("inbox", "raw", entry["id"]).stdout
            entries[digest(raw)].append(entry)
        return entries

    @classmethod
    def _acknowledged(cls):
        entries = cls._entries()
        sent = {row["case"]: row["message_id"] for row in cls.desk.json("outbox")}
        found = []
        for mail in cls.mails:
            for entry in entries[digest(mail.raw)][:1]:
                if mail.answered and entry["case"] in sent:
                    found.append((mail, sent[entry["case"]], entry["case"]))
        return found

    def entry(self, mail):
        entries = self.entry_of[digest(mail.raw)]
        self.assertEqual(len(entries), 1, "the exact bytes stand in the inbox once")
        return entries[0]

    def test_there_are_two_hundred(self):
        self.assertEqual(len(self.mails), 200)

    def test_each_mail_is_in_the_inbox_once_byte_for_byte(self):
        for mail in self.mails:
            with self.subTest(mail=mail.name):
                self.entry(mail)
        self.assertEqual(sum(map(len, self.entry_of.values())), len({mail.raw for mail in self.mails}))

    def outcome(self, mail):
        entry = self.entry(mail)
        return entry["result"], entry["kind"]

    def test_each_becomes_what_it_should(self):
        for mail in self.mails:
            if mail.result is not None and mail not in self.pairs and mail not in self.pairs.values():
                with self.subTest(mail=mail.name):
                    self.assertEqual(self.outcome(mail), (mail.result, mail.kind))

    def test_of_two_copies_by_different_ways_one_is_the_duplicate(self):
        """Whichever came second: they come by two connections at once."""
        for copy, first in self.pairs.items():
            with self.subTest(mail=first.name):
                self.assertEqual(sorted([self.outcome(copy), self.outcome(first)]), [("case", first.kind), ("duplicate", first.kind)])
                late, early = sorted((self.entry(copy), self.entry(first)), key=lambda entry: entry["result"], reverse=True)
                self.assertEqual((late["duplicate_of"], late["case"]), (early["id"], None))

    def test_each_is_shown_as_its_sender_wrote_it(self):
        for mail in self.mails:
            with self.subTest(mail=mail.name):
                shown = self.desk.json("inbox", "show", self.entry(mail)["id"])[0]
                for words in mail.says:
                    self.assertIn(words, shown["subject"] + "\n" + shown["text"])
                self.assertEqual({key: shown["protection"][key] for key in mail.protection}, mail.protection)
                self.assertNotIn("Dit komt niet heel over", str(shown))

    def test_each_case_has_one_first_mail(self):
        opened = [entry["case"] for entries in self.entry_of.values() for entry in entries if entry["result"] == "case"]
        self.assertEqual(sorted(opened), sorted(case["reference"] for case in self.state["list"]))
        self.assertEqual(len(opened), len(set(opened)))

    def test_an_answer_joins_the_case_that_it_answers(self):
        for mail in self.mails:
            with self.subTest(mail=mail.name):
                if mail.answers is not None:
                    self.assertEqual(self.entry(mail)["case"], self.entry(mail.answers)["case"])

    def test_a_stranger_with_a_tag_gets_a_case_of_his_own_and_a_suggested_link(self):
        for mail in self.mails:
            with self.subTest(mail=mail.name):
                if mail.name.startswith("a stranger"):
                    links = self.desk.show(self.entry(mail)["case"])["links"]
                    self.assertIn((mail.name.split()[-1], "suggested"), [(link["reference"], link["relation"]) for link in links])
                    self.assertEqual({link["relation"] for link in links}, {"suggested"})

    def test_each_case_is_acknowledged_once(self):
        expected = collections.Counter(mail.answered for mail in self.mails if mail.result == "case" and mail.answered)
        got = collections.Counter(address for mail in self.sink.mails() for address in mail.recipients)
        self.assertEqual(got, expected)
        # Some of the mails say that one of them could not be delivered.
        self.assertLessEqual({row["state"] for row in self.state["outbox"]}, {"sent", "bounced"})
        self.assertEqual({mail.sender for mail in self.sink.mails()}, {""})

    def test_a_second_run_changes_nothing(self):
        sent = len(self.sink.mails())
        self.desk.run_once()
        self.assertEqual(state_of(self.desk), self.state)
        self.assertEqual(len(self.sink.mails()), sent)

    def test_the_store_is_whole(self):
        facts = self.desk.json("verify")[0]
        self.assertEqual((facts["good"], facts["problems"]), (True, []))
        self.assertEqual(facts["messages"], len(self.state["inbox"]))

    def test_the_server_still_has_them_unread(self):
        for user in ("cvd", "security"):
            with self.subTest(mailbox=user):
                mails = self.dovecot.mails(user)
                self.assertEqual(len(mails), sum(mail.mailbox == user for mail in self.mails))
                self.assertEqual([name for name in mails if re.search(r":2,.*S", name)], [])

    def test_a_changed_uidvalidity_takes_nothing_in_twice(self):
        self.dovecot.change_uid_validity("cvd")
        self.dovecot.change_uid_validity("security")
        sent = len(self.sink.mails())
        self.desk.run_once()
        self.assertEqual(state_of(self.desk), self.state)
        self.assertEqual(len(self.sink.mails()), sent)


def report(number, **more):
    return plain(f"Sam Whitfield <sam{number}@whitfield.example>", DESK, f"Reflected XSS, page {number}",
                 f"https://www.zonnedam.example/page{number}?q=%3Cscript%3E reflects its parameter.\n", **more)


class Mailboxes(IntegrationTest):
    def setUp(self):
        self.server, self.smtp, self.home = self.dovecot(), self.sink(), self.desk()

    def configure(self, tables="", **mailbox_keys):
        self.home.configure([self.home.mailbox("cvd", self.server, **mailbox_keys)], self.home.submission(self.smtp), tables=tables)

    def results(self):
        return [(entry["result"], entry["kind"]) for entry in self.home.json("inbox")]

    def flags(self, user="cvd"):
        return sorted(name.partition(":2,")[2] for name in self.server.mails(user))

    def test_a_mail_that_another_client_has_read_is_taken_in(self):
        self.configure()
        self.server.deliver("cvd", report(1))
        maildir = self.server.maildir("cvd")
        for path in (maildir / "new").iterdir():
            path.rename(maildir / "cur" / f"{path.name}:2,S")
        self.home.run_once()
        self.assertEqual(self.results(), [("case", "report")])
        self.assertEqual(self.flags(), ["S"])

    def test_a_mail_that_is_only_kept_is_not_marked_as_read(self):
        self.configure(after_intake="keep")
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        self.assertEqual(self.flags(), [""])

    def test_after_intake_seen_marks_it_as_read(self):
        self.configure(after_intake="seen")
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        self.assertEqual(self.results(), [("case", "report")])
        self.assertEqual(self.flags(), ["S"])

    def test_after_intake_move_moves_it_byte_for_byte(self):
        self.configure(after_intake="move:Archief/CVD é")
        raw = report(1)
        self.server.deliver("cvd", raw)
        self.server.maildir("cvd", "Archief/CVD &AOk-")
        self.home.run_once()
        self.assertEqual(self.results(), [("case", "report")])
        self.assertEqual(self.server.mails("cvd"), {})
        self.assertEqual(list(self.server.mails("cvd", "Archief/CVD &AOk-").values()), [raw])

    def test_a_folder_that_is_not_there_is_named_and_the_mail_stays(self):
        self.configure(after_intake="move:Nergens")
        raw = report(1)
        self.server.deliver("cvd", raw)
        failed = self.home.run("cvdeskd", "--once", check=False)
        self.assertNotEqual(failed.returncode, 0)
        self.assertIn("Nergens", text_of_log(failed))
        self.assertIn("hint: ", text_of_log(failed))
        self.assertEqual(self.results(), [("case", "report")])
        self.assertEqual(list(self.server.mails("cvd").values()), [raw])

    def test_after_intake_delete_removes_it(self):
        self.configure(after_intake="delete")
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        self.assertEqual(self.results(), [("case", "report")])
        self.assertEqual(self.server.mails("cvd"), {})

    def test_nothing_is_settled_on_the_server_before_the_mail_is_recorded(self):
        """While the store cannot grow, the mails stay where they are, unread; then each is dealt with."""
        for action in ("seen", "delete", "move:Gedaan"):
            with self.subTest(after_intake=action):
                user = action.partition(":")[0]
                mail = report(user)
                self.configure(after_intake=action, user=user)
                self.server.deliver(user, mail)
                self.server.maildir(user, "Gedaan")
                failed = self.home.run("cvdeskd", "--once", check=False, preexec_fn=no_file_grows)
                self.assertNotEqual(failed.returncode, 0)
                self.assertEqual(list(self.server.mails(user).values()), [mail])
                self.assertEqual(self.flags(user), [""])
                self.home.run_once()
                self.assertEqual(self.results()[-1], ("case", "report"))
                self.assertEqual(self.flags(user), ["S"] if action == "seen" else [])

    def test_a_mail_that_was_settled_is_not_settled_again(self):
        """Whoever marks it as unread afterwards has a reason."""
        self.configure(after_intake="seen")
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        maildir = self.server.maildir("cvd")
        for path in (maildir / "cur").iterdir():
            path.rename(maildir / "cur" / path.name.replace(":2,S", ":2,"))
        self.home.run_once()
        self.assertEqual(self.flags(), [""])

    def test_a_mail_over_the_limit_becomes_an_unreadable_case_and_stays_on_the_server(self):
        self.configure(after_intake="delete", tables='[limits]\nmessage = "1 MiB"\n')
        big = report(1, attachments=[("dump.bin", "application/octet-stream", bytes(3 << 20))])
        self.server.deliver("cvd", big)
        self.server.deliver("cvd", report(2))
        self.home.run_once()
        self.assertEqual(sorted(self.results()), [("case", "report"), ("case", "unreadable")])
        self.assertEqual(list(self.server.mails("cvd").values()), [big])
        entry = next(e for e in self.home.json("inbox") if e["kind"] == "unreadable")
        shown = self.home.show(entry["case"])
        self.assertEqual(shown["title"], "Reflected XSS, page 1")
        self.assertEqual(shown["reporter"]["emails"], ["sam1@whitfield.example"])
        self.assertIn("limit", shown["messages"][0]["protection"]["cause"] or shown["messages"][0]["text"])
        raw = self.home.cvdesk("inbox", "raw", entry["id"]).stdout
        self.assertTrue(raw and big.startswith(raw), "the header, byte for byte")
        before = state_of(self.home)
        self.home.run_once()
        self.assertEqual(state_of(self.home), before)

    def test_an_answer_reopens_a_closed_case(self):
        self.configure()
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        answer = self.home.json("outbox")[0]
        self.home.cvdesk("close", answer["case"], "--as", "fixed")
        self.assertEqual(self.home.show(answer["case"])["status"], "closed")
        self.server.deliver("cvd", plain("Sam <sam1@whitfield.example>", DESK, "Re: your answer", "It is not fixed: it still works.\n",
                                         fields=[("In-Reply-To", f"<{answer['message_id']}>")]))
        self.home.run_once()
        case = self.home.show(answer["case"])
        self.assertEqual((case["status"], case["resolution"]), ("assessed", None))
        self.assertEqual([m["direction"] for m in case["messages"]], ["in", "out", "in"])
        self.assertEqual(self.results(), [("case", "report"), ("follow-up", "followup")])
        self.assertEqual(len(self.smtp.mails()), 1, "a follow-up is not acknowledged again")

    def test_an_answer_by_references_alone_joins_too(self):
        self.configure()
        self.server.deliver("cvd", report(1))
        self.home.run_once()
        ours = self.home.json("outbox")[0]["message_id"]
        self.server.deliver("cvd", plain("Sam <other@whitfield.example>", DESK, "Re: your answer", "Nothing more so far.\n",
                                         fields=[("In-Reply-To", "<somebody@else.example>"),
                                                 ("References", f"<a@b.example> <{ours}> <somebody@else.example>")]))
        self.home.run_once()
        self.assertEqual(self.results()[1], ("follow-up", "followup"))


def no_file_grows():
    """What a full disk is to the store."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, 64 << 10))


class Import(IntegrationTest):
    KEYS = {"source", "message", "result", "case", "kind", "case_tag"}

    def setUp(self):
        self.home = self.desk()
        self.folder = self.home.folder / "mails"
        self.folder.mkdir()
        # No server is needed to take in files.
        keys = {"name": "cvd", "address": "cvd@zonnedam.example", "url": "imaps://127.0.0.1:9/INBOX", "user": "cvd",
                "password_file": self.home.secret("cvd.imap.pass", "unused")}
        other = {**keys, "name": "security", "address": "security@zonnedam.example"}
        self.home.configure([keys, other], {"url": "smtp://127.0.0.1:9", "from": "CVD <cvd@zonnedam.example>"}, tables=MANY_ANSWERS)

    def write(self, name, raw):
        path = self.folder / name
        path.write_bytes(raw)
        return path

    def take_in(self, *arguments, status=0):
        result = self.home.cvdesk("import", "--json", *arguments, check=False)
        self.assertEqual(result.returncode, status, result.stderr)
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        for row in rows:
            self.assertEqual(set(row), self.KEYS)
        return rows, result.stderr.decode()

    def test_an_eml_file_becomes_a_case(self):
        path = self.write("een.eml", report(1))
        rows, _ = self.take_in(path)
        self.assertEqual(rows, [{"source": str(path), "message": 1, "result": "case", "case": rows[0]["case"], "kind": "report",
                                 "case_tag": None}])
        self.assertRegex(rows[0]["case"], r"^CVD-\d{4}-0001$")
        self.assertEqual(self.home.cvdesk("inbox", "raw", 1).stdout, path.read_bytes())
        self.assertEqual(self.home.json("inbox")[0]["mailbox"], "cvd")

    def test_an_mbox_gives_a_line_for_each_mail_in_it(self):
        path = self.folder / "archief.mbox"
        box = mailbox.mbox(path)
        for number in range(3):
            box.add(report(number).replace(b"\r\n", b"\n"))
        box.close()
        rows, _ = self.take_in(path)
        self.assertEqual([row["result"] for row in rows], ["case"] * 3)
        self.assertTrue(all(row["source"].startswith(str(path)) for row in rows))
        self.assertEqual(self.home.cvdesk("inbox", "raw", 2).stdout, second_mail_of(path))

    def test_a_maildir_gives_a_line_for_each_mail_in_it(self):
        box = mailbox.Maildir(self.folder / "Maildir", create=True)
        for number in range(3):
            box.add(report(number))
        rows, _ = self.take_in(self.folder / "Maildir")
        self.assertEqual([(row["result"], row["kind"]) for row in rows], [("case", "report")] * 3)
        self.assertEqual(len({row["source"] for row in rows}), 3)

    def test_what_is_in_already_is_a_duplicate(self):
        first, second = self.write("een.eml", report(1)), self.write("kopie.eml", report(1))
        second.write_bytes(first.read_bytes())
        rows, _ = self.take_in(first, second)
        self.assertEqual([row["result"] for row in rows], ["case", "duplicate"])
        self.assertEqual(rows[0]["case"], rows[1]["case"])
        rows, _ = self.take_in(first)
        self.assertEqual([row["result"] for row in rows], ["duplicate"])
        self.assertEqual(len(self.home.json("list")), 1)

    def test_a_bad_path_does_not_stop_the_others(self):
        empty = self.write("leeg.eml", b"")
        rows, stderr = self.take_in(self.folder / "niet-hier.eml", self.write("een.eml", report(1)), empty,
                                    self.write("twee.eml", report(2)), status=1)
        self.assertEqual([row["result"] for row in rows], ["failed", "case", "failed", "case"])
        for row in (rows[0], rows[2]):
            self.assertEqual((row["message"], row["case"]), (None, None))
        self.assertIn("niet-hier.eml", stderr)
        self.assertTrue(all(line.startswith(("cvdesk: ", "hint: ")) for line in stderr.splitlines()), stderr)

    def test_the_tag_of_a_case_is_told(self):
        self.take_in(self.write("een.eml", report(1)))
        tag = self.home.json("list")[0]["reference"]
        answer = plain("<sam1@whitfield.example>", DESK, f"Re: [{tag}] more", "More of the same.\n")
        rows, _ = self.take_in(self.write("twee.eml", answer))
        self.assertEqual((rows[0]["result"], rows[0]["kind"], rows[0]["case"], rows[0]["case_tag"]), ("follow-up", "followup", tag, tag))

    def test_the_mailbox_can_be_named(self):
        self.take_in("--mailbox", "security", self.write("een.eml", report(1)))
        self.assertEqual(self.home.json("inbox")[0]["mailbox"], "security")
        self.assertEqual(self.home.json("list")[0]["mailbox"], "security")

    def test_no_acknowledge_owes_nobody_an_answer(self):
        self.take_in("--no-acknowledge", self.write("een.eml", report(1)))
        self.assertEqual(self.home.json("outbox"), [])
        self.take_in(self.write("twee.eml", report(2)))
        self.assertEqual([row["to"] for row in self.home.json("outbox")], ["sam2@whitfield.example"])

    def test_what_is_filed_has_no_case(self):
        newsletter = plain("News <news@weekly.example>", "all@weekly.example", "This week in security",
                           "Ten breaches.\nUnsubscribe: https://weekly.example/unsubscribe\n",
                           fields=[("List-Id", "<news.weekly.example>"), ("Precedence", "bulk"),
                                   ("List-Unsubscribe", "<https://weekly.example/unsubscribe>")])
        rows, _ = self.take_in(self.write("nieuws.eml", newsletter))
        self.assertEqual((rows[0]["result"], rows[0]["kind"], rows[0]["case"]), ("filed", "bulk", None))
        self.assertIn("1 message filed", self.home.cvdesk("list").stdout.decode())


def second_mail_of(path):
    """Its bytes, without the From line."""
    with contextlib.closing(mailbox.mbox(path)) as box:
        return box.get_bytes(1)


if __name__ == "__main__":
    unittest.main()
