"""Who signed, with what, and is it the sender?"""
from . import letters, packets
from .letters import encrypted, mail, message, multipart, text
from .ring import IN_TIME
from .world import Row, mark, opened, protection, words


def rows(world):
    yield from states(world)
    yield from senders(world)
    yield from coverage(world)


def states(world):
    def row(name, person, content, expected, **more):
        return Row(name, mail(name, content, sender=world.from_(person)),
                   **{"protection": protection(**expected), "text": words(name), **more})

    def payload(name, person, certificate=None):
        return world.with_certificate(person, text(words(name)), certificate=certificate)

    full = world.ring.full_certificate  # export-minimal leaves out what has expired
    for digest, state in (("SHA1", "weak"), ("RIPEMD160", "weak"), ("SHA224", "good"), ("SHA512", "good")):
        name = f"hash-{digest.lower()}"
        options = ["--digest-algo", digest, "--allow-weak-digest-algos"]
        # An elliptic key of 256 bits needs a longer hash.
        yield row(name, "bram", world.signed_part(text(words(name)), "bram", options=options), world.by("bram", state))
    name = "hash-md5"
    options = ["--digest-algo", "MD5", "--allow-weak-digest-algos"]
    yield row(name, "bram", world.signed_part(text(words(name)), "bram", options=options), world.by("bram", "weak", sender=False))
    name = "signature-expired"
    content = world.signed_part(text(words(name)), "roos", at=IN_TIME, options=["--default-sig-expire", "1d"])
    yield row(name, "roos", content, world.by("roos", "expired"))
    name = "key-expired"
    content = world.signed_part(payload(name, "expired", full("expired")), "expired", at=IN_TIME)
    yield row(name, "expired", content, world.by("expired", "expired-key", origin="attached"))
    # The certificate was pinned before it was revoked; the revocation comes along with the mail.
    name = "key-revoked"
    yield row(name, "revoked", revoked_later(world, name, "revoked"), world.by("revoked", "revoked-key"))
    name = "subkey-revoked"
    yield row(name, "revoked_subkey", revoked_later(world, name, "revoked_subkey"),
              world.by("revoked_subkey", "revoked-key", origin="attached"))
    name = "subkey-expired"
    content = world.signed_part(payload(name, "expired_subkey", full("expired_subkey")), "expired_subkey", at=IN_TIME)
    yield row(name, "expired_subkey", content, world.by("expired_subkey", "expired-key", origin="attached"))
    name = "signature-unknown"
    yield row(name, "unknown", world.signed_part(text(words(name)), "unknown"), world.by("unknown", "unknown-key", sender=False, origin="none"))
    name = "signature-bad"
    content = world.signed_part(text(words(name))).replace(b"search?q=x", b"search?q=y")
    yield row(name, "roos", content, world.by("roos", "bad", sender=False), text=None, shown=[mark(name)])
    name = "signature-no-signature"
    yield row(name, "roos", letters.signed(text(words(name)), b"no signature at all\n"), dict(signature="bad", cause="damaged"))
    name = "signature-is-a-key"
    yield row(name, "roos", letters.signed(text(words(name)), world.ring.certificate("roos")), dict(signature="bad", cause="not a signature"))
    name = "signature-version-6"
    armour = packets.armour(packets.signature_6(), "SIGNATURE")
    yield row(name, "roos", letters.signed(text(words(name)), armour), dict(signature="unknown-key", cause="unsupported"))
    name = "signature-version-6-beside-4"
    both = packets.signature_6() + world.ring.detached(text(words(name)), "roos", armour=False)
    yield row(name, "roos", letters.signed(text(words(name)), packets.armour(both, "SIGNATURE")), world.by("roos"))
    name = "signature-of-two"
    both = b"".join(world.ring.detached(text(words(name)), person, armour=False) for person in ("unknown", "roos"))
    yield row(name, "roos", letters.signed(text(words(name)), packets.armour(both, "SIGNATURE")), world.by("roos"))
    name = "signature-flood"
    flood = world.ring.detached(text(words(name)), "unknown", armour=False) * 5000
    yield row(name, "roos", letters.signed(text(words(name)), packets.armour(flood, "SIGNATURE")),
              dict(signature="unknown-key", cause="too many signatures"))
    # Signed over other words, or long ago, then encrypted without a fault.
    session, key = world.by_hand()
    name = "sealed-bad-signature"
    good = packets.split(world.ring.signed(text(words(name)), "roos", armour=False, options=["--compress-algo", "none"]))
    altered = b"".join(packets.literal(text(words(name).replace("?q=x", "?q=y"))) if tag == packets.LITERAL else whole
                       for tag, _, whole in good)
    yield Row(name, mail(name, encrypted(packets.armour(session + packets.protected(key, altered)))),
              opened(**world.by("roos", "bad", sender=False)), shown=[mark(name), "?q=y"])
    name = "sealed-expired-signature"
    old = world.ring.signed(text(words(name)), "roos", armour=False, options=["--default-sig-expire", "1d"], at=IN_TIME)
    yield Row(name, mail(name, encrypted(packets.armour(session + packets.protected(key, old)))),
              opened(**world.by("roos", "expired")), text=words(name))


