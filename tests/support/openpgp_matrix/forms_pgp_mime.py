"""PGP/MIME (RFC 3156) as honest clients send it, and as servers on the way leave it."""
import base64

from . import letters
from .letters import crlf, encrypted, file, mail, message, multipart, part, text
from .world import Row, mark, opened, protection, words


def rows(world):
    yield from signed(world)
    yield from sealed(world)
    yield from nested(world)
    yield from mangled(world)


def signed(world):
    def row(name, content, **more):
        expected = {"protection": protection(**world.by("roos")), "text": words(name), **more}
        return Row(name, mail(name, content), **expected)

    yield row("signed", world.signed_part(text(words("signed"))))
    yield row("signed-qp", world.signed_part(text(words("signed-qp"), encoding="qp")))
    yield row("signed-base64", world.signed_part(text(words("signed-base64"), encoding="b64")))
    yield row("signed-lf", world.signed_part(text(words("signed-lf"))).replace(b"\r\n", b"\n"))
    yield row("signed-text-mode", world.signed_part(text(words("signed-text-mode")), options=["--textmode"]))
    payload = text(words("signed-trailing-blanks") + "a line with blanks at its end   \n")
    yield row("signed-trailing-blanks", world.signed_part(payload), text=None, shown=[mark("signed-trailing-blanks")])
    payload = text(words("signed-by-subkey"))
    yield Row("signed-by-subkey", mail("signed-by-subkey", world.signed_part(payload, "with_signing_subkey"),
                                       sender=world.from_("with_signing_subkey")),
              protection(**world.by("with_signing_subkey")), text=words("signed-by-subkey"))
    for person in ("bram", "nist", "dsa", "sha1_self", "signer_only"):
        name = f"signed-by-{person}"
        yield Row(name, mail(name, world.signed_part(text(words(name)), person), sender=world.from_(person)),
                  protection(**world.by(person)), text=words(name))
    payload = multipart("alternative", text(words("signed-alternative")),
                        letters.html(f"<p>{words('signed-alternative')}</p>"), boundary="=-alt")
    yield row("signed-alternative", world.signed_part(payload))
    payload = multipart("mixed", text(words("signed-with-file")), file("poc.bin", "application/octet-stream", b"\0\1\2"),
                        boundary="=-in")
    yield row("signed-with-file", world.signed_part(payload), attachments=["poc.bin"])
    # The span that was signed ends before the line end that belongs to the boundary; it may hold empty lines.
    yield row("signed-empty-lines", world.signed_part(text(words("signed-empty-lines") + "\n\n\n")), text=None,
              shown=[mark("signed-empty-lines")])
    content = world.signed_part(text(words("signed-preamble")), preamble=b"This is an OpenPGP/MIME signed message.\r\n",
                                epilogue=b"\r\nafter the end\r\n")
    yield row("signed-preamble", content, hidden=["after the end", "OpenPGP/MIME signed message"])


