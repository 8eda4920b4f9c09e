#!/usr/bin/python3
"""cvdeskd is killed fifty times, anywhere in its work, with mail flowing both ways: no mail is lost, none is taken in
twice, nobody is answered twice, and the team is told of every case.

CVDESK_KILLS sets another number; CVDESK_SEED repeats the moments of an earlier run.
"""
import collections
import email
import hashlib
import os
import random
import re
import signal
import subprocess
import time
import unittest

from case import MANY_ANSWERS, IntegrationTest, descendants, new_desk, still_running
from dovecot import Dovecot
from mixed_mails import MixedMails
from smtp_sink import SmtpSink
from webhook_server import WebhookServer

KILLS = int(os.environ.get("CVDESK_KILLS", 50))
QUIET_SECONDS = 90
TEAM = "team@zonnedam.example"
NOTIFY = f'[notify]\nmail = ["{TEAM}"]\nwebhook_url_file = "webhook.url"\nat_most_every = "1s"\n'


def is_agent_of(desk, command):
    """The desk's agent holds its key, not its work: as any GnuPG agent it outlives who started it."""
    return "gpg-agent" in command and str(desk.home) in command


class FiftyKills(IntegrationTest):
    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("CVDESK_SEED", random.randrange(1 << 32)))
        print(f"CVDESK_SEED={cls.seed}", flush=True)
        cls.random = random.Random(cls.seed)
        cls.dovecot = cls.enterClassContext(Dovecot())
        cls.sink = cls.enterClassContext(SmtpSink())
        cls.hook = cls.enterClassContext(WebhookServer())
        cls.desk = cls.enterClassContext(new_desk())
        cls.desk.secret("webhook.url", cls.hook.url)
        cls.desk.configure([cls.desk.mailbox("cvd", cls.dovecot), cls.desk.mailbox("security", cls.dovecot, starttls=True)],
                           cls.desk.submission(cls.sink), tables=MANY_ANSWERS + NOTIFY)
        with MixedMails(cls.desk.certificate()) as people:
            cls.mails = people.first() + [people.encrypted() for _ in range(40)]
        cls.waiting = list(cls.mails)
        cls.random.shuffle(cls.waiting)
        cls.left_behind, cls.statuses = [], collections.Counter()
        cls.usual_start = cls._time_of_a_start()
        # Every other run is one that may end by itself; it counts only when it was killed.
        for number in range(2 * KILLS):
            if cls.statuses[-signal.SIGKILL] == KILLS:
                break
            cls._deliver(KILLS - cls.statuses[-signal.SIGKILL])
            cls._run_and_kill(once=number % 2 == 0)
        unread = sum(entry["result"] == "unread" for entry in cls.desk.json("inbox"))
        unsent = sum(row["state"] == "waiting" for row in cls.desk.json("outbox"))
        print(f"{cls.statuses[-signal.SIGKILL]} runs were killed, the last one left {unread} mails unread, {unsent} answers unsent",
              flush=True)
        cls._until_quiet()

    @classmethod
    def _time_of_a_start(cls):
        """How long a run takes that finds nothing to do: the measure of the moments."""
        begin = time.monotonic()
        cls.desk.run_once()
        return time.monotonic() - begin

    @classmethod
    def _deliver(cls, runs_left):
        """Some of what is still to come: a run finds old and new mail."""
        count = min(len(cls.waiting), cls.random.randrange(2 * len(cls.waiting) // runs_left + 2))
        if runs_left == 1:
            count = len(cls.waiting)
        for _ in range(count):
            mail = cls.waiting.pop()
            cls.dovecot.deliver(mail.mailbox, mail.raw)

    @classmethod
    def _run_and_kill(cls, once):
        command = [cls.desk.programs / "cvdeskd", *(["--once"] if once else [])]
        process = subprocess.Popen(command, env=cls.desk.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(cls.usual_start * cls.random.uniform(0.05, 3))
        except subprocess.TimeoutExpired:
            pass
        processes = descendants(process.pid)
        process.kill()
        cls.statuses[process.wait()] += 1
        cls._watch_them_go(processes)

    @classmethod
    def _watch_them_go(cls, processes):
        deadline = time.monotonic() + 5
        while True:
            alive = {pid: command for pid, command in still_running(processes).items() if not is_agent_of(cls.desk, command)}
            if not alive:
                return
            if time.monotonic() > deadline:
                cls.left_behind += alive.values()
                return
            time.sleep(0.02)

    @classmethod
    def _until_quiet(cls):
        """Restarts until there is nothing left to do."""
        deadline = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < deadline:
            # An attempt that was cut off is due again after a minute: here at once.
            cls.desk.cvdesk("outbox", "retry")
            cls.desk.run_once()
            unread = [entry for entry in cls.desk.json("inbox") if entry["result"] == "unread"]
            waits = [row for row in cls.desk.json("outbox") if row["state"] == "waiting"]
            if not unread and not waits:
                return
        raise AssertionError(f"after {QUIET_SECONDS} s still {len(unread)} mails unread and {len(waits)} answers unsent")

    def test_every_mail_is_in_the_inbox_exactly_once(self):
        digests = collections.Counter(
            hashlib.sha256(self.desk.cvdesk("inbox", "raw", entry["id"]).stdout).hexdigest() for entry in self.desk.json("inbox"))
        delivered = {hashlib.sha256(mail.raw).hexdigest() for mail in self.mails}
        self.assertEqual(set(digests), delivered)
        self.assertEqual([digest for digest, count in digests.items() if count != 1], [])

    def test_every_mail_became_what_it_should(self):
        """Which of two copies by different ways is the duplicate depends on which came first."""
        expected = {hashlib.sha256(mail.raw).hexdigest(): mail for mail in self.mails if mail.result is not None}
        kinds = collections.Counter()
        for entry in self.desk.json("inbox"):
            mail = expected[hashlib.sha256(self.desk.cvdesk("inbox", "raw", entry["id"]).stdout).hexdigest()]
            with self.subTest(mail=mail.name):
                self.assertEqual(entry["kind"], mail.kind)
                if mail.result == "filed":
                    self.assertEqual(entry["result"], "filed")
                else:
                    self.assertIn(entry["result"], ("case", "duplicate"))
            kinds[entry["result"]] += 1
        wanted = collections.Counter(mail.result for mail in expected.values())
        self.assertEqual(kinds, wanted)

    def test_no_case_is_without_its_mail_and_no_number_is_missing(self):
        references = [case["reference"] for case in self.desk.json("list", "--all")]
        numbers = sorted(int(reference.rpartition("-")[2]) for reference in references)
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        opened = [entry["case"] for entry in self.desk.json("inbox") if entry["result"] == "case"]
        self.assertEqual(sorted(opened), sorted(references))

    def test_every_case_is_acknowledged_exactly_once(self):
        sent = collections.defaultdict(list)
        for mail in self.sink.mails():
            sent[email.message_from_bytes(mail.data)["Message-ID"]].append(mail)
        for message_id, deliveries in sent.items():
            with self.subTest(message_id=message_id):
                self.assertEqual(len({(tuple(mail.recipients), mail.data) for mail in deliveries}), 1,
                                 "what is sent again are the same bytes to the same address")
        rows = self.desk.json("outbox")
        self.assertEqual({row["state"] for row in rows}, {"sent"})
        owed = {f"<{row['message_id']}>": row for row in rows if row["to"] != "webhook"}
        self.assertEqual(set(sent), set(owed))
        answered = collections.Counter(row["case"] for row in rows if row["purpose"] == "acknowledgement")
        cases = [entry["case"] for entry in self.desk.json("inbox") if entry["result"] == "case"]
        self.assertEqual(answered, collections.Counter(cases))

    def test_the_team_is_told_of_every_case(self):
        """By mail; the webhook may be called twice, where the answer to the first call was lost."""
        by_mail = b"".join(mail.data for mail in self.sink.mails() if mail.recipients == [TEAM]).decode()
        by_hook = b"".join(self.hook.bodies).decode()
        self.assertTrue(by_mail and by_hook)
        for said in (by_mail, by_hook):
            batches = re.findall(r"(\d+) nieuwe zaken|(1) nieuwe zaak", said)
            self.assertGreaterEqual(sum(int(many or one) for many, one in batches), len(self.desk.json("list", "--all")))

    def test_the_store_is_whole(self):
        facts = self.desk.json("verify")[0]
        self.assertEqual((facts["good"], facts["problems"]), (True, []))

    def test_each_opening_of_a_case_stands_in_the_audit_trail_once(self):
        for case in self.desk.json("list", "--all")[::10]:
            with self.subTest(case=case["reference"]):
                log = [event["action"] for event in self.desk.json("log", case["reference"])]
                self.assertEqual(log.count("case-opened"), 1)
                self.assertEqual(log.count("acknowledgement-sent"), 1)

    def test_no_process_stayed_behind(self):
        self.assertEqual(self.left_behind, [])

    def test_so_many_runs_were_killed_and_none_failed_by_itself(self):
        """Neither a lock nor a journal of a killed one is in the way of the next."""
        self.assertLessEqual(set(self.statuses), {0, -signal.SIGKILL})
        self.assertEqual(self.statuses[-signal.SIGKILL], KILLS)

    def test_no_temporary_file_stayed_behind(self):
        """An empty folder may, of a run that was killed between making it and starting who would remove it."""
        self.assertEqual([str(path) for path in self.desk.runtime.rglob("*") if not path.is_dir()], [])

    def test_a_further_run_does_nothing(self):
        sent = len(self.sink.mails())
        self.desk.run_once()
        self.assertEqual(len(self.sink.mails()), sent)


if __name__ == "__main__":
    unittest.main()
