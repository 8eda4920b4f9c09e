#!/usr/bin/python3
"""cvdeskd as a service: what it tells its manager, how it ends, how it gets over servers that come and go."""
import concurrent.futures
import re
import signal
import threading
import time
import unittest

from case import MANY_ANSWERS, IntegrationTest, descendants, state_of, still_running, text_of_log
from fake_imap import FakeImap
from reporter import plain
from sample_reports import DESK


def report(number):
    return plain(f"Sam Whitfield <sam{number}@whitfield.example>", DESK, f"Reflected XSS, page {number}",
                 f"https://www.zonnedam.example/page{number}?q=%3Cscript%3E reflects its parameter.\n")


class Service(IntegrationTest):
    def setUp(self):
        self.server, self.smtp, self.home = self.dovecot(), self.sink(), self.desk()
        self.configure()

    def configure(self, *others, **mailbox_keys):
        self.home.configure([self.home.mailbox("cvd", self.server, **mailbox_keys), *others], self.home.submission(self.smtp),
                            tables=MANY_ANSWERS)

    def titles(self):
        return sorted(case["title"] for case in self.home.json("list"))

    def wait_for_cases(self, count, seconds=20):
        self.wait_until(lambda: len(self.titles()) == count, seconds, f"{count} cases")

    def wait_for_answers(self, count, seconds=20):
        self.wait_until(lambda: len(self.smtp.mails()) == count, seconds, f"{count} acknowledgements")


class Manager(Service):
    """sd_notify(3)"""

    def test_it_tells_that_it_is_ready_and_that_it_stops(self):
        daemon = self.daemon(self.home)
        self.assertEqual(daemon.notify.count("STOPPING=1"), 0)
        daemon.process.send_signal(signal.SIGTERM)
        self.assertTrue(daemon.notify.wait_for("STOPPING=1", 10))
        self.assertEqual(daemon.stop(), 0)

    def test_it_is_ready_only_once_and_before_the_first_mail_is_read(self):
        for number in range(20):
            self.server.deliver("cvd", report(number))
        daemon = self.daemon(self.home)
        self.wait_for_cases(20)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.notify.count("READY=1"), 1)

    def test_the_watchdog_hears_of_it_in_time(self):
        daemon = self.daemon(self.home, WATCHDOG_USEC="900000")
        for _ in range(3):
            daemon.notify.said.clear()
            self.assertTrue(daemon.notify.wait_for("WATCHDOG=1", 0.9))

    def test_without_a_watchdog_there_is_no_beat(self):
        daemon = self.daemon(self.home)
        self.assertFalse(daemon.notify.wait_for("WATCHDOG=1", 1.5))

    def test_a_daemon_that_cannot_start_is_never_ready(self):
        (self.home.home / "store.key").unlink()
        daemon = self.daemon(self.home, ready=False)
        self.assertNotEqual(daemon.process.wait(10), 0)
        self.assertFalse(daemon.notify.wait_for("READY=1", 0.2))


