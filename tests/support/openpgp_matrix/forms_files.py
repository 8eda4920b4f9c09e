"""OpenPGP in the files of a mail: encrypted, signed, signatures beside them, certificates."""
from . import packets
from .letters import file, mail, multipart, text
from .world import Row, mark, opened, protection, words

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"not much of a document" * 40


def rows(world):
    yield from encrypted(world)
    yield from signed(world)
    yield from certificates(world)


def encrypted(world):
    def beside(name, *files, **more):
        content = multipart("mixed", text(words(name)), *files)
        partly = opened(partial=True)
        return Row(name, mail(name, content), **{"protection": partly, "text": words(name), **more})

    def alone(name, *files, **more):
        content = multipart("mixed", text("\n"), *files)
        return Row(name, mail(name, content), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    # The report itself is the file, its covering letter is empty.
    yield alone("file-txt-asc", file("report.txt.asc", "text/plain", world.encrypt(words("file-txt-asc")), encoding=None))
    yield alone("file-asc", file("report.asc", "application/octet-stream", world.encrypt(words("file-asc"))))
    yield alone("file-pgp", file("report.pgp", "application/octet-stream", world.encrypt(words("file-pgp"), armour=False)))
    yield alone("file-gpg", file("report.txt.gpg", "application/octet-stream", world.encrypt(words("file-gpg"), armour=False)))
    yield alone("file-pgp-encrypted-type", file("mail.pgp", "application/pgp-encrypted", world.encrypt(words("file-pgp-encrypted-type"))))
    yield alone("file-no-suffix", file("secret", "application/octet-stream", world.encrypt(words("file-no-suffix"))))
    yield beside("file-bin", file("report.bin", "application/octet-stream", world.encrypt(PDF, armour=False)), attachments=["report.bin"])
    yield alone("file-as-text", file("report.txt", "text/plain", world.encrypt(words("file-as-text")), encoding=None))
    inner = multipart("mixed", text(words("file-with-mail")), file("poc.py", "text/x-python", b"print(1)\n"), boundary="=-in")
    yield alone("file-with-mail", file("message.asc", "application/octet-stream", world.encrypt(inner)), attachments=["poc.py"])
    # A document beside a letter in clear.
    pdf = world.encrypt(PDF, armour=False)
    yield beside("file-pdf-gpg", file("report.pdf.gpg", "application/octet-stream", pdf), attachments=["report.pdf"])
    pdf = world.encrypt(PDF)
    yield beside("file-pdf-asc", file("report.pdf.asc", "application/octet-stream", pdf), attachments=["report.pdf"])
    name = "file-two"
    one, two = (file(f"{number}.pdf.gpg", "application/octet-stream", world.encrypt(PDF + number.encode(), armour=False))
                for number in ("one", "two"))
    yield beside(name, one, two, attachments=["one.pdf", "two.pdf"])
    key_id = world.key_id("mallory")
    closed_file = file("report.pdf.gpg", "application/octet-stream", world.encrypt(PDF, to=["mallory"], armour=False))
    name = "file-not-for-us"
    yield beside(name, closed_file, attachments=["report.pdf.gpg"],
                 protection=protection(encrypted=True, decryption="no-key", cause="other keys", key_ids=[key_id], partial=True))
    name = "file-only-not-for-us"
    yield alone(name, closed_file, attachments=["report.pdf.gpg"], kind="undecryptable", text="",
                protection=protection(encrypted=True, decryption="no-key", cause="other keys", key_ids=[key_id]))
    yield beside("file-gpg-that-is-none", file("report.gpg", "application/octet-stream", b"\0\1\2 no packets here"),
                 attachments=["report.gpg"], protection=protection())
    yield beside("file-evil-name", file("../../x/CON.txt\u202egpj.gpg", "application/octet-stream", world.encrypt("inside\n")),
                 text=None, shown=[mark("file-evil-name")])


def signed(world):
    def beside(name, *files, **more):
        content = multipart("mixed", text(words(name)), *files)
        return Row(name, mail(name, content), **{"protection": protection(), "text": words(name), **more})

    def signature(data, name, media_type="application/pgp-signature", armour=True, signer="roos", **more):
        return file(name, media_type, world.ring.detached(data, signer, armour=armour, **more))

    pdf = file("report.pdf", "application/pdf", PDF)
    yield beside("detached-sig", pdf, signature(PDF, "report.pdf.sig", "application/octet-stream", armour=False),
                 attachments=[("report.pdf", "good"), ("report.pdf.sig", "none")])
    yield beside("detached-asc", pdf, signature(PDF, "report.pdf.asc"), attachments=[("report.pdf", "good"), ("report.pdf.asc", "none")])
    yield beside("detached-before", signature(PDF, "report.pdf.asc"), pdf, attachments=[("report.pdf.asc", "none"), ("report.pdf", "good")])
    yield beside("detached-altered", file("report.pdf", "application/pdf", PDF + b"!"), signature(PDF, "report.pdf.sig", armour=False),
                 attachments=[("report.pdf", "bad"), ("report.pdf.sig", "none")])
    yield beside("detached-unknown", pdf, signature(PDF, "report.pdf.sig", armour=False, signer="unknown"),
                 attachments=[("report.pdf", "unknown-key"), ("report.pdf.sig", "none")])
    yield beside("detached-of-nothing", pdf, signature(PDF, "other.pdf.sig", armour=False),
                 attachments=[("report.pdf", "none"), ("other.pdf.sig", "none")])
    note = b"Notes on what I saw.\n"
    yield beside("detached-of-text", file("notes.txt", "text/plain", note), signature(note, "notes.txt.asc"), text=None,
                 shown=[mark("detached-of-text")], attachments=[("notes.txt", "good"), ("notes.txt.asc", "none")])
    name = "detached-in-sealed"
    inner = multipart("mixed", text(words(name)), pdf, signature(PDF, "report.pdf.sig", armour=False), boundary="=-in")
    yield Row(name, mail(name, world.encrypted_part(inner)), opened(**world.by("roos")), text=words(name),
              attachments=[("report.pdf", "good"), ("report.pdf.sig", "none")])
    name = "file-clear-signed"
    clear = world.ring.clear_signed(words(name), "roos")
    yield Row(name, mail(name, multipart("mixed", text("\n"), file("report.txt.asc", "text/plain", clear))),
              protection(**world.by("roos")), text=words(name))
    name = "file-signed-pdf"
    wrapped = world.ring.signed(PDF, "roos", armour=False)
    yield beside(name, file("report.pdf.gpg", "application/octet-stream", wrapped), attachments=[("report.pdf", "good")])


def certificates(world):
    def row(name, content, person, **more):
        return Row(name, mail(name, content, sender=world.from_(person)), **{"text": words(name), **more})

    address = "fons@first.example"
    name = "certificate-inline"
    signed = world.signed_part(text(words(name) + "\n" + world.ring.certificate("first_inline").decode()), "first_inline")
    yield row(name, signed, "first_inline", protection=protection(**world.by("first_inline", origin="attached")), text=None,
              shown=[mark(name)], hidden=["BEGIN PGP"], certificates={address: {"first_inline": "pinned"}})
    name = "certificate-in-sealed"
    sealed = world.encrypted_part(world.with_certificate("first_encrypted", text(words(name))), signer="first_encrypted")
    yield row(name, sealed, "first_encrypted", protection=opened(**world.by("first_encrypted", origin="attached")),
              certificates={"frank@first.example": {"first_encrypted": "pinned"}})
    name = "certificate-unsigned"
    yield row(name, world.with_certificate("first_unsigned", text(words(name))), "first_unsigned", protection=protection(),
              certificates={"fred@first.example": {"first_unsigned": "offered"}})
    name = "certificate-binary-as-file"
    part = file("key.asc", "application/octet-stream", world.ring.certificate("first_file", armour=False))
    signed = world.signed_part(multipart("mixed", text(words(name)), part, boundary="=-in"), "first_file")
    yield row(name, signed, "first_file", protection=protection(**world.by("first_file", origin="attached")),
              attachments=["key.asc"], certificates={"femke@first.example": {"first_file": "pinned"}})
    # A hundred user ids, a foreign subkey, junk and thousands of signatures by others.
    name = "certificate-poisoned"
    parts = packets.split(world.ring.certificate("first_poisoned", armour=False))
    (key, user_id, *rest) = [whole for _, _, whole in parts]
    foreign = next(whole for tag, _, whole in packets.split(world.ring.certificate("mallory", armour=False)) if tag == packets.SIGNATURE)
    junk = b"".join(packets.frame(13, b"Roos de Vries <roos%d@wilgen.example>" % i) + foreign for i in range(100))
    poisoned = key + junk + user_id + rest[0] + foreign * 3000 + b"".join(rest[1:])
    content = world.with_certificate("first_poisoned", text(words(name)), certificate=packets.armour(poisoned, "PUBLIC KEY BLOCK"))
    yield row(name, world.signed_part(content, "first_poisoned"), "first_poisoned",
              protection=protection(**world.by("first_poisoned", origin="attached")),
              certificates={"fabian@first.example": {"first_poisoned": "pinned"}, "roos7@wilgen.example": {}})
    name = "certificate-ours"
    part = file("cvd.asc", "application/pgp-keys", world.desk.certificate(), encoding=None)
    yield Row(name, mail(name, multipart("mixed", text(words(name)), part)), protection(), text=words(name),
              certificates={"cvd@zonnedam.example": {}})
    name = "certificate-foreign"
    yield Row(name, mail(name, world.with_certificate("mallory", text(words(name))), sender="Gerard <gerard@first.example>"),
              protection(), text=words(name), certificates={"gerard@first.example": {}})
    name = "certificate-secret-key"
    secret = world.ring.gpg("--armor", "--export-secret-keys", world.ring.fingerprints["mallory"])
    part = file("secret.asc", "application/pgp-keys", secret, encoding=None)
    yield Row(name, mail(name, multipart("mixed", text(words(name)), part)), protection(), text=words(name))
