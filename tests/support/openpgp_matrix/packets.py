"""OpenPGP packets by hand (RFC 4880, 4 and 5; RFC 9580): for the forms that gpg refuses to make."""
import base64
import bz2
import hashlib
import os
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESOCB3

SESSION_KEY, SIGNATURE, PASSPHRASE, ONE_PASS, COMPRESSED, UNPROTECTED, MARKER, LITERAL = 1, 2, 3, 4, 8, 9, 10, 11
PROTECTED, MDC, AEAD = 18, 19, 20
BLOCK = 16


def length(size):
    if size < 192:
        return bytes([size])
    if size < 8384:
        return bytes([(size - 192 >> 8) + 192, size - 192 & 255])
    return b"\xff" + struct.pack(">I", size)


def frame(tag, body, *, old=False, piece=None):
    """One packet. old: with the header of PGP 2; piece: a power of two, in partial lengths of that many bytes."""
    if old:
        return bytes([0x80 | tag << 2 | 2]) + struct.pack(">I", len(body)) + body
    header = bytes([0xc0 | tag])
    if piece is None:
        return header + length(len(body)) + body
    pieces = b""
    while len(body) > piece:
        pieces += bytes([224 + piece.bit_length() - 1]) + body[:piece]
        body = body[piece:]
    return header + pieces + length(len(body)) + body


def split(data):
    """[(tag, body, whole)]; partial lengths are joined."""
    found, at = [], 0
    while at < len(data):
        start, first = at, data[at]
        at += 1
        body = b""
        if first & 0x40:
            tag, more = first & 0x3f, True
            while more:
                size, at, more = _new_length(data, at)
                body, at = body + data[at:at + size], at + size
        else:
            tag, width = first >> 2 & 15, 1 << (first & 3)
            size = len(data) - at if first & 3 == 3 else int.from_bytes(data[at:at + width], "big")
            at += 0 if first & 3 == 3 else width
            body, at = data[at:at + size], at + size
        found.append((tag, body, data[start:at]))
    return found


def _new_length(data, at):
    first = data[at]
    if first < 192:
        return first, at + 1, False
    if first < 224:
        return (first - 192 << 8) + data[at + 1] + 192, at + 2, False
    if first < 255:
        return 1 << (first & 31), at + 1, True
    return struct.unpack(">I", data[at + 1:at + 5])[0], at + 5, False


def literal(text, *, name=b"", form=b"b", **framing):
    return frame(LITERAL, form + bytes([len(name)]) + name + struct.pack(">I", 1704067200) + text, **framing)


def compressed(packets, how="zlib"):
    if how == "zip":
        shrink = zlib.compressobj(wbits=-15)
        return frame(COMPRESSED, b"\1" + shrink.compress(packets) + shrink.flush())
    return frame(COMPRESSED, b"\2" + zlib.compress(packets) if how == "zlib" else b"\3" + bz2.compress(packets))


def _cfb(key, iv, data):
    encryptor = Cipher(algorithms.AES(key), modes.CFB(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def protected(key, packets, *, mdc=True, **framing):
    """Version 1, with (or without) the packet that proves its integrity."""
    prefix = os.urandom(BLOCK)
    plain = prefix + prefix[-2:] + packets
    if mdc:
        plain += b"\xd3\x14"
        plain += hashlib.sha1(plain).digest()
    return frame(PROTECTED, b"\1" + _cfb(key, bytes(BLOCK), plain), **framing)


def unprotected(key, packets, **framing):
    """Tag 9, with the resynchronisation of RFC 4880, 13.9."""
    prefix = os.urandom(BLOCK)
    start = _cfb(key, bytes(BLOCK), prefix + prefix[-2:])
    return frame(UNPROTECTED, start + _cfb(key, start[2:], packets), **framing)


def aead(key, packets):
    """Tag 20, AES-256 and OCB in one chunk (draft-ietf-openpgp-rfc4880bis)."""
    parameters = b"\1\x09\2\x0a"
    nonce = os.urandom(15)
    cipher = AESOCB3(key)
    associated = b"\xd4" + parameters

    def with_index(index):
        return nonce[:7] + (int.from_bytes(nonce[7:], "big") ^ index).to_bytes(8, "big")

    chunk = cipher.encrypt(with_index(0), packets, associated + struct.pack(">Q", 0))
    last = cipher.encrypt(with_index(1), b"", associated + struct.pack(">QQ", 1, len(packets)))
    return frame(AEAD, parameters + nonce + chunk + last)


def protected_2():
    """A container of RFC 9580, version 2; what stands in it nobody can read."""
    return frame(PROTECTED, b"\2\x09\2\6" + os.urandom(32 + 200))


def session_key_6(fingerprint):
    """A session key packet of version 6, for a version 4 key."""
    return frame(SESSION_KEY, b"\6" + bytes([21]) + b"\4" + bytes.fromhex(fingerprint) + b"\x19" + os.urandom(80))


def passphrase_4():
    """A session key behind a passphrase with a slow S2K."""
    return frame(PASSPHRASE, b"\4\x09\3\x0a" + os.urandom(8) + b"\xff")


def signature_6():
    return frame(SIGNATURE, b"\6\0\x1b\x0a" + struct.pack(">I", 0) * 2 + b"\0\0\x10" + os.urandom(16 + 64))


def crc24(data):
    crc = 0xb704ce
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864cfb
    return crc.to_bytes(3, "big")


def armour(data, label="MESSAGE", *, headers=(), checksum="right", width=64, blank=True):
    text = base64.b64encode(data).decode()
    lines = [f"-----BEGIN PGP {label}-----", *headers] + ([""] if blank else [])
    lines += [text[i:i + width] for i in range(0, len(text), width)]
    if checksum != "none":
        right = crc24(data)
        lines.append("=" + base64.b64encode(right if checksum == "right" else bytes([right[0] ^ 1]) + right[1:]).decode())
    return "\n".join([*lines, f"-----END PGP {label}-----", ""]).encode()


def dearmour(text):
    lines = text.decode().replace("\r", "").strip().split("\n")
    body = lines[lines.index("") + 1:-1]
    return base64.b64decode("".join(line for line in body if not line.startswith("=")))
