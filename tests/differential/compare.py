#!/usr/bin/python3
"""Compares what lib/mime makes of mails with what GMime and Python's email package make of them.
Usage: compare.py PROGRAMS [--well-formed N] [--damaged N] [--seed N] [--show] [--time] [FILE-OR-FOLDER...]

PROGRAMS is the folder of read_by_cvdesk and read_by_gmime. Well-formed mails must be read as they were meant. Of
damaged ones and of files: where GMime and Python agree on a fact (the tree, a part's body or file name, subject,
senders, date, Message-ID), lib/mime must say the same, or have its reason in on_purpose.py."""
import argparse
import base64
import collections
import json
import pathlib
import random
import subprocess
import sys

sys.dont_write_bytecode = True
import damaged_mails
import on_purpose
import read_by_python
import some_mails


def frames(mails):
    return b"".join(b"%d\n%s" % (len(raw), raw) for raw in mails)


def readings(program, mails):
    out = subprocess.run([program], input=frames(mails), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def tree(reading):
    """A list of (depth, media type); a multipart without parts is a text."""
    if "error" in reading:
        return [(0, reading["error"])]
    parts = reading["parts"]
    nodes = []
    for part, following in zip(parts, [*parts[1:], {"depth": 0}]):
        empty = part["type"].startswith("multipart/") and following["depth"] <= part["depth"]
        nodes.append((part["depth"], "text/plain" if empty else part["type"]))
    return nodes


def unspaced(text):
    return None if text is None else "".join(text.split())


FACTS = {
    "tree": tree,
    "subject": lambda reading: unspaced(reading.get("subject") or ""),
    "from": lambda reading: [address.lower() for _, address in reading.get("from", []) if "@" in address],
    "date": lambda reading: reading.get("date"),
    "message_id": lambda reading: (reading.get("message_id") or "").strip("<>"),
}
PART_FACTS = {"body": lambda part: bytes.fromhex(part["body"]), "filename": lambda part: unspaced(part["filename"])}


def facts(three):
    """(what, where, ours, what both others say) for all on which the others agree."""
    for what, fact in FACTS.items():
        ours, gmime, python = map(fact, three)
        if gmime == python:
            yield what, None, ours, gmime
    if not tree(three[0]) == tree(three[1]) == tree(three[2]):
        return
    for at, parts in enumerate(zip(*(reading["parts"] for reading in three))):
        if not all(part["leaf"] for part in parts):
            continue
        for what, fact in PART_FACTS.items():
            ours, gmime, python = map(fact, parts)
            if gmime == python:
                yield what, at, ours, gmime


def why(what, raw, three, at, ours, theirs):
    for text, applies in on_purpose.REASONS.get(what, []):
        if applies(raw, three, at, ours, theirs):
            return text
    return None


class Tally:
    def __init__(self, show):
        self.show = show
        self.agreed_on = collections.Counter()  # by GMime and Python
        self.otherwise = collections.Counter()  # (what, reason)

    def add(self, name, raw, three):
        for what, at, ours, theirs in facts(three):
            self.agreed_on[what] += 1
            if ours == theirs:
                continue
            text = why(what, raw, three, at, ours, theirs)
            self.otherwise[what, text] += 1
            if text is None or self.show:
                print(f"{name}: {what}" + ("" if at is None else f" of part {at}") + f"\n  ours   {str(ours)[:300]}\n  theirs {str(theirs)[:300]}")

    def report(self):
        """Whether no more than two facts in a thousand lack a reason: damage has no end."""
        good = True
        for what, count in self.agreed_on.items():
            others = {text: n for (fact, text), n in self.otherwise.items() if fact == what}
            unexplained = others.pop(None, 0)
            same = count - sum(others.values()) - unexplained
            print(f"{what}: {same} of {count} as GMime and Python ({100 * same / count:.2f} %), {unexplained} otherwise without a reason")
            for text, n in sorted(others.items()):
                print(f"  {n} on purpose: {text}")
            good = good and unexplained * 500 <= count
        return good


def check_well_formed(programs, rng, count):
    """Whether all were read as they were meant."""
    combinations = some_mails.combinations()
    rng.shuffle(combinations)
    meant = [some_mails.one(rng, *combinations[n % len(combinations)]) for n in range(count)]
    wrong = 0
    for (raw, truth), ours in zip(meant, readings(programs / "read_by_cvdesk", [raw for raw, _ in meant]), strict=True):
        if said := differences(truth, ours):
            wrong += 1
            print("read otherwise than it was meant:", *said, raw.decode(errors="replace")[:2000], sep="\n  ")
    print(f"{count - wrong} of {count} well-formed mails are read as they were meant")
    return wrong == 0


def differences(truth, ours):
    if tree(truth) != tree(ours):
        return [f"tree {tree(ours)}, meant {tree(truth)}"]
    said = [f"{what}: {fact(ours)}, meant {fact(truth)}" for what, fact in FACTS.items() if fact(ours) != fact({"from": [], **truth, "from": [["", a] for a in truth["from"]]})]
    for mine, part in zip(ours["parts"], truth["parts"]):
        if part["body"] is not None and bytes.fromhex(mine["body"]) != part["body"]:
            said.append(f"body {bytes.fromhex(mine['body'])!r}, meant {part['body']!r}")
        if mine["filename"] != part["filename"]:
            said.append(f"file name {mine['filename']!r}, meant {part['filename']!r}")
    return said


def seconds(program, mails):
    return float(subprocess.run([program, "--time", "5"], input=frames(mails), stdout=subprocess.PIPE, check=True).stdout)


def large_mails(rng):
    """What fills a mailbox: a text, and pictures in base64."""
    mails = []
    for _ in range(20):
        raw, _ = some_mails.one(rng, "utf-8", "quoted-printable", "related in mixed", "CRLF")
        picture = base64.encodebytes(rng.randbytes(rng.randrange(1_000_000))).replace(b"\n", b"\r\n")
        boundary = b"%d" % rng.getrandbits(60)
        part = b"--%s\r\nContent-Type: %s\r\n%s\r\n%s\r\n"
        mails.append(b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n"
                     + part % (boundary, b"message/rfc822", b"", raw)
                     + part % (boundary, b"image/png; name=a.png", b"Content-Transfer-Encoding: base64\r\n", picture)
                     + b"--" + boundary + b"--\r\n")
    return mails


def report_speed(programs, title, mails):
    megabytes = sum(map(len, mails)) / 1e6
    took = {"cvdesk": seconds(programs / "read_by_cvdesk", mails), "GMime": seconds(programs / "read_by_gmime", mails)}
    took["Python"] = min(read_by_python.seconds(mails) for _ in range(2))
    print(f"to parse and decode {len(mails)} {title}, {megabytes:.1f} MB:")
    for name, time in took.items():
        ratio = "" if name == "cvdesk" else f"; cvdesk is {time / took['cvdesk']:.2f} times as fast"
        print(f"  {name}: {megabytes / time:.1f} MB/s, {len(mails) / time:.0f} mails/s" + ratio)


def files_of(path):
    found = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    if not found:
        sys.exit(f"nothing in {path}")
    return found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("programs", type=pathlib.Path)
    arguments.add_argument("--well-formed", type=int, default=0)
    arguments.add_argument("--damaged", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", action="store_true", help="also what differs on purpose")
    arguments.add_argument("--time", action="store_true", help="how fast each of the three is")
    arguments.add_argument("paths", nargs="*", type=pathlib.Path)
    options = arguments.parse_intermixed_args()
    rng = random.Random(options.seed)
    good = check_well_formed(options.programs, rng, options.well_formed)

    combinations = some_mails.combinations()
    mails = {str(file): file.read_bytes() for path in options.paths for file in files_of(path)}
    for number in range(options.damaged):
        raw, _ = some_mails.one(rng, *rng.choice(combinations))
        mails[f"damaged {number} of seed {options.seed}"] = damaged_mails.damage(rng, raw)
    raws = list(mails.values())
    tally = Tally(options.show)
    programs = [options.programs / "read_by_cvdesk", options.programs / "read_by_gmime"]
    for name, raw, ours, gmime in zip(mails, raws, *(readings(program, raws) for program in programs), strict=True):
        tally.add(name, raw, (ours, gmime, read_by_python.read(raw)))
    good = tally.report() and good
    if options.time:
        report_speed(options.programs, "small mails", raws)
        report_speed(options.programs, "large mails", large_mails(rng))
    return 0 if good and (raws or options.well_formed) else 1


sys.exit(main())
