"""Header fields that are protected with the text (RFC 9788 and what came before it), and Autocrypt."""
import base64

from .letters import crlf, mail, multipart, part, text
from .world import Row, mark, opened, protection, words

INSIDE = "The real subject"
FIELDS = ("From: Roos de Vries <roos@wilgen.example>", "To: cvd@zonnedam.example", f"Subject: {INSIDE}")


def rows(world):
    yield from protected(world)
    yield from autocrypt(world)


def payload(words, *fields, marks='; protected-headers="v1"'):
    return "".join(field + "\r\n" for field in fields).encode() + part(f"text/plain; charset=utf-8{marks}", words)


def protected(world):
    def row(name, content, outer="...", **more):
        expected = {"protection": opened(**world.by("roos"), subject_protected=True), "text": words(name), "subject": INSIDE, **more}
        return Row(name, mail(name, content, subject=outer), **expected)

    yield row("headers-v1", world.encrypted_part(payload(words("headers-v1"), *FIELDS)))
    yield row("headers-bracketed", world.encrypted_part(payload(words("headers-bracketed"), *FIELDS)), outer="[...]")
    yield row("headers-encrypted-message", world.encrypted_part(payload(words("headers-encrypted-message"), *FIELDS)),
              outer="Encrypted Message")
    # Enigmail's form: the mail program that does not know the mark shows the subject as a part of its own.
    name = "headers-legacy-part"
    inner = multipart('mixed; protected-headers="v1"', part('text/rfc822-headers; protected-headers="v1"', f"Subject: {INSIDE}\n",
                                                            "Content-Disposition: inline"), text(words(name)), boundary="=-in",
                      fields=FIELDS)
    yield row(name, world.encrypted_part(inner), attachments=[])
    name = "headers-legacy-plain-part"
    inner = multipart('mixed; protected-headers="v1"', part('text/plain; protected-headers="v1"', f"Subject: {INSIDE}\n",
                                                            "Content-Disposition: inline"), text(words(name)), boundary="=-in",
                      fields=FIELDS)
    yield row(name, world.encrypted_part(inner))
    name = "headers-hp-cipher"
    inner = payload(words(name), *FIELDS, "HP-Outer: Subject: [...]", "HP-Outer: From: Roos de Vries <roos@wilgen.example>",
                    marks='; hp="cipher"')
    yield row(name, world.encrypted_part(inner), outer="[...]")
    name = "headers-hp-legacy-display"
    inner = payload(f"Subject: {INSIDE}\n\n" + words(name), *FIELDS, marks='; hp="cipher"; hp-legacy-display="1"')
    yield row(name, world.encrypted_part(inner), outer="[...]")
    name = "headers-hp-legacy-html"
    inner = b"".join(field.encode() + b"\r\n" for field in FIELDS) + part(
        'text/html; charset=utf-8; hp="cipher"; hp-legacy-display="1"',
        f'<html><body><div class="header-protection-legacy-display"><pre>Subject: {INSIDE}</pre></div><p>Reflected XSS (CWE-79) on '
        f"https://www.zonnedam.example/</p><p>{mark(name)}</p></body></html>")
    yield row(name, world.encrypted_part(inner), outer="[...]", text=None, shown=[mark(name).strip()], hidden=[INSIDE])
    name = "headers-hp-clear"
    inner = payload(words(name), *FIELDS, marks='; hp="clear"')
    yield row(name, world.signed_part(inner), outer=INSIDE, protection=protection(**world.by("roos"), subject_protected=True))
    # Someone changed the subject on the way; what was signed says what it was.
    name = "headers-signed-subject-changed"
    inner = payload(words(name), *FIELDS)
    yield row(name, world.signed_part(inner), outer="[SPAM?] " + INSIDE,
              protection=protection(**world.by("roos"), subject_protected=True))
    # The drafts before RFC 9788: the whole mail as message/rfc822, with a mark.
    name = "headers-draft-wrapped"
    inner = part("message/rfc822; forwarded=no", crlf(f"From: Roos de Vries <roos@wilgen.example>\nSubject: {INSIDE}\n"
                                                      "MIME-Version: 1.0\n") + text(words(name)), exact=True)
    yield row(name, world.encrypted_part(inner))
    name = "headers-triple"
    inner = world.signed_part(payload(words(name), *FIELDS))
    yield row(name, world.encrypted_part(inner, signer=None))
    name = "headers-unmarked"
    inner = payload(words(name), *FIELDS, marks="")
    yield row(name, world.encrypted_part(inner), outer="outside", subject="outside", protection=opened(**world.by("roos")))
    # A bad signature protects no subject.
    name = "headers-bad-signature"
    inner = payload(words(name), *FIELDS)
    content = world.signed_part(inner).replace(b"search?q=x", b"search?q=y")
    yield row(name, content, outer="outside", subject="outside", text=None, shown=[mark(name)],
              protection=protection(**world.by("roos", "bad", sender=False)))
    # Not at the top: a part beside others claims to speak for the mail.
    name = "headers-claimed-by-a-part"
    content = multipart("mixed", text("A banner.\n"), payload(words(name), *FIELDS, marks='; hp="clear"'))
    yield row(name, content, outer="outside", subject="outside", protection=protection(), text=None, shown=[mark(name)])
    name = "headers-other-from-inside"
    inner = payload(words(name), "From: Boss <boss@zonnedam.example>", f"Subject: {INSIDE}")
    yield row(name, world.encrypted_part(inner), sender="Roos de Vries <roos@wilgen.example>")
    name = "headers-encoded-words"
    inner = payload(words(name), "Subject: =?utf-8?q?The_real_subject?=")
    yield row(name, world.encrypted_part(inner))


