"""Mails made to break, stall or fool whoever reads them, each with the kinds it may honestly be given.

    small, large = hostile_mails(desk_packets)
    for name, mail, kinds in small: ...

Within the default limit of 64 MiB where it says nothing else. Bodies are repetitions, made in no time.
"""
import base64
import struct
import zlib

MIB = 1 << 20
LARGE = 62 * MIB
CASE = {"report", "beg-bounty", "spam", "bulk", "followup"}  # read, as what it looks like
UNREADABLE = {"unreadable"}
UNDECRYPTABLE = {"undecryptable"}

_number = 0


def header(more=b"", subject=b"Report"):
    global _number
    _number += 1
    return (b"From: Eve <eve%d@evil.example>\r\nTo: cvd@zonnedam.example\r\nSubject: %s\r\nMessage-ID: <%d@evil.example>\r\n"
            b"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n%s" % (_number, subject, _number, more))


def fill(piece, size=LARGE):
    return (piece * (size // len(piece) + 1))[:size]


def typed(media_type, body, encoding=b"8bit"):
    return (header(b"Content-Type: " + media_type + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n") + body)


def text(body):
    return typed(b"text/plain; charset=utf-8", body)


def html(body):
    return typed(b"text/html; charset=utf-8", body)


def base64_lines(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


# -- the largest bodies ----------------------------------------------------------------------------------------


def large_bodies():
    yield "64 MB of text", text(fill(b"A report of many words about www.zonnedam.example.\r\n")), CASE
    yield "64 MB in one line", text(fill(b"words and words ")), CASE
    yield "64 MB of URLs", text(fill(b"https://www.zonnedam.example/a?b=c\r\n")), CASE
    yield "64 MB of base64", typed(b"text/plain", fill(base64_lines(b"words of text " * 30)[:-2]), b"base64"), CASE
    yield "64 MB of quoted-printable", typed(b"text/plain; charset=utf-8", fill(b"=C3=A9=\r\n"), b"quoted-printable"), CASE
    yield "64 MB of HTML", html(fill(b"<div><b>x</b><a href='https://x.example/'>y</a>\r\n")), CASE
    yield "a 64 MB attachment", typed(b"application/zip; name=a.zip", fill(base64_lines(bytes(57) * 20)[:-2]), b"base64"), CASE
    yield "64 MB of ciphertext", pgp_mime(fill(base64_lines(b"\x85\x01" * 570)[:-2], 60 * MIB)), UNDECRYPTABLE
    armour = b"A" * 64 + b"\r\n"
    yield "64 MB of armour in the text", text(b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + fill(armour)), UNDECRYPTABLE
    yield "60 blocks of armour of a MB", text((b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + fill(armour, MIB) + b"-----END PGP MESSAGE-----\r\n") * 60), UNDECRYPTABLE
    yield "64 MB of beginnings of armour", text(fill(b"-----BEGIN PGP MESSAGE-----\r\n" + armour)), CASE | UNDECRYPTABLE
    yield "64 MB signed in the clear", text(b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n" + fill(b"x\r\n") + b"-----BEGIN PGP SIGNATURE-----\r\n\r\n" + armour + b"-----END PGP SIGNATURE-----\r\n"), CASE
    yield "64 MB of uuencode", text(b"begin 644 a\r\n" + fill(b"M" + b"a" * 60 + b"\r\n") + b"`\r\nend\r\n"), CASE
    yield "a 50 MB header line", header(b"X-Long: " + b"a" * (50 * MIB) + b"\r\n\r\nx"), UNREADABLE


def monotonous_bodies():
    size = 6 * MIB
    for name, piece in {"digits": b"1234567890", "@": b"@", "quotes": b">", "quoted lines": b"> > > >a\r\n", "<": b"<",
                        "telephone numbers": b"+31 6 12345678\r\n", "addresses": b"a@b.example ", "dots": b"a.",
                        "empty lines": b"\n", "NULs": b"\0", "bare CRs": b"\r", "numbered steps": b"1. a\r\n2. b\r\n",
                        "accents": "a\u0301\u0300\u0323".encode(), "CVE ids": b"CVE-2026-12345 ", "dates": b"14-01-2027 ",
                        "hexadecimal": b"0123456789ABCDEF ", "colons": b"::", "brackets": b"[(", "slashes": b"/%2e",
                        "armour": b"-----BEGIN PGP MESSAGE-----\r\n", "signed armour": b"-----BEGIN PGP SIGNED MESSAGE-----\r\n",
                        "encoded words": b"=?utf-8?q?=C3=A9?= "}.items():
        yield f"6 MB of {name}", text(fill(piece, size)), CASE | UNDECRYPTABLE


# -- structure -------------------------------------------------------------------------------------------------


def structures():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(100000))
    yield "nested 100,000 deep", header(deep), UNREADABLE
    messages = b"Content-Type: message/rfc822\r\n\r\n" * 100000
    yield "100,000 messages in one another", header(messages), UNREADABLE
    mixed = header(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n")
    yield "a million parts", mixed + b"--b\r\n\r\nx\r\n" * 1000000 + b"--b--\r\n", UNREADABLE
    yield "a million header lines", header(b"X: y\r\n" * 1000000 + b"\r\nx"), UNREADABLE
    yield "a million header lines in a part", mixed + b"--b\r\n" + b"X: y\r\n" * 1000000 + b"\r\nx\r\n--b--\r\n", UNREADABLE | CASE
    yield "parameters in 100,000 pieces", header(
        b"Content-Type: text/plain;" + b"".join(b" name*%d=a;\r\n" % i for i in range(100000)) + b"\r\n\r\nx"), UNREADABLE
    yield "parameters in 4,000 pieces", header(
        b"Content-Type: text/plain;" + b"".join(b" name*%d=a;\r\n" % i for i in range(4000)) + b"\r\n\r\nx"), CASE | UNREADABLE
    yield "a million boundaries alike", mixed + b"--bb\r\n" * 1000000, CASE
    yield "an endless media type", header(b"Content-Type: " + b"a/" * 30000 + b"\r\n\r\nx"), CASE
    yield "100,000 addresses", header(b"Cc: " + b",\r\n ".join(b"u%d@x.example" % i for i in range(100000)) + b"\r\n\r\nx"), UNREADABLE
    yield "3,000 addresses", header(b"Cc: " + b",\r\n ".join(b"u%d@x.example" % i for i in range(3000)) + b"\r\n\r\nx"), CASE
    yield "20,000 addresses", header(b"Cc: " + b",\r\n ".join(b"u%d@x.example" % i for i in range(20000)) + b"\r\n\r\nx"), CASE
    yield "a 400 KB subject", header(subject=b"a" * 400000) + b"\r\nx", CASE
    yield "a 400 KB field in pieces", header(b"X-Y: " + b"\r\n ".join([b"z"] * 130000) + b"\r\n\r\nx"), CASE
    yield "comments 60,000 deep", header(b"Cc: " + b"(" * 60000 + b" a@b.example\r\n\r\nx"), CASE
    yield "groups 20,000 deep", header(b"Cc: " + b"g:" * 20000 + b"a@b.example;\r\n\r\nx"), CASE
    yield "3,000 references", header(b"References:" + b"".join(b"\r\n <%d@x.example>" % i for i in range(3000)) + b"\r\n\r\nx"), CASE
    yield "100,000 references", header(b"References:" + b"".join(b"\r\n <%d@x.example>" % i for i in range(100000)) + b"\r\n\r\nx"), UNREADABLE
    yield "a subject of encoded words", header(subject=b"=?utf-8?q?=C3?= " * 4000) + b"\r\nx", CASE
    yield "NULs and bare CRs in the header", header(b"X\0Y: z\r\rEvil: 1\r\nSubject: again\0\r\n\r\nx"), CASE
    yield "8-bit header", header(b"X-Eight: " + bytes(range(128, 256)) + b"\r\n\r\n" + bytes(range(128, 256))), CASE
    yield "From lines of an mbox", header(b"\r\n") + b"\r\nFrom eve Mon Jan  1 00:00:00 2026\r\nFrom: other@x.example\r\n\r\nx\r\n", CASE
    yield "TNEF", typed(b"application/ms-tnef; name=winmail.dat", base64_lines(b"\x78\x9f\x3e\x22" + b"\1" * 200000), b"base64"), CASE


def pages():
    yield "HTML: a million open tags", html(b"<b>" * 1000000 + b"text"), CASE
    yield "HTML: 200,000 nested tables", html(b"<table><tr><td>" * 200000 + b"text"), CASE
    yield "HTML: one tag with 100,000 attributes", html(b"<p " + b"".join(b"a%d=b " % i for i in range(100000)) + b">text"), CASE
    yield "HTML: an attribute of 10 MB", html(b"<p title='" + b"x" * (10 * MIB) + b"'>text"), CASE
    yield "HTML: entities that grow", html(b"<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(20)) + b"]><p>&u;</p>"), CASE
    yield "HTML: a million entities", html(b"&amp;" * 1000000), CASE
    yield "HTML: 5 MB of style", html(b"<style>" + b"a{b:c}" * 800000 + b"</style>text"), CASE
    yield "HTML: comments that never end", html(b"<!--" * 500000 + b"text"), CASE


# -- OpenPGP ---------------------------------------------------------------------------------------------------


def packet(tag, body):
    return bytes([0xC0 | tag, 0xFF]) + struct.pack(">I", len(body)) + body


def armour(kind, data):
    crc = 0xB704CE
    table = _crc_table()
    for byte in data:
        crc = ((crc << 8) & 0xFFFFFF) ^ table[((crc >> 16) ^ byte) & 0xFF]
    return (b"-----BEGIN PGP %s-----\r\n\r\n" % kind + base64_lines(data) + b"=" + base64.b64encode(crc.to_bytes(3, "big"))
            + b"\r\n-----END PGP %s-----\r\n" % kind)


def _crc_table():
    table = []
    for byte in range(256):
        crc = byte << 16
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1864CFB if crc & 0x800000 else crc << 1) & 0x1FFFFFF
        table.append(crc & 0xFFFFFF)
    return table


def pgp_mime(lines_of_armour):
    return (header(b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n')
            + b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n"
            + b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + lines_of_armour
            + b"\r\n-----END PGP MESSAGE-----\r\n--b--\r\n")


def encrypted(packets):
    return pgp_mime(base64_lines(packets)[:-2])


def zeros(size):
    """A literal data packet of this many zeros, deflated (a compressed data packet), in memory for the compressed only."""
    block = bytes(MIB)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = deflate.compress(b"\xafb\0\0\0\0\0" + block) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\xa3\x01" + start + again * (size // MIB - 1) + deflate.flush(zlib.Z_FINISH)


def deflated(packets):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"\xa3\x01" + deflate.compress(packets) + deflate.flush(zlib.Z_FINISH)


def openpgp(desk_packets):
    """desk_packets: packets → these packets encrypted to the desk, binary."""
    bomb = deflated(zeros(10 << 30))
    assert len(bomb) < 200000
    yield "10 GB in a nested compressed message", encrypted(desk_packets(bomb)), UNDECRYPTABLE
    yield "the same, not encrypted", encrypted(bomb), UNDECRYPTABLE | CASE
    nested = b"\xafb\0\0\0\0\0text"
    for _ in range(2000):
        nested = deflated(nested)[:60000]
    yield "compressed 2,000 times", encrypted(desk_packets(nested)), UNDECRYPTABLE
    session_key = packet(1, b"\3" + b"\x11" * 8 + b"\x01" + b"\x08\x00" + b"\x80" * 256)
    data = packet(18, b"\1" + b"x" * 100)
    yield "100,000 session keys", encrypted(session_key * 100000 + data), UNDECRYPTABLE
    yield "60 anonymous session keys", encrypted(packet(1, b"\3" + bytes(8) + b"\x01\x08\x00" + b"\x80" * 256) * 60 + data), UNDECRYPTABLE
    slow = packet(3, b"\4\x09\3\x08" + b"salt1234" + b"\xff")  # iterated SHA-256 over 65 MB
    yield "a slow passphrase", encrypted(slow + data), UNDECRYPTABLE
    yield "60 slow passphrases and a key", encrypted(slow * 60 + session_key + data), UNDECRYPTABLE
    signature = packet(2, b"\4\0\x16\x08" + b"\0\0\0\0" + b"ab" + b"\1\0" + b"\x80" * 32 + b"\1\0" + b"\x80" * 32)
    literal = packet(11, b"b\0\0\0\0\0text")
    yield "50,000 signatures", encrypted(signature * 50000 + literal), UNDECRYPTABLE | CASE
    yield "a certificate with 100,000 signatures", certificate_with(100000), CASE
    yield "100,000 BEGIN lines", text(b"-----BEGIN PGP MESSAGE-----\r\n" * 100000), CASE | UNDECRYPTABLE
    yield "armour that never ends", text(b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + b"A" * 64 * 80000), CASE | UNDECRYPTABLE
    yield "300 blocks of armour", text((b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----\r\n") * 300), CASE | UNDECRYPTABLE


def certificate_with(signatures):
    key = packet(6, b"\4" + b"\x65\0\0\0" + b"\x16" + b"\x09+\x06\x01\x04\x01\xda\x47\x0f\x01" + b"\x01\x07\x40" + b"\x11" * 32)
    user = packet(13, b"Eve <eve@evil.example>")
    signature = packet(2, b"\4\x10\x16\x08" + b"\0\x0a\x09\x10" + b"\x22" * 8 + b"\0\0" + b"ab" + b"\1\0" + b"\x80" * 32 + b"\1\0" + b"\x80" * 32)
    data = armour(b"PUBLIC KEY BLOCK", key + user + signature * signatures)
    return (header(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n") + b"--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pgp-keys\r\n\r\n"
            + data + b"--b--\r\n")


def hostile_mails(desk_packets):
    """In two lists: many at once, and one by one because of their size."""
    return [*structures(), *pages(), *monotonous_bodies(), *openpgp(desk_packets)], large_bodies()