class Stop(Service):
    def test_either_signal_ends_it_with_nothing_lost(self):
        for number, how in enumerate((signal.SIGTERM, signal.SIGINT)):
            with self.subTest(signal=how.name):
                for mail in range(40):
                    self.server.deliver("cvd", report(100 * number + mail))
                daemon = self.daemon(self.home)
                self.wait_until(lambda: len(self.titles()) > 40 * number, 20, "the first case of this run")
                begin = time.monotonic()
                self.assertEqual(daemon.stop(how), 0)
                self.assertLess(time.monotonic() - begin, 10)
                self.home.cvdesk("outbox", "retry")
                self.home.run_once()
                self.assertEqual(len(self.titles()), 40 * (number + 1))
                self.assertEqual(len(set(self.titles())), 40 * (number + 1))
        self.assertEqual(len({re.search(rb"^Message-ID: (.*)\r$", m.data, re.M | re.I)[1] for m in self.smtp.mails()}), 80)
        self.assertTrue(self.home.json("verify")[0]["good"])

    def stalled_mailbox(self, where):
        server = self.enterContext(FakeImap(on={where: lambda session, tag, rest: session.stall()}))
        self.addCleanup(server.stopped.set)
        return server, {"name": "stalled", "address": "stalled@zonnedam.example", "url": server.url("INBOX"), "user": "cvd",
                        "password_file": self.home.secret("stalled.pass", "x"), "ca_file": str(server.ca)}

    def test_it_ends_while_a_server_says_nothing_and_the_other_mailbox_goes_on(self):
        for where in ("GREETING", "AUTHENTICATE", "SELECT", "UID FETCH", "IDLE"):
            with self.subTest(stalls_at=where):
                server, mailbox = self.stalled_mailbox(where)
                self.configure(mailbox)
                daemon = self.daemon(self.home)
                self.wait_until(lambda: any(name == where for name, _ in server.commands), 10, f"{where} at the stalled server")
                known = len(self.titles())
                self.server.deliver("cvd", report(where.replace(" ", "")))
                self.wait_for_cases(known + 1)
                begin = time.monotonic()
                self.assertEqual(daemon.stop(), 0)
                self.assertLess(time.monotonic() - begin, 10)

    def test_a_run_once_ends_too_while_a_server_says_nothing(self):
        server, mailbox = self.stalled_mailbox("SELECT")
        self.configure(mailbox)
        self.server.deliver("cvd", report(1))
        daemon = self.daemon(self.home, "--once", ready=False)
        self.wait_until(lambda: any(name == "SELECT" for name, _ in server.commands), 10, "the stalled SELECT")
        begin = time.monotonic()
        daemon.stop()
        self.assertLess(time.monotonic() - begin, 10)
        self.configure()
        self.home.run_once()
        self.assertEqual(len(self.titles()), 1)

    def test_it_ends_while_the_submission_server_says_nothing(self):
        self.smtp.fail("data", "stall")
        self.server.deliver("cvd", report(1))
        daemon = self.daemon(self.home)
        self.wait_until(lambda: self.smtp.commands["data"], 20, "the stalled delivery")
        begin = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - begin, 10)
        self.smtp.heal()
        self.home.cvdesk("outbox", "retry")
        self.home.run_once()
        self.assertEqual(len(self.smtp.mails()), 1)

    def test_its_processes_end_with_it(self):
        daemon = self.daemon(self.home)
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1)
        processes = descendants(daemon.pid)
        self.assertGreater(len(processes), 0)
        daemon.stop()
        left = lambda: [c for c in still_running(processes).values() if "gpg-agent" not in c]
        self.wait_until(lambda: not left(), 5, "the end of its processes")
        self.assertEqual(list(self.home.runtime.rglob("*")), [])


class OneStore(Service):
    def test_a_second_daemon_is_refused(self):
        daemon = self.daemon(self.home)
        for arguments in ((), ("--once",)):
            with self.subTest(arguments=arguments):
                second = self.home.run("cvdeskd", *arguments, check=False, timeout=20)
                self.assertEqual(second.returncode, 5)
                lines = text_of_log(second).splitlines()
                self.assertTrue(any(line.startswith("cvdeskd: another cvdeskd works on the store") for line in lines), lines)
                self.assertTrue(any(line.startswith("hint: ") for line in lines), lines)
        self.assertIsNone(daemon.process.poll())
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1)

    def test_after_its_end_another_may_start(self):
        self.daemon(self.home).stop()
        self.daemon(self.home).stop(signal.SIGKILL)
        self.server.deliver("cvd", report(1))
        self.daemon(self.home)
        self.wait_for_cases(1)


class Mailbox(Service):
    def test_a_mail_that_comes_while_it_idles_becomes_a_case_at_once(self):
        self.configure(poll_interval="1h")
        daemon = self.daemon(self.home)
        time.sleep(1)
        for number in range(3):
            with self.subTest(mail=number):
                self.server.deliver("cvd", report(number))
                self.wait_for_cases(number + 1, 6)
        self.wait_for_answers(3)
        self.assertNotIn("error", daemon.log())

    def test_without_idle_it_is_polled_for(self):
        self.configure(idle=False, poll_interval="1s")
        self.daemon(self.home)
        time.sleep(1)
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1, 6)

    def test_after_intake_is_carried_out_while_it_runs(self):
        self.configure(after_intake="seen", poll_interval="1s")
        self.daemon(self.home)
        time.sleep(0.5)
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1)
        self.wait_until(lambda: [n for n in self.server.mails("cvd") if n.endswith(":2,S")], 10, "the mail marked as read")

    def test_a_server_that_restarts_is_found_again(self):
        self.configure(poll_interval="1h")
        daemon = self.daemon(self.home)
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1)
        self.server.go_away()
        self.server.deliver("cvd", report(2))
        self.wait_until(lambda: re.search(r"error: mailbox cvd: ", daemon.log()), 10, "a word about the lost server in the log")
        self.server.come_back()
        self.wait_for_cases(2, 30)
        self.server.deliver("cvd", report(3))
        self.wait_for_cases(3, 10)
        self.assertIsNone(daemon.process.poll())

    def test_a_server_that_is_not_there_yet_is_waited_for(self):
        self.server.go_away()
        daemon = self.daemon(self.home)
        self.server.deliver("cvd", report(1))
        self.wait_until(lambda: "error: mailbox cvd: " in daemon.log(), 10, "a word about the missing server in the log")
        self.server.come_back()
        self.wait_for_cases(1, 30)

    def test_a_submission_server_that_is_away_delays_only_the_answers(self):
        self.smtp.fail("connect", "drop")
        self.daemon(self.home)
        self.server.deliver("cvd", report(1))
        self.wait_for_cases(1)
        self.smtp.heal()
        self.wait_until(lambda: self.home.json("outbox")[0]["attempts"] > 0, 20, "the first attempt")
        self.home.cvdesk("outbox", "retry")
        self.wait_for_answers(1, 25)