def revoked_later(world, name, person):
    """Signed while the key was good, with the certificate that says it no longer is."""
    payload = world.with_certificate(person, text(words(name)), certificate=world.later[person])
    return world.signed_part(payload, person, at=IN_TIME)


def senders(world):
    def row(name, writer, content, expected, **more):
        return Row(name, mail(name, content, sender=writer), **{"protection": protection(**expected), "text": words(name), **more})

    def by_roos(name):
        return world.signed_part(text(words(name)))

    roos = "Roos de Vries <roos@wilgen.example>"
    name = "sender-other"
    content = world.signed_part(world.with_certificate("mallory", text(words(name))), "mallory")
    yield row(name, roos, content, world.by("mallory", sender=False, origin="attached"), sender=roos)
    # A mail that Roos once signed, sent again by someone else.
    name = "sender-replays"
    yield row(name, "Mallory <mallory@attacker.example>", by_roos(name), world.by("roos", sender=False))
    for name, senders in (("sender-two-fields", [roos, "Mallory <mallory@attacker.example>"]),
                          ("sender-two-fields-reversed", ["Mallory <mallory@attacker.example>", roos]),
                          ("sender-two-addresses", f"{roos}, mallory@attacker.example")):
        yield row(name, senders, by_roos(name), world.by("roos", sender=False))
    name = "sender-in-display-name"
    posing = '"Roos de Vries <roos@wilgen.example>" <mallory@attacker.example>'
    content = world.signed_part(world.with_certificate("mallory", text(words(name))), "mallory")
    yield row(name, posing, content, world.by("mallory", origin="attached"))
    name = "sender-in-display-name-replay"
    yield row(name, posing, by_roos(name), world.by("roos", sender=False))
    name = "sender-in-comment"
    yield row(name, "mallory@attacker.example (roos@wilgen.example)", by_roos(name), world.by("roos", sender=False))
    name = "sender-bare"
    yield row(name, "roos@wilgen.example", by_roos(name), world.by("roos"))
    name = "sender-other-case"
    yield row(name, "Roos <Roos@WILGEN.Example>", by_roos(name), world.by("roos"))
    name = "sender-loud-user-id"
    yield row(name, "Loek <loek@berken.example>", world.signed_part(text(words(name)), "loud"), world.by("loud"))
    name = "sender-subaddress"
    yield row(name, "Roos <roos+cvd@wilgen.example>", by_roos(name), world.by("roos", sender=False))
    # A certificate is pinned for the address that it signed for; its other user ids belong to it all the same.
    for place, origin in (("private", "pinned"), ("werk", "attached")):
        name = f"sender-user-id-{place}"
        content = world.signed_part(world.with_certificate("several", text(words(name))), "several")
        yield row(name, f"Sanne <sanne@{place}.example>", content, world.by("several", origin=origin))
    name = "sender-nameless-user-id"
    content = world.signed_part(world.with_certificate("nameless", text(words(name))), "nameless")
    yield row(name, "Someone <someone@first.example>", content, world.by("nameless", sender=False, origin="attached"))
    name = "sender-lost-user-id"
    world.ring.gpg("--quick-revoke-uid", world.ring.fingerprints["lost_user_id"], "Lies Oud <lies@oud.example>")
    content = world.signed_part(world.with_certificate("lost_user_id", text(words(name))), "lost_user_id")
    yield row(name, "Lies <lies@oud.example>", content, world.by("lost_user_id", sender=False, origin="attached"))
    # Another key in the name of an address whose key is known: for a person to decide.
    name = "sender-conflict"
    content = world.signed_part(world.with_certificate("false_roos", text(words(name))), "false_roos")
    yield row(name, roos, content, world.by("false_roos", sender=False, origin="attached"),
              certificates={"roos@wilgen.example": {"roos": "pinned", "false_roos": "conflict"}})