def sealed(world):
    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    yield row("sealed", world.encrypted_part(text(words("sealed"))))
    yield row("sealed-unsigned", world.encrypted_part(text(words("sealed-unsigned")), signer=None), protection=opened())
    name = "sealed-by-bram"
    yield Row(name, mail(name, world.encrypted_part(text(words(name)), signer="bram"), sender=world.from_("bram")),
              opened(**world.by("bram")), text=words(name))
    for number, how in enumerate(["none", "zip", "zlib", "bzip2"]):
        name = f"sealed-compressed-{how}"
        options = ["--compress-algo", str(number)] if number else ["--compress-algo", "none"]
        yield row(name, world.encrypted_part(text(words(name)), options=options))
    yield row("sealed-for-several", world.encrypted_part(text(words("sealed-for-several")), to=["bram", world.own, "nist"]))
    yield row("sealed-hidden-recipient", world.encrypted_part(text(words("sealed-hidden-recipient")), options=["--throw-keyids"]))
    yield row("sealed-hidden-among-others",
              world.encrypted_part(text(words("sealed-hidden-among-others")), to=["bram", "nist", world.own],
                                   options=["--throw-keyids"]))
    yield row("sealed-no-line-ends", world.encrypted_part(text(words("sealed-no-line-ends").rstrip("\n"))),
              text=words("sealed-no-line-ends").rstrip("\n"))
    armour = world.encrypt(text(words("sealed-base64-armour")))
    content = encrypted(b"").replace(b"\r\n\r\n\r\n--=-pgp--", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                                     + crlf(base64.encodebytes(armour)) + b"\r\n--=-pgp--")
    yield row("sealed-base64-armour", content)
    binary = world.encrypt(text(words("sealed-binary")), armour=False)
    content = multipart('encrypted; protocol="application/pgp-encrypted"', part("application/pgp-encrypted", "Version: 1\n"),
                        part("application/octet-stream", binary, encoding="b64"))
    yield row("sealed-binary", content)
    payload = multipart("mixed", text(words("sealed-with-files")), file("scherm.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 99),
                        file("../../etc/passwd", "text/x-secret", b"root"), boundary="=-in")
    yield row("sealed-with-files", world.encrypted_part(payload), attachments=["scherm.png", "passwd"])
    payload = letters.html("<p>Hello,<br>this is in <b>HTML</b>: https://www.zonnedam.example/ has reflected XSS (CWE-79)."
                           "</p><p>the writer of sealed-html</p><img src='http://tracker.example/x.png'>")
    yield row("sealed-html", world.encrypted_part(payload), text=None, shown=["this is in HTML", "the writer of sealed-html"],
              hidden=["<p>", "<img"])
    payload = part("text/plain; charset=iso-8859-1", words("sealed-latin-1").encode() + b"caf\xe9\r\n", exact=True)
    yield row("sealed-latin-1", world.encrypted_part(payload), text=None, shown=["café"])
    for name in ("retired", "withdrawn"):
        row_name = f"sealed-for-{name}-key"
        # Who still has the certificate from when it was good.
        armour = world.ring.encrypt(text(words(row_name)), world.old[name], signer="roos", at="20240301T120000")
        yield row(row_name, encrypted(armour))


def nested(world):
    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    # RFC 3156, 6.1: signed first, then encrypted.
    yield row("signed-in-sealed", world.encrypted_part(world.signed_part(text(words("signed-in-sealed"))), signer=None))
    yield row("sealed-in-signed", world.signed_part(world.encrypted_part(text(words("sealed-in-signed")), signer=None)))
    triple = world.encrypted_part(world.signed_part(
        world.encrypted_part(text(words("sealed-signed-sealed")), signer=None, boundary="=-innermost")),
        signer=None)
    yield row("sealed-signed-sealed", triple)
    # The outermost signature decides; the inner one is a part of what it covers.
    other = world.signed_part(world.encrypted_part(text(words("sealed-by-other-in-signed")), signer="mallory"))
    yield row("sealed-by-other-in-signed", other)
    other = world.encrypted_part(world.signed_part(text(words("signed-by-other-in-sealed")), "roos"), signer="mallory")
    yield row("signed-by-other-in-sealed", other,
              protection=opened(**world.by("mallory", "unknown-key", sender=False, origin="none")))
    inner = world.encrypt(words("inline-in-sealed"), signer="roos").decode()
    yield row("inline-in-sealed", world.encrypted_part(text(inner), signer=None))
    forwarded = message(mail("inner-of-sealed", text(words("sealed-with-forwarded")), sender="Someone <else@where.example>"))
    payload = multipart("mixed", text("See below.\n"), forwarded, boundary="=-in")
    yield row("sealed-with-forwarded", world.encrypted_part(payload), text=None,
              shown=["See below.", mark("sealed-with-forwarded"), "else@where.example"],
              sender="Roos de Vries <roos@wilgen.example>")


def mangled(world):
    """Exchange, Outlook and gateways rewrite the container; what was sent is all there."""
    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    control = part('application/pgp-encrypted; name="PGPMIME version identification"', "Version: 1\n")

    def cipher(name, media_type="application/octet-stream"):
        return part(f'{media_type}; name="encrypted.asc"', world.encrypt(text(words(name))),
                    'Content-Disposition: attachment; filename="encrypted.asc"')

    yield row("exchange-mixed", multipart("mixed", control, cipher("exchange-mixed")))
    yield row("exchange-mixed-with-empty-text", multipart("mixed", text("\n"), control, cipher("exchange-mixed-with-empty-text")))
    base64_control = part('application/pgp-encrypted; name="version.txt"', "Version: 1\n",
                          'Content-Disposition: attachment; filename="version.txt"', encoding="b64")
    base64_cipher = file("encrypted.asc", "application/octet-stream", world.encrypt(text(words("exchange-base64"))))
    yield row("exchange-base64", multipart("mixed", base64_control, base64_cipher))
    yield row("no-version-part", multipart('encrypted; protocol="application/pgp-encrypted"', cipher("no-version-part")))
    yield row("only-the-ciphertext", cipher("only-the-ciphertext"))
    yield row("ciphertext-as-pgp-encrypted", cipher("ciphertext-as-pgp-encrypted", "application/pgp-encrypted"))
    yield row("parts-swapped", multipart('encrypted; protocol="application/pgp-encrypted"', cipher("parts-swapped"), control))
    yield row("version-with-text", encrypted(world.encrypt(text(words("version-with-text"))),
                                             version=b"Version: 1\r\nGenerated by a mail program with much to say\r\n"))
    yield row("version-of-two", encrypted(world.encrypt(text(words("version-of-two"))), version=b"Version: 2\r\n"))
    yield row("no-protocol", multipart("encrypted", part("application/pgp-encrypted", "Version: 1\n"), cipher("no-protocol")))
    yield row("unclosed", multipart('encrypted; protocol="application/pgp-encrypted"', control, cipher("unclosed"), closed=False))
    # A gateway put a notice over it and below it.
    notice = text("EXTERNAL MAIL: do not click on links.\n")
    yield row("banner-above-sealed", multipart("mixed", notice, world.encrypted_part(text(words("banner-above-sealed")))),
              protection=opened(**world.partly("roos")), text=None,
              shown=["EXTERNAL MAIL", mark("banner-above-sealed")])