def autocrypt(world):
    def header(person, address, more=""):
        data = base64.b64encode(world.ring.certificate(person, armour=False)).decode()
        folded = "\r\n ".join(data[i:i + 70] for i in range(0, len(data), 70))
        return f"Autocrypt: addr={address}; {more}keydata=\r\n {folded}"

    def row(name, person, fields, content, **more):
        return Row(name, mail(name, content, *fields, sender=world.from_(person)), **{"text": words(name), **more})

    name = "autocrypt"
    yield row(name, "first_autocrypt", [header("first_autocrypt", "fleur@first.example", "prefer-encrypt=mutual; ")],
              world.encrypted_part(text(words(name)), signer="first_autocrypt"),
              protection=opened(**world.by("first_autocrypt", origin="autocrypt")))
    name = "autocrypt-two"
    fields = [header("first_two_autocrypt", "ferd@first.example")] * 2
    yield row(name, "first_two_autocrypt", fields, world.signed_part(text(words(name)), "first_two_autocrypt"),
              protection=protection(**world.by("first_two_autocrypt", "unknown-key", sender=False, origin="none")),
              certificates={"ferd@first.example": {}})
    name = "autocrypt-wrong-address"
    yield row(name, "first_wrong_autocrypt", [header("first_wrong_autocrypt", "other@first.example")],
              world.signed_part(text(words(name)), "first_wrong_autocrypt"),
              protection=protection(**world.by("first_wrong_autocrypt", "unknown-key", sender=False, origin="none")),
              certificates={"finn@first.example": {}, "other@first.example": {}})
    name = "autocrypt-unknown-attribute"
    yield row(name, "first_wrong_autocrypt", [header("first_wrong_autocrypt", "finn@first.example", "critical=1; ")],
              text(words(name)), protection=protection(), certificates={"finn@first.example": {}})
    # Gossip is about others.
    name = "autocrypt-gossip"
    gossip = header("first_gossip", "floor@first.example").replace("Autocrypt:", "Autocrypt-Gossip:")
    inner = gossip.encode() + b"\r\n" + part('text/plain; charset=utf-8; protected-headers="v1"', words(name))
    yield row(name, "first_gossip", [], world.encrypted_part(inner, signer="first_gossip"),
              protection=opened(**world.by("first_gossip", "unknown-key", sender=False, origin="none")),
              certificates={"floor@first.example": {}})
