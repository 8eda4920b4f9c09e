#!/usr/bin/python3
"""What `scripts/demo` shows: a throwaway desk, a real Dovecot, an SMTP server, sample reports, cvdeskd --once."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
from email import message_from_bytes

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from dovecot import Dovecot  # noqa: E402
from sample_reports import SampleReports  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402

COLOUR = sys.stdout.isatty()


def heading(text):
    print(f"\n\033[1;36m── {text}\033[0m" if COLOUR else f"\n── {text}", flush=True)


def say(text=""):
    print(text, flush=True)


def run_shown(desk, *arguments):
    """Runs a command of the desk as a person would type it, and lets it print."""
    heading("$ cvdesk " + " ".join(arguments))
    subprocess.run([desk.programs / "cvdesk", *arguments], env=desk.environment, check=True)


def deliver(dovecot, reports):
    heading("Reports arrive in the mailbox cvd@zonnedam.example")
    mails = reports.all()
    for name, mail in mails.items():
        dovecot.deliver("cvd", mail)
        say(f"  {name:<14} {len(mail):>7} bytes")
    return mails


def acknowledgement_of(sink, report):
    """The answer to this very mail: its sender may have written more of them."""
    wanted = message_from_bytes(report)["Message-ID"]
    return next(mail.data for mail in sink.mails() if message_from_bytes(mail.data)["In-Reply-To"] == wanted)


def find(desk, kind, word):
    return next(c["reference"] for c in desk.json("list") if c["kind"] == kind and word in c["title"])


def show_answers(desk, reports, mails, sink):
    heading("The acknowledgement as Sam, who wrote in the clear, got it")
    sam = acknowledgement_of(sink, mails["plain"])
    reports.pieter.learn(reports.desk_certificate)
    opened = reports.pieter.open(sam)
    say("Subject: " + str(opened.subject))
    say(opened.text)
    say(f"[signed by {opened.signer}, checked with gpg]")
    heading("The acknowledgement as Roos, who encrypted and signed, got it")
    raw = acknowledgement_of(sink, mails["encrypted"])
    say("\n".join(raw.decode(errors="replace").splitlines()[:14]) + "\n  …")
    opened = reports.roos.open(raw)
    say("\nand opened with her key:\n")
    say("Subject: " + str(opened.subject))
    say(opened.text)
    say(f"[encrypted: {opened.encrypted}; signed by {opened.signer}]")


def follow_up(desk, dovecot, sink, reports):
    heading("Sam answers; the follow-up joins the case")
    answer = next(row for row in desk.json("outbox") if row["to"] == "sam@whitfield.example")
    dovecot.deliver("cvd", reports.follow_up(answer["message_id"]))
    desk.run_once()


def check(desk):
    results = {row["result"] for row in desk.json("inbox")}
    kinds = {row["kind"] for row in desk.json("inbox")}
    missing = {"case", "filed", "follow-up"} - results | {"report", "undecryptable", "bounce"} - kinds
    if missing:
        sys.exit(f"demo: expected to see {', '.join(sorted(missing))} in the inbox")


def main():
    programs, keep = pathlib.Path(sys.argv[1]).resolve(), "--keep" in sys.argv[2:]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-demo-"))
    try:
        with Dovecot() as dovecot, SmtpSink() as sink, ThrowawayDesk(programs, folder) as desk:
            desk.configure([desk.mailbox("cvd", dovecot, aliases=["security@zonnedam.example"])], desk.submission(sink))
            with SampleReports(desk.certificate()) as reports:
                mails = deliver(dovecot, reports)
                heading("$ cvdeskd --once")
                result = desk.run_once()
                say(result.stderr.decode(errors="replace").rstrip())
                follow_up(desk, dovecot, sink, reports)
                run_shown(desk, "list")
                run_shown(desk, "show", find(desk, "report", "SQL"))
                show_answers(desk, reports, mails, sink)
                run_shown(desk, "inbox")
                run_shown(desk, "verify")
                check(desk)
                heading("Where to look further")
                say("cvdesk(1), cvdeskd(8) and cvdesk.toml(5): man -l docs/man/…; docs/architecture.md; README.md")
                if keep:
                    wait(desk, dovecot)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait(desk, dovecot):
    daemon = desk.start_daemon(desk.folder / "cvdeskd.log")
    say(f"""
It is all running. In another terminal:

  export CVDESK_CONFIG={desk.configuration} PATH={desk.programs}:$PATH
  cvdesk list
  cvdesk doctor

The mailbox is a Maildir: a mail put into {dovecot.maildir('cvd')}/new is taken in within a second.
The log: {desk.folder}/cvdeskd.log. Ctrl-C ends it and removes everything.""")
    try:
        daemon.wait()
    except KeyboardInterrupt:
        pass
    finally:
        daemon.terminate()
        daemon.wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
