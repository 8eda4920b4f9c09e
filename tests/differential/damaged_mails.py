"""Mails as broken programs and hostile senders leave them: one to four wounds each, reproducible by seed."""
import re


def lines(raw):
    return raw.splitlines(keepends=True) or [b""]


def flip_bytes(rng, raw):
    raw = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        if raw:
            raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def delete_line(rng, raw):
    all_lines = lines(raw)
    del all_lines[rng.randrange(len(all_lines))]
    return b"".join(all_lines)


def double_line(rng, raw):
    all_lines = lines(raw)
    at = rng.randrange(len(all_lines))
    return b"".join(all_lines[:at] + [all_lines[at]] + all_lines[at:])


def swap_lines(rng, raw):
    all_lines = lines(raw)
    a, b = rng.randrange(len(all_lines)), rng.randrange(len(all_lines))
    all_lines[a], all_lines[b] = all_lines[b], all_lines[a]
    return b"".join(all_lines)


def insert_line(rng, raw):
    all_lines = lines(raw)
    end = b"\r\n" if b"\r\n" in raw else b"\n"
    new = rng.choice([b"", b"", b"--", b"--x--", b" a fold", b"no field here", b"X-Field: value", b"From ann Sun Nov 22 10:00:00 2026", b"begin 644 a.txt", b"=", b"\xe9\xe8"])
    all_lines.insert(rng.randrange(len(all_lines) + 1), new + end)
    return b"".join(all_lines)


def halve_line(rng, raw):
    all_lines = lines(raw)
    at = rng.randrange(len(all_lines))
    all_lines[at] = all_lines[at][: len(all_lines[at]) // 2] + rng.choice([b"", b"\n", b"\r\n"])
    return b"".join(all_lines)


def truncate(rng, raw):
    return raw[: rng.randrange(len(raw) + 1)]


def edit_delimiter(rng, raw):
    all_lines = lines(raw)
    at = [n for n, line in enumerate(all_lines) if line.startswith(b"--")]
    if not at:
        return raw
    n = rng.choice(at)
    line = all_lines[n].rstrip(b"\r\n")
    end = all_lines[n][len(line) :]
    line = rng.choice([line + b" ", line + b"x", line[:-1], line[1:], line + b"--", b" " + line, b"", line.lower(), line[:-2], line + b"-"])
    all_lines[n] = line + end
    return b"".join(all_lines)


def edit_header(rng, raw):
    all_lines = lines(raw)
    at = [n for n, line in enumerate(all_lines) if re.match(rb"(?i)content-|\s+(boundary|charset|name|filename)", line)]
    if not at:
        return raw
    n = rng.choice(at)
    edits = [
        lambda l: l.replace(b";", b""),
        lambda l: l.replace(b'"', b"", 1),
        lambda l: l.replace(b":", b" :", 1),
        lambda l: l.replace(b"=", b" = ", 1),
        lambda l: l.replace(b":", b"", 1),
        lambda l: l.replace(b"/", b""),
        lambda l: l.upper(),
        lambda l: l.replace(b";", b";;"),
        lambda l: l.replace(b";", b"; ;", 1),
        lambda l: l.replace(b"text/", b"text/ "),
        lambda l: l.replace(b"multipart", b"multi part"),
        lambda l: l + l,
        lambda l: l.lstrip(),
        lambda l: b" " + l,
        lambda l: l.replace(b"\r\n", b"").replace(b"\n", b"") + b";\n",
    ]
    all_lines[n] = rng.choice(edits)(all_lines[n])
    return b"".join(all_lines)


def mix_line_ends(rng, raw):
    out = []
    for line in lines(raw):
        bare = line.rstrip(b"\r\n")
        out.append(bare + (rng.choice([b"\r\n", b"\n"]) if rng.random() < 0.2 else line[len(bare) :]))
    return b"".join(out)


WOUNDS = [flip_bytes, delete_line, double_line, swap_lines, insert_line, halve_line, truncate, edit_delimiter, edit_delimiter, edit_header, edit_header, mix_line_ends]


def damage(rng, raw):
    for _ in range(rng.randint(1, 4)):
        raw = rng.choice(WOUNDS)(rng, raw)
    return raw
