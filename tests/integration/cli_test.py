#!/usr/bin/python3
"""cvdesk as a person and as a script use it: what it prints, what it refuses, and how."""
import base64
import hashlib
import json
import os
import pathlib
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from complaints import complaint, programs  # noqa: E402
from reporter import Reporter, plain  # noqa: E402
from sample_reports import DESK, SampleReports  # noqa: E402
from terminal import COLOURS, UNSAFE, run_on_terminal, width, without_colours  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402

DONE, FAILED, USAGE, NOT_FOUND, CONFIGURATION, REFUSED = 0, 1, 2, 3, 4, 5
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
WORLD = None

REPORTER = {"name", "emails", "phones", "handles", "pgp_fingerprints", "anonymous", "credit"}
FACTS = {"reporter": REPORTER, "affected": {"urls", "hosts", "ips", "scope", "partner"}, "references": None,
         "weakness": {"cwe", "cve", "cvss"}, "steps": None, "disclosure": {"date", "days"}, "conduct": None,
         "missing": None, "attachments": None}
PROTECTION = {"encrypted", "decryption", "signature", "signer", "signer_is_sender", "partial", "key_origin",
              "subject_protected", "cause", "key_ids"}
ATTACHMENT = {"id", "message", "filename", "media_type", "size", "sha256"}
CASE = {"reference", "title", "kind", "status", "resolution", "severity", "assignee", "mailbox", "language", "received",
        "messages", "deadlines", "links", "evidence"} | set(FACTS)
MESSAGE = {"id", "direction", "from", "to", "subject", "date", "message_id", "text", "protection"}
MAIL = {"id", "mailbox", "received", "result", "case", "kind", "case_tag", "language", "from", "to", "subject", "date",
        "message_id", "protection", "text", "evidence"} | set(FACTS)
IMPORTED = {"source", "message", "result", "case", "kind", "case_tag"}
LISTS = {"emails", "phones", "handles", "pgp_fingerprints", "urls", "hosts", "ips", "references", "cwe", "cve", "cvss",
         "steps", "conduct", "missing", "attachments", "messages", "deadlines", "links", "evidence", "to", "key_ids"}
NEVER_NULL = {"id", "reference", "title", "kind", "status", "mailbox", "received", "direction", "subject", "text",
              "protection", "encrypted", "decryption", "signature", "signer_is_sender", "partial", "key_origin",
              "subject_protected", "scope", "anonymous", "filename", "media_type", "size", "sha256", "due"}


class World:
    """One desk with the sample reports; tests that change something bring a case of their own."""

    def __init__(self):
        self.desk = ThrowawayDesk(programs())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-cli-"))
        self.count = 0
        self.desk.secret("imap.pass", "x")
        self.desk.secret("smtp.pass", "y")
        with SampleReports(self.desk.certificate()) as samples:
            self.imported = {name: self.take_in(mail) for name, mail in samples.all().items()}

    def take_in(self, *mails):
        files = []
        for mail in mails:
            self.count += 1
            path = self.folder / f"{self.count:04}.eml"
            path.write_bytes(mail)
            files.append(path)
        rows = self.desk.json("import", "--no-acknowledge", *files)
        return rows[0] if len(rows) == 1 else rows

    def close(self):
        self.desk.close()
        shutil.rmtree(self.folder)


def setUpModule():
    global WORLD
    WORLD = World()
    unittest.addModuleCleanup(WORLD.close)


class Cli(unittest.TestCase):
    maxDiff = None

    @property
    def desk(self):
        return WORLD.desk

    def case(self, subject="A report", text="https://www.zonnedam.example/ shows an error page with a stack trace.\n", **more):
        """The reference of a fresh case."""
        row = WORLD.take_in(plain("Ann <ann@reporter.example>", DESK, subject, text, **more))
        self.assertEqual(row["result"], "case")
        return row["case"]

    def refused(self, status, *arguments, hint=None, **more):
        result = self.desk.cvdesk(*arguments, check=False, **more)
        self.assertEqual(result.returncode, status, (arguments, result.stdout, result.stderr))
        found = complaint(result)
        if hint is not None:
            self.assertEqual(bool(found.hint), hint, found)
        return found

    def on_terminal(self, *arguments, columns=120, status=0, typed=b"", **environment):
        result, text = run_on_terminal([self.desk.programs / "cvdesk", *map(str, arguments)], columns, typed,
                                       env={**self.desk.environment, "TERM": "xterm-256color", **environment})
        self.assertEqual(result, status, text)
        return text


