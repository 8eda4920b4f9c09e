#!/usr/bin/python3
"""Compares lib/mime with Python's email package: over mails that Python generates, over damaged ones made of
those, and over files. Usage: differential.py TREE_DUMP [--count N] [--seed N] [FILE...]

Trees, decoded bytes, subjects, senders and dates must agree, but where the two differ on purpose: see `differs`."""
import argparse
import email
import email.charset
import email.header
import email.policy
import email.utils
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from email.message import EmailMessage

WORDS = ["leak", "café", "日本語", "a=b", "-- ", "From here", ".", "naïve Zoë", "x" * 90, "trailing  ", "\tindented", "€ 100", ""]


def sentence(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, 12)))


def text(rng):
    return "\n".join(sentence(rng) for _ in range(rng.randint(0, 8))) + "\n"


def generate(rng, depth=0):
    mail = EmailMessage(policy=rng.choice([email.policy.SMTP, email.policy.default]))
    if depth == 0 or rng.random() < 0.5:
        mail["From"] = email.utils.formataddr((sentence(rng).strip()[:60], "ann@example.org"))
        mail["To"] = "Desk <cvd@zonnedam.example>, second@example.org"
        mail["Subject"] = " ".join(sentence(rng).split())
        mail["Date"] = email.utils.formatdate(rng.randint(0, 2_000_000_000), localtime=False)
        mail["Message-ID"] = f"<{rng.random()}@example.org>"
    charset = rng.choice(["utf-8", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"])
    body = text(rng)
    try:
        body.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    mail.set_content(body, charset=charset, cte=rng.choice([None, "base64", "quoted-printable"]))
    if rng.random() < 0.4:
        mail.add_alternative("<p>" + text(rng) + "</p>", subtype="html")
    for _ in range(rng.choice([0, 0, 1, 2])):
        name = rng.choice(["a.txt", "café menu.pdf", "日本語" * 12 + ".bin", "long" * 40 + ".dat", 'q"uote;d.txt'])
        mail.add_attachment(rng.randbytes(rng.randint(0, 400)), maintype="application", subtype="octet-stream", filename=name)
    if depth < 3 and rng.random() < 0.3:
        mail.add_attachment(generate(rng, depth + 1))
    return mail


def damage(rng, raw):
    lines = raw.split(b"\n")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        what = rng.randrange(4)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(at, rng.choice([b"", b"--", b"--=======", b"no field here"]))
        elif what == 2:
            lines[at] = lines[at][: len(lines[at]) // 2]
        else:
            lines = lines[: max(at, 1)]
        lines = lines or [b""]
    return b"\n".join(lines)


def leaves(message):
    """Python's tree, flattened as ours: pre-order, each with its depth."""
    work = [(message, 0)]
    while work:
        part, depth = work.pop()
        yield part, depth
        if part.is_multipart():
            work.extend((child, depth + 1) for child in reversed(part.get_payload()))


def filename_of(part):
    name = part.get_filename() or ""
    if "=?" in name:
        name = str(email.header.make_header(email.header.decode_header(name)))
    return name


def decoded(part):
    payload = part.get_payload(decode=True)
    return payload if payload is not None else b""


def differs(raw, ours):
    """What disagrees, as a list of sentences."""
    theirs = email.message_from_bytes(raw, policy=email.policy.compat32)
    if "error" in ours:
        return [ours["error"]]
    wrong = []
    parts = list(leaves(theirs))
    shape = [(part["depth"], part["type"]) for part in ours["parts"]]
    expected = []
    for part, depth in parts:
        # A multipart without parts is a text to us.
        empty = part.get_content_maintype() == "multipart" and not part.is_multipart()
        expected.append((depth, "text/plain" if empty else part.get_content_type()))
    if shape != expected:
        return [f"tree {shape}, Python has {expected}"]
    for mine, (part, _) in zip(ours["parts"], parts):
        if mine["fields"] != len(part.keys()):
            wrong.append(f"{mine['fields']} fields, Python has {part.keys()}")
        if not mine["leaf"] or part.is_multipart():
            continue
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        body, other = bytes.fromhex(mine["body"]), decoded(part)
        if encoding == "quoted-printable":  # binascii drops what is no escape at the end of a line
            body, other = body.replace(b"\r\n", b"\n").rstrip(), other.replace(b"\r\n", b"\n").rstrip()
        if encoding not in ("base64", "quoted-printable", "x-uuencode"):
            body, other = body.rstrip(b"\r\n"), other.rstrip(b"\r\n")
        if body != other:
            wrong.append(f"{encoding} body {body[:80]!r} ({len(body)}), Python has {other[:80]!r} ({len(other)})")
        if (name := filename_of(part)) and "/" not in name and "\\" not in name and len(name.encode()) <= 200:
            if " ".join(mine["filename"].split()) != " ".join(name.split()):
                wrong.append(f"file name {mine['filename']!r}, Python has {name!r}")
    try:
        subject = str(email.header.make_header(email.header.decode_header(theirs.get("Subject", ""))))
    except (LookupError, UnicodeError, email.errors.HeaderParseError, ValueError):
        subject = None
    if subject is not None and "\ufffd" not in subject and "".join(ours["subject"].split()) != "".join(subject.split()):
        wrong.append(f"subject {ours['subject']!r}, Python has {subject!r}")
    if date := email.utils.parsedate_tz(theirs.get("Date", "")):
        try:
            if ours.get("date") != email.utils.mktime_tz(date):
                wrong.append(f"date {ours.get('date')}, Python has {email.utils.mktime_tz(date)}")
        except (ValueError, OverflowError):
            pass
    addresses = [a for _, a in email.utils.getaddresses([str(theirs.get("From", ""))]) if "@" in a]
    if [a for _, a in ours["from"] if a] != addresses:
        wrong.append(f"from {ours['from']}, Python has {addresses}")
    return wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tree_dump")
    arguments.add_argument("--count", type=int, default=0)
    arguments.add_argument("--damaged", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("files", nargs="*", type=pathlib.Path)
    options = arguments.parse_intermixed_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="cvdesk-test-") as folder:
        files = list(options.files)
        for number in range(options.count + options.damaged):
            raw = generate(rng).as_bytes()
            file = pathlib.Path(folder, f"{number}.eml")
            file.write_bytes(damage(rng, raw) if number >= options.count else raw)
            files.append(file)
        failed = 0
        for start in range(0, len(files), 200):
            batch = files[start : start + 200]
            run = subprocess.run([options.tree_dump, *map(str, batch)], capture_output=True, check=True)
            for file, line in zip(batch, run.stdout.splitlines(), strict=True):
                if wrong := differs(file.read_bytes(), json.loads(line)):
                    failed += 1
                    print(f"{file}:", *wrong, sep="\n  ")
        print(f"{len(files) - failed} of {len(files)} agree")
        return 1 if failed or not files else 0


sys.exit(main())