def coverage(world):
    def row(name, content, expected, **more):
        return Row(name, mail(name, content), protection(**expected), **more)

    footer = text("_______\nThis list is archived.\n")
    name = "list-footer-on-signed"
    yield row(name, multipart("mixed", world.signed_part(text(words(name))), footer), world.partly("roos"),
              shown=[mark(name), "This list is archived."])
    name = "list-footer-on-sealed"
    yield Row(name, mail(name, multipart("mixed", world.encrypted_part(text(words(name))), footer)), opened(**world.partly("roos")),
              shown=[mark(name), "This list is archived."])
    name = "list-munged"
    yield row(name, world.signed_part(text(words(name) + "From the start.\n")).replace(b"From the", b">From the"),
              world.by("roos", "bad", sender=False), shown=[mark(name)])
    name = "list-header-inside-sealed"
    sealed = multipart("mixed", text("From the moderator: approved.\n"), message(mail("inner-of-list", world.encrypted_part(text(words(name))))))
    yield Row(name, mail(name, sealed), opened(partial=True), shown=["approved", mark(name)])
    # What someone forwards was signed by someone else, for something else.
    name = "forwarded-signed"
    inner = mail("inner-of-forwarded", world.signed_part(text(words(name))))
    yield row(name, multipart("mixed", text("I forward this.\n"), message(inner)), dict(partial=True), shown=["I forward this.", mark(name)])
    name = "forwarded-signed-alone"
    inner = mail("inner-of-forwarded-alone", world.signed_part(text(words(name))))
    yield row(name, message(inner), dict(partial=True), shown=[mark(name)])
    name = "forwarded-in-signed"
    inner = message(mail("inner-of-forwarded-in-signed", text(words(name)), sender="Else <else@where.example>"))
    yield row(name, world.signed_part(multipart("mixed", text("I forward this.\n"), inner, boundary="=-in")), world.by("roos"),
              shown=["I forward this.", mark(name), "else@where.example"])
    name = "signed-third-part"
    content = world.signed_part(text(words(name)))
    third = b"\r\n--=-sig\r\n" + text("A third part.\n") + b"\r\n--=-sig--"
    yield row(name, content.replace(b"\r\n--=-sig--", third), {}, shown=[mark(name), "A third part."])
    name = "signed-html-unsigned-plain"
    content = multipart("alternative", text("Only this is not signed: see https://evil.example/\n"), world.signed_part(
        letters.html(f"<p>reflected XSS (CWE-79) at https://www.zonnedam.example/</p><p>{mark(name)}</p>")))
    # Only the readable one of two alternatives is shown.
    yield row(name, content, {}, shown=["Only this is not signed"])