class Json(Cli):
    def check_keys(self, value, wanted, what):
        self.assertLessEqual(wanted, set(value), what)
        for key in wanted:
            if key in LISTS:
                self.assertIsInstance(value[key], list, f"{what}.{key}")
            elif key in NEVER_NULL:
                self.assertIsNotNone(value[key], f"{what}.{key}")
            if isinstance(value[key], str) and key != "text":
                self.assertNotEqual((key, value[key]), (key, "null"))

    def check_facts(self, value, what):
        for name, keys in FACTS.items():
            if keys:
                self.check_keys(value[name], keys, f"{what}.{name}")
        for attachment in value["attachments"]:
            self.check_keys(attachment, ATTACHMENT, f"{what}.attachments")
            self.assertRegex(attachment["sha256"], "^[0-9a-f]{64}$")
        self.assertIn(value["affected"]["scope"], ("in", "out", "third-party", "unknown"))

    def check_protection(self, value, what):
        self.check_keys(value, PROTECTION, what)
        self.assertIn(value["decryption"], ("none", "ok", "no-key", "failed", "refused"))
        self.assertIn(value["signature"], ("none", "good", "weak", "bad", "unknown-key", "expired", "expired-key", "revoked-key"))
        self.assertIn(value["key_origin"], ("none", "attached", "autocrypt", "wkd", "pinned"))

    def test_show_has_the_keys_of_the_contract_for_every_case(self):
        shapes = set()
        for row in self.desk.json("list", "--all"):
            [shown] = self.desk.json("show", row["reference"])
            what = row["title"]
            self.check_keys(shown, CASE, what)
            self.check_facts(shown, what)
            self.assertRegex(shown["received"], TIME)
            for message in shown["messages"]:
                self.check_keys(message, MESSAGE, f"{what}.messages")
                self.check_protection(message["protection"], f"{what}.protection")
                self.assertIn(message["direction"], ("in", "out"))
                shapes.add(("message", frozenset(message)))
            self.assertEqual([clock["name"] for clock in shown["deadlines"]], ["acknowledge", "assess", "resolve"])
            for clock in shown["deadlines"]:
                self.check_keys(clock, {"name", "due", "met"}, what)
                self.assertRegex(clock["due"], TIME)
            shapes.add(("case", frozenset(shown)))
            shapes.add(("affected", frozenset(shown["affected"])))
        self.assertEqual(len(shapes), 3, "keys came and went")

    def test_inbox_show_has_the_keys_of_the_contract_for_every_mail(self):
        shapes = set()
        for row in self.desk.json("inbox"):
            [mail] = self.desk.json("inbox", "show", row["id"])
            what = mail["subject"]
            self.check_keys(mail, MAIL, what)
            self.check_facts(mail, what)
            self.check_protection(mail["protection"], what)
            self.assertRegex(mail["received"], TIME)
            shapes.add(frozenset(mail))
        self.assertEqual(len(shapes), 1)

    def test_import_says_a_line_a_message(self):
        results = {name: (row["result"], row["kind"]) for name, row in WORLD.imported.items()}
        for row in WORLD.imported.values():
            self.assertEqual(set(row), IMPORTED)
            self.assertEqual(row["case"] is None, row["result"] == "filed")
        self.assertEqual({name: results[name] for name in ("plain", "encrypted", "wrong-key", "bounce", "newsletter", "beg-bounty", "out-of-office")},
                         {"plain": ("case", "report"), "encrypted": ("case", "report"), "wrong-key": ("case", "undecryptable"),
                          "bounce": ("filed", "bounce"), "newsletter": ("filed", "bulk"), "beg-bounty": ("case", "beg-bounty"),
                          "out-of-office": ("filed", "auto-reply")})

    def test_import_again_is_a_duplicate_of_the_same_message_and_case(self):
        mail = plain("Ann <ann@reporter.example>", DESK, "Twice", "https://www.zonnedam.example/ is broken.\n")
        first, second = WORLD.take_in(mail), WORLD.take_in(mail)
        self.assertEqual((second["result"], second["message"], second["case"]), ("duplicate", first["message"], first["case"]))

    def test_one_path_that_cannot_be_read_stops_no_other(self):
        good = WORLD.folder / "good.eml"
        good.write_bytes(plain("Ann <ann@reporter.example>", DESK, "After a bad path", "https://www.zonnedam.example/ is broken.\n"))
        result = self.desk.cvdesk("import", "--json", "--no-acknowledge", "/nowhere.eml", good, check=False)
        rows = [json.loads(line) for line in result.stdout.decode().splitlines()]
        self.assertEqual(result.returncode, FAILED)
        self.assertEqual([(row["source"], row["result"]) for row in rows], [("/nowhere.eml", "failed"), (str(good), "case")])
        self.assertEqual([set(row) for row in rows], [IMPORTED] * 2)
        self.assertIn("/nowhere.eml", complaint(result).what)

    def test_import_reads_mbox_and_maildir(self):
        mails = [plain("Ann <ann@reporter.example>", DESK, f"Bundle {n}", f"https://www.zonnedam.example/{n} is broken.\n") for n in range(4)]
        mbox = WORLD.folder / "bundle.mbox"
        mbox.write_bytes(b"".join(b"From ann@reporter.example Sun Nov 22 10:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails[:2]))
        maildir = WORLD.folder / "Maildir"
        for part in ("new", "cur", "tmp"):
            (maildir / part).mkdir(parents=True)
        (maildir / "new" / "1.a").write_bytes(mails[2])
        (maildir / "cur" / "2.b:2,S").write_bytes(mails[3])
        (maildir / "tmp" / "3.c").write_bytes(b"half a mai")
        rows = self.desk.json("import", "--no-acknowledge", mbox, maildir)
        self.assertEqual([row["result"] for row in rows], ["case"] * 4)
        titles = {row["title"] for row in self.desk.json("list")}
        self.assertLessEqual({f"Bundle {n}" for n in range(4)}, titles)

    def test_every_list_is_an_object_a_line_with_the_same_keys(self):
        reference = self.case(attachments=[("a.txt", "text/plain", b"a\n")])
        self.desk.cvdesk("note", reference, "-m", "x")
        for arguments in (["list"], ["list", "--all"], ["inbox"], ["log", reference], ["search", "zonnedam"],
                          ["attachments", reference], ["outbox"], ["certificates", "list"]):
            with self.subTest(arguments=arguments):
                rows = self.desk.json(*arguments)
                self.assertLessEqual(len({frozenset(row) for row in rows}), 1)
                if arguments[0] not in ("outbox",):
                    self.assertTrue(rows)

    def test_single_objects(self):
        [report] = self.desk.json("verify")
        self.assertEqual((report["good"], report["problems"]), (True, []))
        [own] = self.desk.json("certificates", "own")
        self.assertEqual(own["fingerprint"], self.desk.fingerprint)
        self.assertTrue(own["certificate"].startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----"))
        self.assertEqual(self.desk.certificate().decode(), own["certificate"])

    def test_a_certificate_is_added_conflicts_and_is_forgotten(self):
        with Reporter("Ada", "Ada@wilgen.example") as ada, Reporter("Ada", "ada@wilgen.example") as other:
            files = []
            for person in (ada, other):
                files.append(self.desk.home / f"{person.fingerprint}.asc")
                files[-1].write_bytes(person.certificate)
            [first] = self.desk.json("certificates", "add", files[0])
            self.assertEqual(first, {"address": "ada@wilgen.example", "fingerprint": ada.fingerprint, "state": "pinned"})
            [second] = self.desk.json("certificates", "add", files[1])
            self.assertEqual(second["state"], "conflict")
            self.desk.cvdesk("certificates", "accept", "ada@wilgen.example", other.fingerprint.lower())
            states = {row["fingerprint"]: row["state"] for row in self.desk.json("certificates", "list")
                      if row["address"] == "ada@wilgen.example"}
            self.assertEqual(states, {ada.fingerprint: "conflict", other.fingerprint: "pinned"})
            [elsewhere] = self.desk.json("certificates", "add", files[0], "--for", "team@wilgen.example")
            self.assertEqual(elsewhere["address"], "team@wilgen.example")
            secret = self.desk.home / "secret.asc"
            secret.write_bytes(ada.gpg("--armor", "--export-secret-keys", ada.fingerprint))
            self.assertEqual(self.desk.cvdesk("certificates", "add", secret, check=False).returncode, REFUSED)
            for address in ("ada@wilgen.example", "team@wilgen.example"):
                self.desk.cvdesk("certificates", "forget", address)
            kept = [row["address"] for row in self.desk.json("certificates", "list")]
            self.assertFalse({"ada@wilgen.example", "team@wilgen.example"} & set(kept))
            self.assertEqual(self.desk.cvdesk("verify", check=False).returncode, 0)

    def test_doctor_grades_every_finding(self):
        result = self.desk.cvdesk("doctor", "--json", check=False)
        self.assertEqual(result.returncode, FAILED)
        rows = [json.loads(line) for line in result.stdout.decode().splitlines()]
        self.assertEqual({frozenset(row) for row in rows}, {frozenset({"grade", "subject", "text", "remedy"})})
        self.assertLessEqual({row["grade"] for row in rows}, {"ok", "warning", "failure"})
        # The servers of this desk do not exist; its store and keys are good.
        self.assertEqual({"ok", "failure"} - {row["grade"] for row in rows}, set())

    def test_stats_count_what_list_shows_and_name_what_there_is_none_of(self):
        self.desk.cvdesk("close", self.case(), "--as", "spam")
        [stats] = self.desk.json("stats")
        cases = self.desk.json("list", "--all")
        self.assertEqual(set(stats["by_status"]), {"new", "acknowledged", "assessed", "resolved", "closed"})
        self.assertEqual(set(stats["by_kind"]), {"report", "followup", "beg-bounty", "undecryptable", "unreadable"})
        self.assertEqual(set(stats["by_resolution"]), {"fixed", "rejected", "duplicate", "out-of-scope", "passed-on", "spam"})
        for field, key in (("status", "by_status"), ("kind", "by_kind"), ("resolution", "by_resolution")):
            for name, count in stats[key].items():
                self.assertEqual(count, sum(case[field] == name for case in cases), (key, name))
        self.assertEqual(stats["cases"], len(cases))
        self.assertEqual(stats["open"], len(self.desk.json("list")))

    def test_bytes_that_are_no_utf_8_come_out_as_utf_8(self):
        row = WORLD.take_in(b"From: Ann <ann@reporter.example>\r\nTo: cvd@zonnedam.example\r\nSubject: Caf\xe9 \xff\r\n"
                            b"Message-ID: <latin@reporter.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                            b"https://www.zonnedam.example/ says \xff\xfe\xe9.\r\n")
        for arguments in (["list"], ["inbox"], ["show", row["case"]], ["inbox", "show", row["message"]]):
            self.assertTrue(self.desk.json(*arguments))


class ExitStatus(Cli):
    def test_wrong_usage_is_2(self):
        reference = self.case()
        for arguments in ([], ["frobnicate"], ["show"], ["show", reference, "more"], ["list", "--nonsense"], ["list", "--status", "lost"],
                          ["set", reference], ["set", reference, "title"], ["set", reference, "colour=red"], ["close", reference],
                          ["close", reference, "--as", "tired"], ["assign", reference], ["assign", reference, " "], ["inbox", "show"],
                          ["inbox", "show", "seven"], ["inbox", "nonsense"], ["note", reference, "-m", "  "], ["certificates"],
                          ["outbox", "cancel"], ["import"], ["import", "--mailbox", "nobody", "x.eml"], ["search"],
                          ["note", reference, "-m", "x", "--file", "y"]):
            with self.subTest(arguments=arguments):
                self.refused(USAGE, *arguments)

    def test_a_verb_that_there_is_not_is_named(self):
        self.assertIn("frobnicate", self.refused(USAGE, "frobnicate", "--json", hint=True).what)
        self.assertNotIn("--json", self.refused(USAGE, "--json", hint=True).what)

    def test_a_path_that_is_not_there_is_named_once(self):
        done = self.desk.cvdesk("import", "/nowhere.eml", "--json", check=False)
        self.assertEqual((done.returncode, done.stderr.count(b"/nowhere.eml")), (FAILED, 1))
        self.assertEqual(json.loads(done.stdout)["result"], "failed")

    def test_what_is_not_there_is_3(self):
        for arguments in (["show", "CVD-1999-0001"], ["show", "9999"], ["show", "../etc/passwd"], ["log", "CVD-1999-0001"],
                          ["take", "CVD-1999-0001"], ["assign", "CVD-1999-0001", "x"], ["set", "CVD-1999-0001", "title=x"],
                          ["note", "CVD-1999-0001", "-m", "x"], ["close", "CVD-1999-0001", "--as", "fixed"],
                          ["reopen", "CVD-1999-0001"], ["attachments", "CVD-1999-0001"], ["inbox", "show", "99999"],
                          ["inbox", "raw", "99999"], ["inbox", "retry", "99999"], ["inbox", "reviewed", "99999"],
                          ["outbox", "cancel", "99999"], ["outbox", "retry", "99999"], ["outbox", "show", "99999"],
                          ["note", self.case(), "--file", "/nowhere.txt"]):
            with self.subTest(arguments=arguments):
                self.refused(NOT_FOUND, *arguments)

    def test_a_bad_configuration_is_4(self):
        self.refused(CONFIGURATION, "--config", "/nowhere.toml", "list", hint=True)

    def test_what_policy_refuses_is_5(self):
        reference = self.case()
        self.refused(REFUSED, "reopen", reference)
        self.desk.cvdesk("close", reference, "--as", "spam")
        self.refused(REFUSED, "close", reference, "--as", "fixed")

    def test_a_reference_can_be_written_in_several_ways(self):
        reference = self.case()
        number = reference.rpartition("-")[2]
        for form in (reference, reference.lower(), f"[{reference}]", number, str(int(number))):
            self.assertEqual(self.desk.show(form)["reference"], reference)

    def test_help_and_version_are_no_errors(self):
        for arguments in (["--help"], ["--version"], ["list", "--help"], ["inbox", "show", "--help"]):
            done = self.desk.cvdesk(*arguments)
            self.assertTrue(done.stdout)
            self.assertEqual(done.stderr, b"")

    def test_output_that_cannot_be_written_is_no_success(self):
        number = WORLD.imported["plain"]["message"]
        for arguments in (["inbox", "raw", number], ["list", "--json"], ["show", WORLD.imported["plain"]["case"]]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([self.desk.programs / "cvdesk", *map(str, arguments)], stdout=full, stderr=subprocess.PIPE,
                                      stdin=subprocess.DEVNULL, env=self.desk.environment)
                self.assertEqual(done.returncode, FAILED)
                complaint(done)


class WhichConfiguration(Cli):
    def test_config_may_stand_before_and_after_the_verb_and_beats_the_environment(self):
        elsewhere = {**self.desk.environment, "CVDESK_CONFIG": "/nowhere.toml"}
        for arguments in (["--config", self.desk.configuration, "list", "--json"], ["list", "--config", self.desk.configuration, "--json"],
                          ["inbox", "show", "1", "--config", self.desk.configuration]):
            done = subprocess.run([self.desk.programs / "cvdesk", *map(str, arguments)], env=elsewhere, capture_output=True, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout)

    def test_the_environment_names_it(self):
        self.assertTrue(self.desk.json("list"))
        missing = subprocess.run([self.desk.programs / "cvdesk", "list"], capture_output=True, stdin=subprocess.DEVNULL,
                                 env={**self.desk.environment, "CVDESK_CONFIG": "/nowhere.toml"})
        self.assertEqual(missing.returncode, CONFIGURATION)
        self.assertIn("/nowhere.toml", complaint(missing).what)

    def test_a_relative_one_is_seen_from_here(self):
        done = self.desk.cvdesk("--config", "cvdesk.toml", "list", "--json", cwd=self.desk.home)
        self.assertTrue(done.stdout)


class Init(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-init-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.home = self.folder / "desk"
        self.addCleanup(subprocess.run, ["gpgconf", "--homedir", self.home / "gnupg", "--kill", "all"], capture_output=True)
        self.environment = {key: value for key, value in os.environ.items() if key != "CVDESK_CONFIG"}

    def init(self, *arguments):
        return subprocess.run([programs() / "cvdesk", "init", *map(str, arguments)], capture_output=True, env=self.environment,
                              stdin=subprocess.DEVNULL)

    def good(self, name="Gemeente Zonnedam", address="cvd@zonnedam.example"):
        return self.init(self.home, "--name", name, "--address", address)

    def tree(self):
        return {str(path.relative_to(self.folder)): (stat.S_IMODE(path.lstat().st_mode), path.read_bytes() if path.is_file() else None)
                for path in self.folder.rglob("*") if not path.is_socket()}

    def test_what_it_makes_works_together_and_is_private(self):
        done = self.good()
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        config = self.home / "cvdesk.toml"
        for arguments in (["list"], ["verify"], ["certificates", "own"], ["inbox"], ["outbox"]):
            used = subprocess.run([programs() / "cvdesk", "--config", config, *arguments], capture_output=True, env=self.environment,
                                  stdin=subprocess.DEVNULL)
            self.assertEqual(used.returncode, 0, used.stderr)
        # What gpg makes in its own folder is its affair: nobody else can enter that.
        for path in [self.home, *self.home.iterdir()]:
            self.assertEqual(stat.S_IMODE(path.lstat().st_mode) & 0o077, 0, path)
        self.assertEqual(len((self.home / "store.key").read_bytes()), 32)

    def test_an_organisation_with_quotes_and_accents_stays_whole(self):
        self.assertEqual(self.good(name='Gemeente "Zonnedám" \\ Westerwijk').returncode, 0)
        done = subprocess.run([programs() / "cvdesk", "--config", self.home / "cvdesk.toml", "list"], capture_output=True,
                              env=self.environment, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_it_never_touches_what_exists(self):
        self.home.mkdir()
        for name in ("cvdesk.toml", "cvdesk.db", "store.key", "gnupg"):
            with self.subTest(name=name):
                path = self.home / name
                path.mkdir() if name == "gnupg" else path.write_text("mine\n")
                before = self.tree()
                refused = self.good()
                self.assertEqual(refused.returncode, REFUSED)
                self.assertIn(name, complaint(refused).what)
                self.assertEqual(self.tree(), before)
                path.rmdir() if name == "gnupg" else path.unlink()
        (self.home / "store.key").symlink_to("/nowhere")
        self.assertEqual(self.good().returncode, REFUSED)

    def test_twice_is_refused_and_changes_nothing(self):
        self.good()
        subprocess.run(["gpgconf", "--homedir", self.home / "gnupg", "--kill", "all"], capture_output=True)
        before = self.tree()
        self.assertEqual(self.good().returncode, REFUSED)
        self.assertEqual(self.tree(), before)

    def test_a_file_in_the_place_of_the_folder(self):
        self.home.write_text("mine\n")
        done = self.good()
        self.assertEqual(done.returncode, FAILED)
        complaint(done)
        self.assertEqual(self.home.read_text(), "mine\n")

    def test_wrong_answers_are_wrong_usage_and_leave_nothing(self):
        for name, address in (("Zonnedam", "cvd"), ("Zonnedam", "cvd@"), ("Zonnedam", "a b@zonnedam.example"), ("", "cvd@zonnedam.example"),
                              ("Zonne<dam>", "cvd@zonnedam.example"), ("Zonne\ndam", "cvd@zonnedam.example"), ("Zonnedam", '"x"@zonnedam.example')):
            with self.subTest(name=name, address=address):
                done = self.good(name, address)
                self.assertEqual(done.returncode, USAGE)
                complaint(done)
                self.assertEqual(self.tree(), {})

    def test_on_a_terminal_it_asks(self):
        status, text = run_on_terminal([programs() / "cvdesk", "init", self.home], typed=b"Gemeente Zonnedam\ncvd@zonnedam.example\n",
                                       env=self.environment)
        self.assertEqual(status, 0, text)
        self.assertIn("Name of the organisation", text)
        self.assertIn('address  = "cvd@zonnedam.example"', (self.home / "cvdesk.toml").read_text())


class Handling(Cli):
    def test_set_takes_good_values_and_takes_them_back(self):
        reference = self.case()
        read = self.desk.show(reference)["weakness"]
        self.desk.cvdesk("set", reference, "title=Een betere titel", "status=assessed", "severity=high", "cwe=CWE-79, cwe-89",
                         "cve=CVE-2026-12345", "cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "disclose_on=2027-01-14", "language=nl")
        shown = self.desk.show(reference)
        self.assertEqual((shown["title"], shown["status"], shown["severity"], shown["language"]), ("Een betere titel", "assessed", "high", "nl"))
        self.assertEqual(shown["weakness"], {"cwe": ["CWE-79", "CWE-89"], "cve": ["CVE-2026-12345"],
                                             "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"]})
        self.assertEqual(shown["disclosure"]["date"], "2027-01-14")
        met = {clock["name"]: clock["met"] is not None for clock in shown["deadlines"]}
        self.assertEqual(met, {"acknowledge": True, "assess": True, "resolve": False})
        self.desk.cvdesk("set", reference, "severity=", "cwe=", "cve=", "cvss=", "disclose_on=")
        shown = self.desk.show(reference)
        # What was read out of the report stands again.
        self.assertEqual((shown["severity"], shown["weakness"], shown["disclosure"]["date"]), (None, read, None))

    def test_set_refuses_bad_values_and_then_changes_nothing(self):
        reference = self.case()
        before = self.desk.show(reference), self.desk.json("log", reference)
        for bad in ("title=", "title=  ", "status=lost", "status=", "status=closed", "severity=huge", "cwe=79", "cwe=CWE-", "cwe=CWE-79-1",
                    "cve=CVE-2026", "cve=2026-1", "cvss=9.8", "disclose_on=soon", "disclose_on=2027-02-30", "language=dutch", "language=N1",
                    "colour=red", "=x", "title=" + "x" * 2000, "title=a\nb", "reference=CVD-2026-9999"):
            with self.subTest(bad=bad[:40]):
                self.refused(USAGE, "set", reference, "severity=low", bad)
        self.assertEqual((self.desk.show(reference), self.desk.json("log", reference)), before)

    def test_close_and_reopen(self):
        for why in ("fixed", "rejected", "duplicate", "out-of-scope", "passed-on", "spam"):
            reference = self.case()
            self.desk.cvdesk("close", reference, "--as", why)
            shown = self.desk.show(reference)
            self.assertEqual((shown["status"], shown["resolution"]), ("closed", why))
            self.assertNotIn(reference, [row["reference"] for row in self.desk.json("list")])
            self.assertIn(reference, [row["reference"] for row in self.desk.json("list", "--all")])
            self.assertIn(reference, [row["reference"] for row in self.desk.json("list", "--status", "closed")])
        self.desk.cvdesk("reopen", reference)
        shown = self.desk.show(reference)
        self.assertEqual((shown["status"], shown["resolution"]), ("assessed", None))

    def test_search_finds_what_the_team_wrote_and_set(self):
        reference = self.case()
        self.desk.cvdesk("reply", reference, "-m", "Wij noemen het de pimpelmees.")
        self.desk.cvdesk("set", reference, "cve=CVE-2026-98765")
        for words, where in ((["PIMPELMEES", "noemen"], "reply"), (["cve-2026-98765"], "weakness")):
            self.assertEqual([(hit["reference"], hit["where"], hit["message"]) for hit in self.desk.json("search", *words)],
                             [(reference, where, None)])

    def test_a_message_is_shown_with_the_numbers_that_others_call_it_by(self):
        reference = self.case()
        for message in self.desk.show(reference)["messages"]:
            if message["inbox"] is not None:
                self.assertRegex(self.desk.cvdesk("show", reference).stdout.decode(),
                                 rf"message +{message['id']}, in the inbox {message['inbox']}\n")

    def test_list_filters(self):
        reference = self.case()
        self.desk.cvdesk("assign", reference, "zebedee")
        self.assertEqual([row["reference"] for row in self.desk.json("list", "--assignee", "zebedee")], [reference])
        self.assertEqual({row["kind"] for row in self.desk.json("list", "--kind", "undecryptable")}, {"undecryptable"})
        self.assertEqual(self.desk.json("list", "--overdue"), [])
        # A mistyped kind must not look like a desk without cases.
        self.refused(USAGE, "list", "--kind", "reports")
        self.refused(USAGE, "list", "--status", "open")

    def me(self):
        login = pathlib.Path("/proc/self/loginuid")
        uid = int(login.read_text()) if login.exists() else 0xFFFFFFFF
        return pwd.getpwuid(os.getuid() if uid == 0xFFFFFFFF else uid).pw_name, uid == 0xFFFFFFFF

    def test_the_log_says_who_did_what(self):
        reference = self.case()
        name, from_environment = self.me()
        self.desk.environment.pop("SUDO_UID", None)
        self.desk.cvdesk("take", reference)
        self.desk.cvdesk("assign", reference, "Jolanda")
        self.desk.cvdesk("set", reference, "severity=low")
        self.desk.cvdesk("note", reference, "-m", "Een notitie")
        self.desk.cvdesk("close", reference, "--as", "fixed")
        events = self.desk.json("log", reference)
        self.assertEqual([(event["actor"], event["action"]) for event in events if event["actor"] != "cvdeskd"],
                         [(name, action) for action in ("assigned", "assigned", "set", "note", "closed")])
        self.assertEqual(events[0]["actor"], "cvdeskd")
        self.assertEqual(self.desk.show(reference)["assignee"], "Jolanda")
        for event in events:
            self.assertRegex(event["at"], TIME)

    def test_through_sudo_the_actor_is_who_called_sudo(self):
        if not self.me()[1]:
            self.skipTest("SKIPPED: this process has a login uid, which goes before SUDO_UID")
        reference = self.case()
        nobody = pwd.getpwnam("nobody")
        environment = {**self.desk.environment, "SUDO_UID": str(nobody.pw_uid)}
        subprocess.run([self.desk.programs / "cvdesk", "take", reference], env=environment, check=True, stdin=subprocess.DEVNULL)
        self.assertEqual(self.desk.show(reference)["assignee"], "nobody")
        self.assertEqual(self.desk.json("log", reference)[-1]["actor"], "nobody")

    def test_a_filed_mail_can_be_marked_as_seen(self):
        row = WORLD.take_in(plain("News <news@weekly.example>", "all@weekly.example", "Weekly", "Read on.\n",
                                  fields=[("Precedence", "bulk"), ("List-Id", "<news.weekly.example>"), ("List-Unsubscribe", "<https://weekly.example/>")]))
        self.assertEqual(row["result"], "filed")
        self.desk.cvdesk("inbox", "reviewed", row["message"])
        [seen] = [mail for mail in self.desk.json("inbox") if mail["id"] == row["message"]]
        self.assertTrue(seen["reviewed"])


class Notes(Cli):
    def notes(self, reference):
        return [event["detail"] for event in self.desk.json("log", reference) if event["action"] == "note"]

    def test_a_note_comes_from_an_option_a_file_or_standard_input(self):
        reference = self.case()
        text = WORLD.folder / "note.txt"
        text.write_text("Uit een bestand: één regel,\nen nog een.\n")
        self.desk.cvdesk("note", reference, "-m", "Van de opdrachtregel")
        self.desk.cvdesk("note", reference, "--file", text)
        self.desk.cvdesk("note", reference, input=b"Van standaardinvoer\n")
        self.desk.cvdesk("note", reference, "--file", "-", input=b"Ook van standaardinvoer\n")
        self.assertEqual(self.notes(reference), ["Van de opdrachtregel", "Uit een bestand: één regel,\nen nog een.",
                                                 "Van standaardinvoer", "Ook van standaardinvoer"])
        self.assertIn("Van de opdrachtregel", self.desk.cvdesk("show", reference).stdout.decode())

    def test_a_note_comes_from_the_editor(self):
        reference = self.case()
        editor = WORLD.folder / "editor"
        editor.write_text("#!/bin/sh\nstat -c %a \"$2\" > \"$0.mode\"\nprintf 'Uit de editor\\n#| niet dit\\n' >> \"$2\"\n")
        editor.chmod(0o755)
        self.on_terminal("note", reference, EDITOR=f"{editor} --wait", VISUAL=f"{editor} --wait")
        self.assertEqual(self.notes(reference), ["Uit de editor"])
        self.assertEqual(editor.with_name("editor.mode").read_text().strip(), "600")

    def test_an_editor_that_fails_or_writes_nothing_leaves_no_note(self):
        reference = self.case()
        self.on_terminal("note", reference, EDITOR="false", VISUAL="false", status=FAILED)
        self.on_terminal("note", reference, EDITOR="true", VISUAL="true", status=USAGE)
        self.assertEqual(self.notes(reference), [])

    def test_a_note_that_is_no_text_or_too_long_is_refused(self):
        reference = self.case()
        for text in (b"\xff\xfe", b"x" * 70_000, b" \n"):
            self.refused(USAGE, "note", reference, input=text)
        self.refused(FAILED, "note", reference, input=b"x" * 2_000_000)
        self.assertEqual(self.notes(reference), [])


class Search(Cli):
    def found(self, *words):
        return {row["reference"] for row in self.desk.json("search", *words)}

    def test_words_are_found_without_regard_to_case_and_accents_in_any_order(self):
        reference = self.case("Études de sécurité", "Op https://www.zonnedam.example/privé staat één Überraschung van Łukasz.\n")
        for words in (["etudes"], ["ÉTUDES"], ["securite", "ETUDES"], ["een", "prive"], ["uberraschung"], ["Études", "überraschung"]):
            self.assertIn(reference, self.found(*words), words)
        self.assertNotIn(reference, self.found("etudes", "kangoeroe"))

    def test_notes_reporters_and_file_names_are_found(self):
        reference = self.case("Xylofoon", attachments=[("kwispelstaart.txt", "text/plain", b"y\n")])
        self.desk.cvdesk("note", reference, "-m", "Gebeld met de zandloper")
        for word in ("xylofoon", "kwispelstaart", "zandloper"):
            self.assertEqual(self.found(word), {reference}, word)
        self.assertIn(reference, self.found("ann@reporter.example"))

    def test_what_was_encrypted_is_found(self):
        self.assertIn(WORLD.imported["encrypted"]["case"], self.found("meldportaal", "kenmerk"))

    def test_nothing_found_is_no_error(self):
        self.assertEqual(self.desk.json("search", "kangoeroe-springt-hoog"), [])
        self.assertEqual(self.desk.cvdesk("search", "kangoeroe-springt-hoog").stdout, b"nothing found\n")

    def test_the_excerpt_shows_the_word_in_whole_characters(self):
        words = " ".join(["één café"] * 40)
        reference = self.case("Excerpt", f"{words} Pelikáán {words}\nhttps://www.zonnedam.example/\n")
        for word in ("pelikáán", "pelikaan"):
            [row] = [row for row in self.desk.json("search", word) if row["reference"] == reference]
            self.assertIn("Pelikáán", row["excerpt"])
            self.assertNotIn("\ufffd", row["excerpt"])


def mail_with_files(names, subject="Files"):
    """A mail whose attachments have these raw header lines as their disposition."""
    parts = b"".join(b"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; " + name + b"\r\n\r\nfile %d\r\n" % i
                     for i, name in enumerate(names))
    return (b"From: Ann <ann@reporter.example>\r\nTo: cvd@zonnedam.example\r\nSubject: " + subject.encode() +
            b"\r\nMessage-ID: <" + hashlib.sha256(parts).hexdigest().encode() + b"@reporter.example>\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
            b"https://www.zonnedam.example/ is broken.\r\n" + parts + b"--b--\r\n")


class Attachments(Cli):
    NAMES = [b'filename="../../../../tmp/cvdesk-escaped.txt"', b'filename="/etc/cvdesk-escaped"', b'filename="..\\\\..\\\\windows.ini"',
             b'filename=".bashrc"', b'filename="-rf"', b'filename=".."', b'filename=""', b'filename="con.txt\x1b]0;owned\x07"',
             b'filename="same.txt"', b'filename="same.txt"', b"filename*=utf-8''invoice%E2%80%AEfdp.exe",
             b"filename*=utf-8''a%00b%2F..%2Fc.txt", b'filename="' + b"x" * 400 + b'.png"', b'filename="a\tb c.txt"']

    def setUp(self):
        self.target = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-save-"))
        self.addCleanup(shutil.rmtree, self.target)

    def test_saved_files_have_safe_names_and_lie_in_the_folder(self):
        reference = WORLD.take_in(mail_with_files(self.NAMES))["case"]
        rows = self.desk.json("attachments", reference, "--save", self.target)
        self.assertEqual(len(rows), len(self.NAMES))
        saved = sorted(path for path in self.target.rglob("*"))
        self.assertEqual(saved, sorted(pathlib.Path(row["saved"]) for row in rows))
        for path in saved:
            self.assertEqual(path.parent, self.target)
            self.assertTrue(stat.S_ISREG(path.lstat().st_mode))
            self.assertEqual(stat.S_IMODE(path.lstat().st_mode), 0o600)
            self.assertIsNone(UNSAFE.search(path.name), path.name)
            self.assertFalse(path.name.startswith((".", "-")), path.name)
        contents = {hashlib.sha256(path.read_bytes()).hexdigest() for path in saved}
        self.assertEqual(contents, {row["sha256"] for row in rows})
        self.assertFalse(pathlib.Path("/tmp/cvdesk-escaped.txt").exists())

    def test_nothing_is_ever_overwritten(self):
        reference = WORLD.take_in(mail_with_files([b'filename="one.txt"', b'filename="two.txt"'], "Twice saved"))["case"]
        [first, *_] = self.desk.json("attachments", reference, "--save", self.target)
        mine = pathlib.Path(first["saved"])
        mine.write_text("mine now\n")
        before = {path: path.read_bytes() for path in self.target.iterdir()}
        refused = self.desk.cvdesk("attachments", reference, "--save", self.target, check=False)
        self.assertNotEqual(refused.returncode, 0)
        complaint(refused)
        self.assertEqual({path: path.read_bytes() for path in self.target.iterdir()}, before)
        # Nor written through a link that somebody laid there.
        victim = WORLD.folder / "victim"
        victim.write_text("untouched\n")
        mine.unlink()
        mine.symlink_to(victim)
        self.assertNotEqual(self.desk.cvdesk("attachments", reference, "--save", self.target, check=False).returncode, 0)
        self.assertEqual(victim.read_text(), "untouched\n")

    def test_a_new_folder_is_made_but_not_those_above_it(self):
        reference = WORLD.imported["attachments"]["case"]
        rows = self.desk.json("attachments", reference, "--save", self.target / "new")
        self.assertEqual(stat.S_IMODE((self.target / "new").stat().st_mode), 0o700)
        self.assertEqual(sorted(str(path) for path in (self.target / "new").iterdir()), sorted(row["saved"] for row in rows))
        self.assertTrue(rows)
        done = self.desk.cvdesk("attachments", reference, "--save", self.target / "nowhere" / "deeper", check=False)
        self.assertEqual(done.returncode, NOT_FOUND)
        complaint(done)
        self.assertFalse((self.target / "nowhere").exists())
        file = self.target / "file"
        file.write_text("")
        done = self.desk.cvdesk("attachments", reference, "--save", file, check=False)
        self.assertNotEqual(done.returncode, 0)
        complaint(done)

    def test_the_files_of_an_encrypted_mail_are_opened(self):
        rows = self.desk.json("attachments", WORLD.imported["encrypted"]["case"], "--save", self.target)
        [proof] = [row for row in rows if row["filename"] == "bewijs.txt"]
        self.assertEqual(pathlib.Path(proof["saved"]).read_bytes().replace(b"\r\n", b"\n"), b"Fout bij de zoekopdracht: tabel meldingen\n")


class Raw(Cli):
    def test_raw_is_byte_for_byte_what_came(self):
        odd = b"From: a@b.example\r\nSubject: odd\nTo: x\r\n\r\nbare\nand\r and \x00 and \xff and no end"
        row = WORLD.take_in(odd)
        self.assertEqual(self.desk.cvdesk("inbox", "raw", row["message"]).stdout, odd)

    def test_raw_is_not_let_loose_on_a_terminal(self):
        text = self.on_terminal("inbox", "raw", WORLD.imported["plain"]["message"], status=REFUSED)
        self.assertNotIn("Reflected", text)
        self.assertIn("cvdesk: ", text)


EVIL = "\x1b[2J\x1b]0;owned\x07\x1b[31mred\x9b2J\x08\x08\u202egnp.exe\u2066x\u2069\u200b\ufeff\x7f"


class Terminal(Cli):
    @classmethod
    def setUpClass(cls):
        name = "=?utf-8?b?" + base64.b64encode(("Eve" + EVIL).encode()).decode() + "?="
        head = (f"From: {name} <eve@stranger.example>\r\nTo: cvd@zonnedam.example\r\nSubject: Kwaadaardig ").encode()
        mail = (head + name.encode() + b" \x1b[41mraw\x1b]8;;https://evil.example\x07\r\nMessage-ID: <evil\x1b[2J@stranger.example>\r\n"
                b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                b"Begin https://www.zonnedam.example/\x1b[2J " + EVIL.encode() + b"\r\nvisible\rhidden text\r\n1. Step " + EVIL.encode() +
                b"\r\n+31612345678 eindwoord\r\n--b\r\nContent-Type: application/octet-stream\r\n"
                b"Content-Disposition: attachment; filename*=utf-8''schadelijk%1B%5B2J%E2%80%AEgnp.exe\r\n\r\nx\r\n--b--\r\n")
        cls.evil = WORLD.take_in(mail)
        cls.wide = WORLD.take_in(plain("山田太郎 <yamada@reporter.example>", DESK, "検索ページのクロスサイトスクリプティング脆弱性について報告します",
                                       "https://www.zonnedam.example/jp is broken.\n"))
        cls.combining = WORLD.take_in(plain("Zoe\u0308 <zoe@reporter.example>", DESK, "Cafe\u0301 me\u0301te\u0301o e\u0301te\u0301",
                                            "https://www.zonnedam.example/fr is broken.\n"))

    def views(self):
        case, message = self.evil["case"], self.evil["message"]
        return (["list"], ["list", "--all"], ["show", case], ["inbox"], ["inbox", "show", message], ["search", "kwaadaardig"],
                ["search", "eindwoord"], ["attachments", case], ["log", case])

    def test_nothing_from_a_mail_reaches_the_terminal_but_text(self):
        for arguments in self.views():
            for columns in (60, 80, 200):
                with self.subTest(arguments=arguments, columns=columns):
                    text = without_colours(self.on_terminal(*arguments, columns=columns))
                    self.assertIsNone(UNSAFE.search(text), repr(UNSAFE.search(text)))
                    self.assertNotIn("\r", text)
                    self.assertTrue(text.strip())
        shown = self.on_terminal("show", self.evil["case"])
        for word in ("Kwaadaardig", "Begin", "eindwoord", "schadelijk", "hidden text"):
            self.assertIn(word, shown)

    def test_hostile_values_of_our_own_are_shown_safely_too(self):
        reference = self.case()
        self.desk.cvdesk("note", reference, "-m", "Genoteerd " + EVIL)
        self.desk.cvdesk("assign", reference, "piet" + EVIL.replace("\x00", ""))
        for arguments in (["show", reference], ["list"], ["log", reference], ["search", "genoteerd"]):
            text = without_colours(self.on_terminal(*arguments))
            self.assertIsNone(UNSAFE.search(text), arguments)

    def test_errors_about_hostile_arguments_are_safe(self):
        for arguments in (["show", "x" + EVIL], ["list", "--status", EVIL], [EVIL], ["import", "/nowhere" + EVIL], ["set", "1", EVIL + "=x"],
                          ["--config", "/nowhere" + EVIL, "list"]):
            status, text = run_on_terminal([self.desk.programs / "cvdesk", *arguments], env=self.desk.environment)
            self.assertNotEqual(status, 0)
            self.assertIsNone(UNSAFE.search(without_colours(text)), repr(text))

    def test_piped_output_has_no_escapes_at_all(self):
        for arguments in self.views():
            for json_too in ([], ["--json"]):
                output = self.desk.cvdesk(*arguments, *json_too).stdout.decode()
                self.assertNotIn("\x1b", output)
                if not json_too:
                    self.assertIsNone(UNSAFE.search(output), arguments)

    def test_colours_are_there_on_a_terminal_and_can_be_refused(self):
        coloured = self.on_terminal("list")
        self.assertRegex(coloured, COLOURS)
        self.assertRegex(self.on_terminal("list", NO_COLOR=""), COLOURS)
        plain_text = self.on_terminal("list", NO_COLOR="1")
        self.assertNotIn("\x1b", plain_text)
        self.assertEqual(without_colours(coloured), plain_text)

    def rows(self, *arguments, columns):
        lines = without_colours(self.on_terminal(*arguments, columns=columns)).split("\n")
        end = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
        return lines[:end]

    def test_columns_are_aligned_whatever_the_script(self):
        for columns in (60, 80, 200):
            header, *rows = self.rows("list", columns=columns)
            starts = [match.start() for match in re.finditer(r"\S+", header)]
            self.assertGreater(len(rows), 5)
            for row in rows:
                # Every column begins after a blank, on the same screen column in each line.
                for start in starts[1:]:
                    before = self.cut(row, start)
                    self.assertEqual(width(before), start, (columns, row))
                    self.assertTrue(before.endswith(" "), (columns, row))
            joined = "\n".join(rows)
            if columns == 200:
                self.assertIn("検索ページのクロスサイトスクリプティング脆弱性について報告します", joined)
                self.assertIn("Cafe\u0301 me\u0301te\u0301o", joined.replace("é", "e\u0301"))

    @staticmethod
    def cut(text, columns):
        end = 0
        while end < len(text) and width(text[:end]) < columns:
            end += 1
        while end < len(text) and width(text[end]) == 0:
            end += 1
        return text[:end]

    def test_no_line_is_wider_than_the_terminal(self):
        for columns in (60, 80, 120, 200):
            views = [["list"], ["inbox"], ["search", "zonnedam"], ["show", self.wide["case"]], ["show", self.evil["case"]],
                     ["log", self.evil["case"]]]
            if columns >= 120:
                # A checksum is never cut.
                views.append(["attachments", WORLD.imported["attachments"]["case"]])
            for arguments in views:
                with self.subTest(arguments=arguments, columns=columns):
                    lines = without_colours(self.on_terminal(*arguments, columns=columns)).split("\n")
                    if arguments == ["list"]:
                        # The sentences below the table may run on.
                        lines = lines[:lines.index("")]
                    for line in lines:
                        self.assertLessEqual(width(line), columns, line)

    def test_piped_tables_cut_nothing(self):
        output = self.desk.cvdesk("list").stdout.decode()
        self.assertIn("検索ページのクロスサイトスクリプティング脆弱性について報告します", output)

    def test_what_is_filed_does_not_sink_unseen(self):
        self.assertRegex(self.on_terminal("list"), r"\d+ messages? filed without a case and not reviewed")


class NotUsed(Cli):
    def test_an_empty_desk_is_shown_without_errors(self):
        with ThrowawayDesk(programs()) as desk:
            for arguments in (["list"], ["inbox"], ["outbox"], ["search", "x"], ["verify"], ["certificates", "list"], ["inbox", "retry"]):
                done = desk.cvdesk(*arguments)
                self.assertEqual(done.stderr, b"", arguments)
                if arguments != ["verify"]:
                    self.assertEqual(desk.cvdesk(*arguments, "--json").stdout, b"")


if __name__ == "__main__":
    unittest.main()
