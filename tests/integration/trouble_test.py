#!/usr/bin/python3
"""What can go wrong around a desk: servers, disk, store, keys, configuration. Each is told in one line with a
remedy, loses nothing, and leaves the other mailbox alone; once it is mended everything is in exactly once."""
import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from certificates import Certificates  # noqa: E402
from complaints import complaint, programs  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from fake_imap import FakeImap  # noqa: E402
from private_mounts import PrivateMounts, available  # noqa: E402
from reporter import Reporter, plain  # noqa: E402
from sample_reports import DESK  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from supervise import free_port  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402

FAILED, NOT_FOUND, CONFIGURATION, TEMPORARY = 1, 3, 4, 75
SERVER = SINK = None


def setUpModule():
    global SERVER, SINK
    SERVER = Dovecot().start()
    unittest.addModuleCleanup(SERVER.stop)
    SINK = SmtpSink().start()
    unittest.addModuleCleanup(SINK.stop)


def report(number, sender="ann"):
    return plain(f"Somebody <{sender}{number}@reporter.example>", DESK, f"Report {number}",
                 f"Hello,\n\nhttps://www.zonnedam.example/{number} shows an error page with a stack trace.\n\nBye\n",
                 message_id=f"<{sender}{number}@reporter.example>")


class Trouble(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.desk = ThrowawayDesk(programs())
        self.addCleanup(self.desk.close)
        self.name = re.sub(r"[^a-z0-9]", "-", f"{type(self).__name__}-{self._testMethodName}".lower())
        self.configure()

    def box(self, name, **more):
        return self.desk.mailbox(name, SERVER, user=f"{self.name}-{name}", **more)

    def configure(self, *mailboxes, **more):
        self.desk.configure(mailboxes or [self.box("cvd"), self.box("woo")], self.desk.submission(SINK), **more)

    def deliver(self, name, *mails):
        for mail in mails:
            SERVER.deliver(f"{self.name}-{name}", mail)

    def check_refusal(self, result, status, *words, hint=True):
        """The complaint: of this exit status, holding these words; nothing secret in it."""
        self.assertEqual(result.returncode, status, result.stderr)
        found = complaint(result)
        for word in words:
            self.assertIn(word, found.what)
        if hint:
            self.assertTrue(found.hint, found)
        for secret in (SERVER.password, SINK.password):
            self.assertNotIn(secret, result.stderr.decode() + result.stdout.decode())
        return found

    def once(self, **more):
        return self.desk.run_once(check=False, **more)

    def subjects(self, mailbox=None, **more):
        """Of every message in the inbox, sorted."""
        return sorted(row["subject"] for row in self.desk.json("inbox", **more) if mailbox in (None, row["mailbox"]))

    def check_all_in(self, count, **more):
        """Reports 1 to count are in exactly once, each a case of its own, acknowledged once; another run changes nothing."""
        wanted = sorted(f"Report {n}" for n in range(1, count + 1))
        for _ in range(2):
            result = self.once(**more)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(self.subjects(**more), wanted)
            self.assertEqual(sorted(row["title"] for row in self.desk.json("list", **more)), wanted)
            outbox = self.desk.json("outbox", **more)
            self.assertEqual([row["state"] for row in outbox], ["sent"] * count)
            self.assertEqual(len({row["case"] for row in outbox}), count)
        self.assertTrue(self.desk.json("verify", **more)[0]["good"])
        ours = {row["message_id"] for row in outbox}
        sent = [mail for mail in SINK.mails() if any(f"<{each}>".encode() in mail.data for each in ours)]
        self.assertEqual(len(sent), count)


class MailServerTrouble(Trouble):
    def check_one_mailbox_down(self, broken, status, *words, hint=True):
        """broken: what is wrong with the mailbox cvd. Its neighbour is served; then it is mended."""
        self.deliver("cvd", report(1), report(2))
        self.deliver("woo", report(3))
        self.configure(broken, self.box("woo"))
        found = self.check_refusal(self.once(), status, "cvd", *words, hint=hint)
        self.assertEqual(self.subjects(), ["Report 3"])
        self.assertEqual([row["state"] for row in self.desk.json("outbox")], ["sent"])
        # `doctor` finds the same.
        examined = self.desk.cvdesk("doctor", check=False)
        self.assertEqual(examined.returncode, 1, examined.stdout)
        self.assertRegex(examined.stdout.decode(), r"(?m)^failure +\S*.*cvd")
        self.configure()
        self.check_all_in(3)
        return found

    def test_a_wrong_password(self):
        broken = {**self.box("cvd"), "password_file": self.desk.secret("wrong.pass", "not-the-Password-5")}
        found = self.check_one_mailbox_down(broken, FAILED)
        self.assertNotIn("not-the-Password-5", str(found))

    def test_a_certificate_of_another_authority(self):
        other = Certificates(self.desk.folder / "other")
        self.check_one_mailbox_down({**self.box("cvd"), "ca_file": str(other.ca)}, TEMPORARY, "certificate")

    def test_starttls_that_is_not_offered_sends_no_password(self):
        with FakeImap(tls="none") as fake:
            broken = {**self.box("cvd"), "url": f"imap://127.0.0.1:{fake.port}/INBOX"}
            self.check_one_mailbox_down(broken, TEMPORARY, "STARTTLS")
            self.assertEqual({name for name, _ in fake.commands} & {"LOGIN", "AUTHENTICATE"}, set())

    def test_a_server_that_is_not_there(self):
        self.check_one_mailbox_down({**self.box("cvd"), "url": f"imaps://127.0.0.1:{free_port()}/INBOX"}, TEMPORARY, hint=False)

    def test_a_folder_that_is_not_there(self):
        wrong = self.box("cvd")
        self.check_one_mailbox_down({**wrong, "url": wrong["url"].replace("INBOX", "Elsewhere")}, NOT_FOUND, "Elsewhere", hint=False)

    def test_a_server_that_says_goodbye_at_once(self):
        def goodbye(session, tag, rest):
            session.send(b"* BYE too many connections\r\n")
            session.close()
        with FakeImap(on={"GREETING": goodbye}) as fake:
            broken = {**self.box("cvd"), "url": fake.url("INBOX"), "ca_file": str(fake.ca)}
            self.check_one_mailbox_down(broken, TEMPORARY, hint=False)

    def test_a_server_that_is_gone_in_mid_literal(self):
        mails = {1: report(1), 2: report(2), 3: report(3)}
        whole = {"now": False}

        def fetch(session, tag, rest):
            if b"BODY.PEEK[]" not in rest:
                session.untagged(*(b"%d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(mail)) for uid, mail in mails.items()))
                return session.ok(tag)
            for uid, mail in mails.items():
                if b"%d" % uid not in rest.split(b" ")[0].replace(b"1:3", b"1,2,3").replace(b"2:3", b"2,3"):
                    continue
                head = b"* %d FETCH (UID %d FLAGS () RFC822.SIZE %d BODY[] {%d}\r\n" % (uid, uid, len(mail), len(mail))
                if uid == 2 and not whole["now"]:
                    session.send(head + mail[:100])
                    session.close()
                session.send(head + mail + b")\r\n")
            session.ok(tag)
        with FakeImap(on={"UID FETCH": fetch}, exists=3) as fake:
            box = {**self.box("cvd"), "url": fake.url("INBOX"), "ca_file": str(fake.ca)}
            self.deliver("woo", report(4))
            self.configure(box, self.box("woo"))
            self.check_refusal(self.once(), TEMPORARY, "cvd", hint=False)
            # What came whole before is kept; of the half mail there is nothing.
            self.assertEqual(self.subjects(), ["Report 1", "Report 4"])
            whole["now"] = True
            self.check_all_in(4)

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_a_daemon_goes_on_with_the_other_mailbox(self):
        self.deliver("cvd", report(1))
        self.deliver("woo", report(2))
        self.configure({**self.box("cvd"), "url": f"imaps://127.0.0.1:{free_port()}/INBOX"}, self.box("woo"))
        log = self.desk.folder / "log"
        daemon = self.desk.start_daemon(log)
        try:
            self.wait_for(lambda: [row["state"] for row in self.desk.json("outbox")] == ["sent"])
            self.deliver("woo", report(3))
            self.wait_for(lambda: [row["state"] for row in self.desk.json("outbox")] == ["sent"] * 2)
            self.assertEqual(self.subjects(), ["Report 2", "Report 3"])
            self.assertIsNone(daemon.poll())
        finally:
            daemon.terminate()
            self.assertEqual(daemon.wait(30), 0)
        self.assertRegex(log.read_text(), r"error: mailbox cvd: ")
        self.assertNotRegex(log.read_text(), r"error: mailbox woo: ")
        self.configure()
        self.check_all_in(3)


class SubmissionTrouble(Trouble):
    def check_answers_wait(self, **broken):
        """Reports are taken in although nothing can be sent; the answers go out once it is mended."""
        self.deliver("cvd", report(1))
        self.deliver("woo", report(2))
        self.desk.configure([self.box("cvd"), self.box("woo")], {**self.desk.submission(SINK), **broken})
        self.once()
        self.assertEqual(self.subjects(), ["Report 1", "Report 2"])
        rows = self.desk.json("outbox")
        self.assertEqual([row["state"] for row in rows], ["waiting", "waiting"])
        self.assertTrue(rows[0]["error"])
        self.configure()
        self.desk.cvdesk("outbox", "retry")
        self.check_all_in(2)

    def test_a_server_that_is_not_there(self):
        self.check_answers_wait(url=f"smtp://127.0.0.1:{free_port()}")

    def test_a_certificate_of_another_authority(self):
        self.check_answers_wait(ca_file=str(Certificates(self.desk.folder / "other").ca))

    def test_starttls_that_is_not_offered_sends_no_password(self):
        with SmtpSink(tls=False) as bare:
            self.check_answers_wait(url=f"smtp://127.0.0.1:{bare.port}")
            self.assertEqual(bare.commands["auth"] + bare.commands["mail"], 0)

    def test_a_password_file_that_is_gone(self):
        secret = self.desk.home / "smtp.pass"
        self.deliver("cvd", report(1))
        secret.rename(secret.with_suffix(".away"))
        self.check_refusal(self.once(), CONFIGURATION, "smtp.pass")
        secret.with_suffix(".away").rename(secret)
        self.check_all_in(1)


class DiskTrouble(Trouble):
    def setUp(self):
        super().setUp()
        if not available():
            self.skipTest("SKIPPED: neither root nor user namespaces, so no mounts of our own")
        self.mounts = self.enterContext(PrivateMounts())
        self.disk = self.desk.folder / "disk"
        self.disk.mkdir(mode=0o700)

    def move_store(self):
        """The store on a disk of its own, as a configuration says it."""
        self.configure()
        text = self.desk.configuration.read_text().replace('path = "cvdesk.db"', f'path = "{self.disk}/cvdesk.db"')
        self.desk.configuration.write_text(text)
        self.mounts.sh(f"mv {self.desk.home}/cvdesk.db* {self.disk}/")

    def test_a_full_disk(self):
        self.mounts.sh(f"mount -t tmpfs -o size=8m,mode=0700 none {self.disk}")
        self.move_store()
        inside = {"prefix": self.mounts.prefix}
        big = [plain(f"Somebody <ann{n}@reporter.example>", DESK, f"Report {n}",
                     f"https://www.zonnedam.example/{n} shows an error page.\n",
                     attachments=[("shot.png", "image/png", os.urandom(400_000))]) for n in range(1, 13)]
        self.deliver("cvd", *big)
        self.mounts.sh(f"head -c 5000000 /dev/zero > {self.disk}/filler")
        result = self.once(**inside)
        found = self.check_refusal(result, TEMPORARY, "full")
        self.assertIn("room", found.hint)
        # What is in, is in; and it can be looked at while the disk is full.
        seen = self.subjects(**inside)
        self.assertLess(len(seen), 12)
        self.assertEqual(len(set(seen)), len(seen))
        again = self.once(**inside)
        self.check_refusal(again, TEMPORARY, "full")
        self.mounts.sh(f"rm {self.disk}/filler; mount -o remount,size=100m {self.disk}")
        self.check_all_in(12, **inside)

    def test_a_store_on_a_read_only_file_system(self):
        self.deliver("cvd", report(1))
        self.mounts.sh(f"mount -t tmpfs -o size=20m,mode=0700 none {self.disk}")
        self.move_store()
        inside = {"prefix": self.mounts.prefix}
        self.mounts.sh(f"mount -o remount,ro {self.disk}")
        for program, *arguments in (["cvdeskd", "--once"], ["cvdesk", "note", "1", "-m", "x"]):
            with self.subTest(program=program):
                result = self.desk.run(program, *arguments, check=False, **inside)
                self.check_refusal(result, FAILED, "cvdesk.db")
        self.mounts.sh(f"mount -o remount,rw {self.disk}")
        self.check_all_in(1, **inside)


class StoreTrouble(Trouble):
    """What root may do is no proof: these run without its privileges."""

    def setUp(self):
        super().setUp()
        self.store = self.desk.home / "cvdesk.db"
        self.prefix = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        self.deliver("cvd", report(1))
        self.once()
        self.deliver("cvd", report(2))

    def content(self):
        """All that stands in the store, in words of SQL; its bytes where it is no store, None where there is none.
        Read from a copy: whoever opens a store leaves files beside it."""
        if not self.store.exists():
            return None
        with tempfile.TemporaryDirectory(prefix="cvdesk-copy-") as folder:
            for path in self.desk.home.glob("cvdesk.db*"):
                if not path.name.endswith("-shm"):
                    shutil.copyfile(path, pathlib.Path(folder) / path.name)
            try:
                with contextlib.closing(sqlite3.connect(pathlib.Path(folder) / "cvdesk.db")) as store:
                    return list(store.iterdump())
            except sqlite3.Error:
                return self.store.read_bytes()

    def check_programs_refuse(self, status, *words, reading=True, hint=True):
        """Neither program works on this store, and neither changes it."""
        before = self.content()
        commands = [["cvdeskd", "--once"], ["cvdesk", "import", self.mail_file()], ["cvdesk", "note", "1", "-m", "x"]]
        if reading:
            commands += [["cvdesk", "list"], ["cvdesk", "verify"]]
        for program, *arguments in commands:
            with self.subTest(command=" ".join(map(str, [program, *arguments]))):
                self.check_refusal(self.desk.run(program, *arguments, check=False, prefix=self.prefix), status, *words, hint=hint)
        self.assertTrue(self.content() == before, "the store was changed")

    def mail_file(self):
        path = self.desk.folder / "mail.eml"
        path.write_bytes(report(9))
        return path

    def test_a_read_only_file(self):
        self.store.chmod(0o400)
        self.check_programs_refuse(FAILED, "cvdesk.db", reading=False)
        self.store.chmod(0o600)
        self.check_all_in(2)

    def test_a_read_only_folder(self):
        # Where all the files beside it are there already, the folder need not be written.
        self.replace_store(self.checkpointed())
        self.store.with_name("cvdesk.db.lock").unlink(missing_ok=True)
        self.desk.home.chmod(0o500)
        self.check_programs_refuse(FAILED, "cvdesk.db", reading=False)
        self.desk.home.chmod(0o700)
        self.check_all_in(2)

    def test_a_file_that_may_not_be_read(self):
        self.store.chmod(0)
        self.check_programs_refuse_unread(FAILED, "cvdesk.db")
        self.store.chmod(0o600)
        self.check_all_in(2)

    def check_programs_refuse_unread(self, status, *words):
        for program, *arguments in (["cvdeskd", "--once"], ["cvdesk", "list"]):
            with self.subTest(program=program):
                self.check_refusal(self.desk.run(program, *arguments, check=False, prefix=self.prefix), status, *words)

    def test_a_store_that_is_missing_is_not_made_anew(self):
        away = self.store.with_suffix(".away")
        self.store.rename(away)
        self.check_programs_refuse(FAILED, "cvdesk.db")
        self.assertFalse(self.store.exists())
        away.rename(self.store)
        self.check_all_in(2)

    def test_a_store_newer_than_the_program(self):
        version = self.set_version(99)
        self.check_programs_refuse(CONFIGURATION, "newer", "99")
        self.set_version(version)
        self.check_all_in(2)

    def set_version(self, number):
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            before = store.execute("PRAGMA user_version").fetchone()[0]
            store.execute(f"PRAGMA user_version = {number}")
            store.commit()
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return before

    def test_the_key_of_another_store(self):
        key = self.desk.home / "store.key"
        right = key.read_bytes()
        key.write_bytes(os.urandom(32))
        self.check_programs_refuse(CONFIGURATION, "key")
        key.write_bytes(right)
        self.check_all_in(2)

    def test_a_store_key_that_is_too_short_missing_or_open_to_others(self):
        key = self.desk.home / "store.key"
        right = key.read_bytes()
        key.write_bytes(right[:31])
        self.check_programs_refuse(CONFIGURATION, "store.key", hint=False)
        key.unlink()
        self.check_programs_refuse(CONFIGURATION, "store.key")
        key.write_bytes(right)
        key.chmod(0o640)
        self.check_programs_refuse(CONFIGURATION, "store.key")
        key.chmod(0o600)
        self.check_all_in(2)

    def test_a_file_that_is_no_store(self):
        good = self.checkpointed()
        for content in (b"This is a letter and no database.\n" * 100, b""):
            with self.subTest(content=content[:10]):
                self.replace_store(content)
                self.check_programs_refuse(FAILED, "cvdesk.db", hint=False)
        self.replace_store(good)
        self.check_all_in(2)

    def checkpointed(self):
        """The bytes of the store, when all of it stands in the one file."""
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.store.read_bytes()

    def replace_store(self, content):
        self.store.write_bytes(content)
        for extra in ("-wal", "-shm"):
            self.store.with_name(self.store.name + extra).unlink(missing_ok=True)


class ConfigurationTrouble(Trouble):
    def check(self, text, *words, hint=False):
        """Every program refuses this configuration, and says where it is wrong."""
        self.desk.configuration.write_text(text)
        commands = [["cvdeskd", "--check"], ["cvdeskd", "--once"], ["cvdesk", "list"]]
        for program, *arguments in commands:
            with self.subTest(words=words, program=program, arguments=arguments):
                self.check_refusal(self.desk.run(program, *arguments, check=False), CONFIGURATION, *words, hint=hint)

    def changed(self, old, new):
        """The good configuration with one line changed → (text, FILE:LINE of it)."""
        lines = self.good.splitlines()
        number = next(i for i, line in enumerate(lines) if line.startswith(old))
        lines[number] = new
        return "\n".join(lines) + "\n", f"{self.desk.configuration}:{number + 1}: "

    def setUp(self):
        super().setUp()
        self.good = self.desk.configuration.read_text()

    def test_a_good_one_is_called_good(self):
        done = self.desk.run("cvdeskd", "--check")
        self.assertIn(b"good", done.stdout)

    def test_it_is_not_toml(self):
        for old, new in (("name =", "name = Zonnedam"), ("languages", 'languages = ["nl", "en"'), ("[store]", "[store"),
                         ("region", 'region = "NL'), ("scope", "scope scope")):
            text, where = self.changed(old, new)
            with self.subTest(new=new):
                # An open bracket is noticed only further down.
                self.check(text, str(self.desk.configuration) + ":" if new.startswith(("languages", "[")) else where)

    def test_the_same_key_twice(self):
        text, where = self.changed("region", 'region = "NL"\nregion = "BE"')
        number = int(where.rstrip(": ").rpartition(":")[2])
        self.check(text, f"{self.desk.configuration}:{number + 1}: ", "region")

    def test_an_unknown_key(self):
        for old, new, key in (("region", 'regio = "NL"', "organisation.regio"), ("idle", "", None),
                              ("poll_interval", 'poll = "1s"', "mailbox.poll"), ("from", 'from = "cvd@zonnedam.example"\nto = "x"', None),
                              ("[store]", "[colour]\nred = 1\n[store]", "colour")):
            if key is None:
                continue
            text, where = self.changed(old, new)
            self.check(text, where, key, "unknown", hint=True)

    def test_a_wrong_type(self):
        for old, new, key in (("name =", "name = 7", "organisation.name"), ("languages", 'languages = "nl"', "organisation.languages"),
                              ("languages", "languages = [1]", "organisation.languages"), ("poll_interval", "poll_interval = 60", "mailbox.poll_interval"),
                              ("path", "path = true", "store.path")):
            text, where = self.changed(old, new)
            self.check(text, where, key)
        self.check(self.good + '[acknowledge]\nenabled = "yes"\n', f":{self.good.count(chr(10)) + 2}: ", "acknowledge.enabled")

    def test_a_value_out_of_range(self):
        for old, new, key in (("poll_interval", 'poll_interval = "0s"', "mailbox.poll_interval"),
                              ("poll_interval", 'poll_interval = "2d"', "mailbox.poll_interval"),
                              ("languages", 'languages = ["nl", "kl"]', "organisation.languages"),
                              ("timezone", 'timezone = "Europe/Zonnedam"', "organisation.timezone"),
                              ("region", 'region = "Nederland"', "organisation.region"),
                              ("scope", 'scope = ["no domain"]', "organisation.scope"),
                              ("key =", 'key = "ABCD"', "openpgp.key"), ("address", 'address = "nobody"', "mailbox.address"),
                              ("url", 'url = "http://127.0.0.1/"', "mailbox.url"), ("from", 'from = "CVD-team"', "submission.from")):
            text, where = self.changed(old, new)
            self.check(text, where, key)
        lines = self.good.count("\n")
        for more, key in (("[acknowledge]\nper_sender_per_day = 0\n", "acknowledge.per_sender_per_day"),
                          ("[acknowledge]\ntotal_per_hour = -1\n", "acknowledge.total_per_hour"),
                          ('[limits]\nmessage = "64 GB"\n', "limits.message"), ('[promise]\nassess = "soon"\n', "promise.assess")):
            self.check(self.good + more, f":{lines + 2}: ", key)

    def test_no_encryption_away_from_loopback(self):
        text, where = self.changed("url", 'url = "imap://imap.zonnedam.example/INBOX"\ntls = "none"')
        number = int(where.rstrip(": ").rpartition(":")[2])
        self.check(text, f":{number + 1}: ", "mailbox.tls", hint=True)

    def test_a_required_part_that_is_missing(self):
        for old, key in (("address", "mailbox.address"), ("url", "mailbox.url"), ("path", "store.path"), ("key_file", "store.key_file")):
            text, _ = self.changed(old, "")
            self.check(text, str(self.desk.configuration) + ":", key, "missing")
        for table in ("store", "openpgp", "submission"):
            text = re.sub(rf"(?m)^\[{table}\]\n(?:[^\[\n].*\n)*", "", self.good)
            self.assertNotIn(f"[{table}]", text)
            self.check(text, str(self.desk.configuration) + ":", table)

    def test_a_secret_file_that_is_missing_or_open_to_others(self):
        secret = self.desk.home / "cvd.imap.pass"
        for mode in (0o640, 0o604, 0o644):
            secret.chmod(mode)
            with self.subTest(mode=oct(mode)):
                for arguments in (["--check"], ["--once"]):
                    self.check_refusal(self.desk.run("cvdeskd", *arguments, check=False), CONFIGURATION, "cvd.imap.pass", "others")
        secret.rename(secret.with_suffix(".away"))
        for arguments in (["--check"], ["--once"]):
            self.check_refusal(self.desk.run("cvdeskd", *arguments, check=False), CONFIGURATION, "cvd.imap.pass")
        secret.with_suffix(".away").rename(secret)
        secret.chmod(0o600)
        self.deliver("cvd", report(1))
        self.check_all_in(1)

    def test_a_ca_file_that_is_missing(self):
        self.deliver("cvd", report(1))
        self.configure({**self.box("cvd"), "ca_file": "nowhere.pem"}, self.box("woo"))
        for arguments in (["--check"], ["--once"]):
            self.check_refusal(self.desk.run("cvdeskd", *arguments, check=False), CONFIGURATION, "nowhere.pem")
        self.configure()
        self.check_all_in(1)

    def test_a_configuration_that_is_missing(self):
        self.desk.configuration.unlink()
        for program, *arguments in (["cvdeskd", "--check"], ["cvdeskd", "--once"], ["cvdesk", "list"]):
            self.check_refusal(self.desk.run(program, *arguments, check=False), CONFIGURATION, "cvdesk.toml")

    def test_a_configuration_with_nothing_in_it_or_with_bytes_that_are_no_text(self):
        self.check("", str(self.desk.configuration))
        self.desk.configuration.write_bytes(b"\xff\xfe\x00[store]\x1b[31m")
        self.check_refusal(self.desk.run("cvdeskd", "--check", check=False), CONFIGURATION, hint=False)


class KeyTrouble(Trouble):
    """The desk's OpenPGP key is not there: a case is recorded all the same, and read once the key is back."""

    def setUp(self):
        super().setUp()
        self.roos = Reporter("Roos de Vries", "roos@wilgen.example")
        self.addCleanup(self.roos.close)
        self.secret_mail = self.roos.encrypted(DESK, self.desk.certificate(), "SQL-injectie in het meldportaal",
                                               "Op https://meldportaal.zonnedam.example/zoek werkt een aanhalingsteken.\n")
        self.home = self.desk.home / "gnupg"

    def kill_agent(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], capture_output=True)

    def check_lives_without_key(self):
        self.deliver("cvd", report(1), self.secret_mail)
        self.deliver("woo", report(2))
        result = self.once()
        self.assertNotIn("terminate", result.stderr.decode())
        kinds = {row["subject"]: (row["kind"], row["result"]) for row in self.desk.json("inbox")}
        self.assertEqual(kinds, {"Report 1": ("report", "case"), "Report 2": ("report", "case"), "...": ("undecryptable", "case")})
        [case] = [row for row in self.desk.json("list") if row["kind"] == "undecryptable"]
        protection = self.desk.show(case["reference"])["messages"][0]["protection"]
        self.assertTrue(protection["encrypted"])
        self.assertIn(protection["decryption"], ("no-key", "failed"))
        self.assertTrue(protection["cause"])
        return case["reference"]

    def check_opens_again(self, reference):
        retried = self.desk.json("inbox", "retry")
        self.assertEqual([(row["case"], row["kind"], row["result"]) for row in retried], [(reference, "report", "case")])
        shown = self.desk.show(reference)
        self.assertEqual((shown["title"], shown["kind"]), ("SQL-injectie in het meldportaal", "report"))
        self.assertEqual(shown["messages"][0]["protection"]["decryption"], "ok")
        self.assertIn("aanhalingsteken", shown["messages"][0]["text"])
        self.assertEqual(shown["affected"]["hosts"], ["meldportaal.zonnedam.example"])
        # The answers could not be signed before; each goes out once, and a later run changes nothing.
        self.desk.cvdesk("outbox", "retry")
        for _ in range(2):
            self.assertEqual(self.once().returncode, 0)
        rows = self.desk.json("outbox")
        self.assertEqual([row["state"] for row in rows], ["sent"] * 3)
        self.assertEqual(sorted(row["case"] for row in rows), sorted(row["reference"] for row in self.desk.json("list")))
        self.assertEqual(len(self.desk.json("inbox")), 3)
        self.assertTrue(self.desk.json("verify")[0]["good"])

    def test_a_home_that_is_missing(self):
        self.kill_agent()
        self.home.rename(self.home.with_suffix(".away"))
        reference = self.check_lives_without_key()
        examined = self.desk.cvdesk("doctor", check=False)
        self.assertEqual(examined.returncode, 1)
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.with_suffix(".away").rename(self.home)
        self.check_opens_again(reference)

    def test_a_secret_key_that_is_missing(self):
        self.kill_agent()
        private = self.home / "private-keys-v1.d"
        private.rename(self.home / "away")
        reference = self.check_lives_without_key()
        self.assertEqual({row["state"] for row in self.desk.json("outbox")}, {"waiting"})
        shutil.rmtree(private, ignore_errors=True)
        self.kill_agent()
        (self.home / "away").rename(private)
        self.check_opens_again(reference)

    def test_nothing_goes_out_unsigned_in_the_meantime(self):
        self.kill_agent()
        self.home.rename(self.home.with_suffix(".away"))
        before = len(SINK.mails())
        self.check_lives_without_key()
        self.assertEqual(len(SINK.mails()), before)
        self.assertEqual({row["state"] for row in self.desk.json("outbox")}, {"waiting"})


if __name__ == "__main__":
    unittest.main()
