#!/usr/bin/python3
"""Whole intake, timed beside a plain script in the same run on the same mails: fetch over TLS, open, read, store.

    tests/bench/intake.py [--mails 600] [--rounds 2] [--programs build/release/bin]

Prints mails a second, CPU seconds a thousand mails, the ratios, and what the idle daemon weighs (PSS of all its
processes). Only ratios from one run mean anything: the machine's disk and neighbours decide the rest.
"""
import argparse
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BENCH = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH.parent / "support"), str(BENCH.parent / "integration")]
from case import descendants  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from intake_corpus import make  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402


def timed(work):
    """→ (seconds, CPU seconds of the processes that ended in it)."""
    used = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])  # noqa: E731
    cpu, began = used(), time.monotonic()
    work()
    return time.monotonic() - began, used() - cpu


def pss_mib(pids):
    total = 0
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def desk_for(programs, dovecot):
    desk = ThrowawayDesk(programs)
    # Nobody listens there: what is measured is intake.
    submission = {"url": "smtp://127.0.0.1:9", "from": "cvd@zonnedam.example", "tls": "none"}
    desk.configure([desk.mailbox("cvd", dovecot)], submission, tables="[acknowledge]\nenabled = false\n")
    return desk


def run_desk(desk, empty):
    """empty: the store as `cvdesk init` made it."""
    for leftover in desk.home.glob("cvdesk.db*"):
        leftover.unlink()
    shutil.copy(empty, desk.home / "cvdesk.db")
    return timed(lambda: desk.run_once(check=True))


def run_script(desk, dovecot, folder):
    def script():
        path = folder / f"script-{time.monotonic_ns()}.db"
        subprocess.run([sys.executable, BENCH / "day_script.py", str(dovecot.imaps_port), dovecot.ca, dovecot.password,
                        desk.home / "gnupg", path], check=True)
    return timed(script)


def idle(desk):
    daemon = desk.start_daemon()
    try:
        time.sleep(5)
        return pss_mib([daemon.pid, *descendants(daemon.pid)])
    finally:
        daemon.terminate()
        daemon.wait()


def report(name, count, runs):
    rates = [count / seconds for seconds, _ in runs]
    cpu = [1000 * used / count for _, used in runs]
    print(f"{name:14} {statistics.median(rates):8.0f} mails/s   {statistics.median(cpu):6.2f} CPU s per 1,000 mails")
    return statistics.median(rates)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--programs", default=BENCH.parent.parent / "build/release/bin")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-bench-"))
    try:
        with Dovecot() as dovecot, desk_for(options.programs, dovecot) as desk:
            mails = make(options.mails, desk.certificate())
            for mail in mails:
                dovecot.deliver("cvd", mail)
            empty = shutil.copy(desk.home / "cvdesk.db", folder)
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(run_desk(desk, empty))
                theirs.append(run_script(desk, dovecot, folder))
            mine = report("cvdesk", options.mails, ours)
            other = report("day's script", options.mails, theirs)
            print(f"ratio          {mine / other:8.1f}")
            print(f"idle           {idle(desk):8.1f} MiB PSS, all processes")
            print(f"cases          {len(desk.json('list', '--all')):8}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