class Check(Service):
    def check_configuration(self):
        return self.home.run("cvdeskd", "--check", check=False)

    def test_a_good_configuration_is_called_good(self):
        checked = self.check_configuration()
        self.assertEqual(checked.returncode, 0, text_of_log(checked))

    def test_it_connects_to_nothing_and_changes_nothing(self):
        self.server.deliver("cvd", report(1))
        self.check_configuration()
        self.assertEqual(self.home.json("inbox"), [])
        self.assertNotIn("Login:", self.server.log())

    def test_it_works_beside_the_running_daemon(self):
        self.daemon(self.home)
        self.assertEqual(self.check_configuration().returncode, 0)

    def test_a_bad_configuration_is_named_with_file_line_and_key(self):
        text = self.home.configuration.read_text()
        self.home.configuration.write_text(text.replace("poll_interval", "pol_interval"))
        line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("poll_interval"))
        checked = self.check_configuration()
        self.assertEqual(checked.returncode, 4)
        self.assertIn(f"cvdesk.toml:{line}", text_of_log(checked))
        self.assertIn("pol_interval", text_of_log(checked))

    def test_a_secret_that_others_can_read_is_refused(self):
        (self.home.home / "cvd.imap.pass").chmod(0o644)
        checked = self.check_configuration()
        self.assertEqual(checked.returncode, 4)
        self.assertIn("cvd.imap.pass", text_of_log(checked))
        self.assertIn("hint: chmod 600", text_of_log(checked))


class CommandLine(Service):
    def test_it_works_beside_the_running_daemon(self):
        """Many at once, while mail comes in: nobody is told that the store is locked, and nothing gets lost."""
        daemon = self.daemon(self.home)
        self.server.deliver("cvd", report(0))
        self.wait_for_cases(1)
        case = self.home.json("list")[0]["reference"]
        files = []
        for number in range(1, 11):
            files.append(self.home.folder / f"{number}.eml")
            files[-1].write_bytes(report(f"imported{number}"))
        more = threading.Thread(target=lambda: [self.server.deliver("cvd", report(number)) for number in range(1, 61)])
        more.start()
        commands = [("note", case, "-m", f"note {number}") for number in range(10)]
        commands += [("import", path) for path in files] + [("list", "--json")] * 10 + [("inbox", "--json")] * 5
        commands += [("set", case, f"title=Title {number}") for number in range(5)] + [("verify",)] * 2
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            results = list(pool.map(lambda arguments: self.home.cvdesk(*arguments, check=False), commands))
        more.join()
        for arguments, result in zip(commands, results):
            with self.subTest(command=arguments):
                self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.wait_for_cases(71, 60)
        self.wait_for_answers(71, 60)
        shown = self.home.show(case)
        self.assertEqual(sorted(note["text"].strip() for note in shown["notes"]), sorted(f"note {number}" for number in range(10)))
        self.assertRegex(shown["title"], r"^Title \d$")
        self.assertEqual(daemon.stop(), 0)
        self.assertNotIn("locked", daemon.log())
        self.assertTrue(self.home.json("verify")[0]["good"])
        before = state_of(self.home)
        self.home.run_once()
        self.assertEqual(state_of(self.home), before)

    def test_what_is_imported_is_answered_by_the_running_daemon(self):
        self.daemon(self.home)
        path = self.home.folder / "een.eml"
        path.write_bytes(report(1))
        self.home.cvdesk("import", path)
        self.wait_for_answers(1, 25)


if __name__ == "__main__":
    unittest.main()
