"""Well-formed mails of every form that the standards allow, each with what must be read out of it."""
import base64
import binascii
import itertools
import quopri

CHARSETS = {
    "us-ascii": "plain words, 100 % of them",
    "utf-8": "naïve Zoë, 日本語, € 100, 👍",
    "iso-8859-1": "café, çà et là",
    "iso-8859-15": "€ 100, œuvre",
    "iso-8859-2": "žluťoučký kůň",
    "windows-1251": "Уязвимость",
    "koi8-r": "Уязвимость",
    "windows-1252": "“quoted” – dash",
    "iso-2022-jp": "脆弱性の報告",
    "shift_jis": "脆弱性",
    "euc-jp": "報告",
    "gb18030": "漏洞报告",
    "big5": "漏洞",
    "euc-kr": "취약점",
    "windows-1255": "פגיעות",
}
ENCODINGS = ["", "7bit", "8bit", "binary", "base64", "quoted-printable", "BASE64", "Quoted-Printable"]
NESTINGS = ["leaf", "mixed", "alternative", "related in mixed", "message", "digest", "report", "deep"]
BOUNDARIES = ["simple", "=_with=equals", "with space", "a'()+_,-./:=?b", "-----dashes-----", "0" * 70, "(comment?)", "prefix"]
NAMES = ["report.pdf", "two words.txt", "café menu.pdf", "日本語の報告.txt", 'with "quotes".txt', "semi;colon=equals.txt", "long " * 20 + "name.txt", "per%20cent's.txt"]
SUBJECTS = ["leak in /login", "Kwetsbaarheid – café", "脆弱性の報告です " * 6, "= ?almost? =", "a" * 150, "[CVD-2026-0001] Re: über", ""]
SENDERS = [
    ("ann@example.org", "ann@example.org"),
    ("<ann@example.org>", "ann@example.org"),
    ("Ann <ann@example.org>", "ann@example.org"),
    ('"Smith, Ann" <ann@example.org>', "ann@example.org"),
    ('"Ann \\"the\\" Smith" <ann.smith@example.org>', "ann.smith@example.org"),
    ("ann@example.org (Ann Smith)", "ann@example.org"),
    ("Ann (at (home)) Smith <ann@example.org>", "ann@example.org"),
    ("=?utf-8?q?Zo=C3=AB?= <zoe@example.org>", "zoe@example.org"),
    ('"=?utf-8?B?Wm/Dqw==?=" <zoe@example.org>', "zoe@example.org"),
    ("Ann Q. Smith <a+b_c-d=e@sub.example.org>", "a+b_c-d=e@sub.example.org"),
    ('"ann smith"@example.org', '"ann smith"@example.org'),
    ("Ann <ann@[192.0.2.1]>", "ann@[192.0.2.1]"),
    ("Ann\r\n <ann@example.org>", "ann@example.org"),
    ("Researchers: ann@example.org;", "ann@example.org"),
    ("Zoë <zoe@example.org>", "zoe@example.org"),
]
DATES = [
    ("Sun, 22 Nov 2026 10:00:00 +0100", 1795338000),
    ("22 Nov 2026 10:00:00 +0100", 1795338000),
    ("Sun, 22 Nov 2026 10:00 +0100", 1795338000),
    ("Sun,  1 Mar 2026 23:59:60 -0000", 1772409600),
    ("Sun, 22 Nov 26 10:00:00 EST", 1795359600),
    ("Sun, 22 Nov 2026 10:00:00 +0100 (CET)", 1795338000),
    ("Sun, 22 Nov 2026\r\n 10:00:00 GMT", 1795341600),
]


def encoded_word(text, charset, form):
    bytes_ = text.encode(charset)
    if form == "b":
        return f"=?{charset}?B?{base64.b64encode(bytes_).decode()}?="
    quoted = "".join(chr(b) if chr(b).isascii() and chr(b).isalnum() else "_" if b == 32 else f"={b:02X}" for b in bytes_)
    return f"=?{charset}?{form}?{quoted}?="


def words(rng, text):
    """As encoded words of a few characters each, folded; or as it is where that will do."""
    if text.isascii() and "=?" not in text and rng.random() < 0.6:
        return "\r\n ".join(text.split(" ")) if rng.random() < 0.3 and "  " not in text and text[-1:] != " " else text
    size = rng.randint(3, 12)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    form = rng.choice("bqQ")
    return "\r\n ".join(encoded_word(piece, rng.choice(["utf-8", "UTF-8"]), form) for piece in pieces)


def parameter(rng, name, value):
    """The forms of RFC 2045 and 2231, and encoded words in quotes, which no standard allows and everybody writes."""
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    forms = ["percent", "pieces", "mixed"]
    forms += ["quoted", "quoted pieces", "quoted"] if value.isascii() else ["words"]
    form = rng.choice(forms)
    if form == "quoted":
        return f"{name}={quoted}"
    if form == "words":
        return f'{name}="' + "\r\n ".join(encoded_word(value[i : i + 10], "utf-8", "b") for i in range(0, len(value), 10)) + '"'
    size = rng.randint(5, 30)
    if form == "quoted pieces":
        pieces = [value[i : i + size] for i in range(0, len(value), size)]
        return ";\r\n ".join(f'{name}*{n}="' + p.replace("\\", "\\\\").replace('"', '\\"') + '"' for n, p in enumerate(pieces))
    percent = ["".join(chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02X}" for b in c.encode()) for c in value]
    if form == "percent":
        return f"{name}*=utf-8'en'" + "".join(percent)
    pieces = ["".join(percent[i : i + size]) for i in range(0, len(percent), size)]
    pieces[0] = "utf-8''" + pieces[0]
    fields = [f"{name}*{n}*={piece}" for n, piece in enumerate(pieces)]
    if form == "mixed":
        rng.shuffle(fields)
    return ";\r\n ".join(fields)


def encode(rng, body, encoding):
    if encoding.lower() == "base64":
        width = rng.choice([76, 76, 60, 4, 1000])
        whole = base64.b64encode(body)
        return b"".join(whole[i : i + width] + b"\r\n" for i in range(0, len(whole), width))
    if encoding.lower() == "quoted-printable":
        lines = [quopri.encodestring(line, quotetabs=rng.random() < 0.3).replace(b"=\n", b"=\r\n") for line in body.split(b"\r\n")]
        return b"\r\n".join(lines)
    return body


class Writer:
    """One mail. `truth` collects its parts as read_by_* tell them: type, depth, decoded body, file name."""

    def __init__(self, rng, charset, encoding, nesting):
        self.rng, self.charset, self.encoding, self.nesting = rng, charset, encoding, nesting
        self.truth = []
        self.boundaries = 0

    def note(self, kind, depth, body=None, filename=""):
        self.truth.append({"type": kind, "depth": depth, "body": body, "filename": filename})

    def fields(self, *fields):
        fields = [field for field in fields if field]
        self.rng.shuffle(fields)
        return "".join(self.name(field) + "\r\n" for field in fields).encode()

    def name(self, field):
        name, body = field.split(":", 1)
        return self.rng.choice([name, name, name.lower(), name.upper()]) + ":" + self.rng.choice([" ", " ", "", "\t", "\r\n "]) + body.strip()

    def text(self, depth, kind="text/plain"):
        rng, charset, encoding = self.rng, self.charset, self.encoding
        seven_bits = encoding in ("", "7bit")
        if seven_bits and charset != "iso-2022-jp":
            charset = "us-ascii"
        lines = [rng.choice([CHARSETS[charset], "From here on", ".", "-- ", "", "x" * rng.choice([76, 77, 200]), "a=b", "tab\tin"]) for _ in range(rng.randint(1, 9))]
        body = "\r\n".join(line.rstrip() if encoding.lower() == "quoted-printable" else line for line in lines).encode(charset)
        self.note(kind, depth, body)
        spelled = rng.choice([charset, charset.upper(), f'"{charset}"'])
        kinds = [f"{kind}; charset={spelled}", f"{kind};charset={spelled}; x=y", f"{kind.title()} ;\r\n charset={spelled}"]
        head = self.fields("Content-Type: " + rng.choice(kinds), encoding and f"Content-Transfer-Encoding: {encoding}")
        return head, encode(rng, body, encoding)

    def file(self, depth):
        rng = self.rng
        name = rng.choice(NAMES)
        body = rng.randbytes(rng.randint(0, 300))
        self.note("application/octet-stream", depth, body, name)
        disposition = "attachment; size=300;\r\n " + parameter(rng, "filename", name)
        kind = "application/octet-stream"
        if rng.random() < 0.3:
            kind, disposition = kind + "; " + parameter(rng, "name", name), "attachment"
        head = self.fields("Content-Type: " + kind, "Content-Disposition: " + disposition, "Content-Transfer-Encoding: base64")
        return head, encode(rng, body, "base64")

    def multipart(self, depth, kind, *children):
        rng = self.rng
        self.boundaries += 1
        # Of nested multiparts one boundary may be the beginning of another.
        boundary = rng.choice(BOUNDARIES)
        boundary = boundary + "x" * depth if boundary == "prefix" else f"{self.boundaries}{boundary}"[:70]
        token = all(c.isalnum() or c in "-_.+" for c in boundary)
        self.note(kind, depth)
        extra = '; report-type="delivery-status"' if kind.endswith("report") else ""
        head = self.fields(f"Content-Type: {kind}{extra};\r\n boundary=" + (boundary if token and rng.random() < 0.5 else f'"{boundary}"'))
        delimiter = b"--" + boundary.encode()
        out = rng.choice([b"", b"", b"A preamble.\r\n\r\n", b"--not this one\r\n"])
        for child in children:
            child_head, child_body = child(depth + 1)
            out += delimiter + rng.choice([b"", b"", b" ", b"\t "]) + b"\r\n" + child_head + b"\r\n" + child_body + b"\r\n"
        return head, out + delimiter + b"--" + rng.choice([b"\r\n", b"\r\n", b"", b"\r\n\r\nAn epilogue.\r\n"])

    def message(self, depth):
        self.note("message/rfc822", depth)
        head, body = self.root(depth + 1, self.rng.choice(["leaf", "mixed"]))
        return self.fields("Content-Type: message/rfc822"), head + b"\r\n" + body

    def digested(self, depth):
        self.note("message/rfc822", depth)
        head, body = self.root(depth + 1, "leaf")
        return b"", head + b"\r\n" + body

    def status(self, depth):
        body = b"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\nAction: failed\r\n"
        self.note("message/delivery-status", depth, None)
        return self.fields("Content-Type: message/delivery-status"), body

    def content(self, depth, nesting):
        def html(d):
            return self.text(d, "text/html")

        def multi(kind, *children):
            return lambda d: self.multipart(d, "multipart/" + kind, *children)

        shapes = {
            "leaf": self.text,
            "mixed": multi("mixed", self.text, self.file, self.file),
            "alternative": multi("alternative", self.text, html),
            "related in mixed": multi("mixed", multi("alternative", self.text, multi("related", html, self.file)), self.file),
            "message": multi("mixed", self.text, self.message),
            "digest": multi("digest", self.digested, self.digested),
            "report": multi("report", self.text, self.status, self.message),
            "deep": multi("mixed", multi("mixed", multi("mixed", multi("mixed", self.text, self.file), self.text), self.text), self.text),
        }
        return shapes[nesting](depth)

    def root(self, depth, nesting):
        rng = self.rng
        subject, (sender, address), (date, seconds) = rng.choice(SUBJECTS), rng.choice(SENDERS), rng.choice(DATES)
        if depth == 0:
            self.facts = {"subject": subject, "from": [address], "date": seconds, "message_id": f"{rng.random()}@example.org"}
        head, body = self.content(depth, nesting)
        mail_id = self.facts["message_id"]
        return head + self.fields("Subject: " + words(rng, subject), "From: " + sender, "Date: " + date, f"Message-ID: <{mail_id}>", "To: Desk <cvd@zonnedam.example>", "MIME-Version: 1.0"), body


def one(rng, charset, encoding, nesting, line_end):
    """The bytes of a mail, and what must be read out of it."""
    writer = Writer(rng, charset, encoding, nesting)
    head, body = writer.root(0, nesting)
    raw = head + b"\r\n" + body
    bare = line_end == "LF" and encoding != "binary"
    for part in writer.truth:
        if bare and part["type"].startswith("text/") and part["body"] is not None and encoding.lower() != "base64":
            part["body"] = part["body"].replace(b"\r\n", b"\n")
    return raw.replace(b"\r\n", b"\n") if bare else raw, {"parts": writer.truth, **writer.facts}


def combinations():
    """Every charset by every encoding by every nesting by both line ends."""
    return list(itertools.product(CHARSETS, ENCODINGS, NESTINGS, ["CRLF", "LF"]))
