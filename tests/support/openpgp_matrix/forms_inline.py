"""OpenPGP in the text of a mail: encrypted or signed blocks, whole or among other text."""
import re

from . import packets
from .letters import html, mail, multipart, part, text
from .world import Row, mark, opened, protection, words


def rows(world):
    yield from sealed(world)
    yield from armours(world)
    yield from clear_signed(world)


def sealed(world):
    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    def armour(name, **more):
        return world.encrypt(words(name), **more).decode()

    yield row("inline", text(armour("inline")))
    yield row("inline-unsigned", text(armour("inline-unsigned", signer=None)), protection=opened())
    yield row("inline-no-content-type", part(None, armour("inline-no-content-type")))
    yield row("inline-base64", text(armour("inline-base64"), encoding="b64"))
    yield row("inline-qp", text(armour("inline-qp"), encoding="qp"))
    flowed = part("text/plain; charset=utf-8; format=flowed", armour("inline-flowed"))
    yield row("inline-flowed", flowed)
    name = "inline-charset-header"
    latin = world.encrypt((words(name) + "café\n").encode("latin-1"), options=["--comment", "made by hand"])
    yield row(name, part("text/plain; charset=iso-8859-1", latin), text=None, shown=[mark(name), "café"])
    name = "inline-armour-charset"
    latin = packets.armour(packets.dearmour(world.encrypt((words(name) + "caf\u00e9 \u20ac\n").encode("iso-8859-15"))),
                           headers=["Charset: ISO-8859-15"])
    yield row(name, text(latin), text=None, shown=[mark(name), "café €"])
    in_html = "<html><body><p>Dear team,</p><pre>" + armour("inline-html-pre") + "</pre></body></html>"
    yield row("inline-html-pre", html(in_html), text=None, shown=["Dear team,", mark("inline-html-pre")], hidden=["BEGIN PGP"],
              protection=opened(**world.partly("roos")))
    only = "<div>" + armour("inline-html-br").replace("\n", "<br>\n") + "</div>"
    yield row("inline-html-br", html(only))
    only = "<div>" + armour("inline-html-div").replace("\n", "</div><div>") + "</div>"
    yield row("inline-html-div", html(only))
    both = armour("inline-alternative")
    yield row("inline-alternative", multipart("alternative", text(both), html(f"<pre>{both}</pre>")))
    name = "inline-text-around"
    yield row(name, text("Good morning,\n\n" + armour(name) + "\nSent from my telephone\n"),
              protection=opened(**world.partly("roos")), text=None,
              shown=["Good morning", mark(name), "Sent from my telephone"], hidden=["BEGIN PGP"])
    name = "inline-two-blocks"
    first, second = armour(name), world.encrypt("The second block.\n").decode()
    yield row(name, text(first + "\n" + second), text=None, shown=[mark(name), "The second block."],
              protection=opened(**world.partly("roos")))
    name = "inline-quoted"
    quoted = "".join("> " + line + "\n" for line in armour(name, signer=None).splitlines())
    yield row(name, text(quoted), protection=opened())
    quoted = "> > " + armour("inline-quoted-twice", signer=None).rstrip("\n").replace("\n", "\n> > ") + "\n"
    yield row("inline-quoted-twice", text(quoted), protection=opened())
    name = "inline-then-certificate"
    certificate = world.ring.certificate("roos").decode()
    yield row(name, text(armour(name) + "\n" + certificate))
    name = "inline-mime-inside"
    yield row(name, text(world.encrypt(text(words(name))).decode()))


def armours(world):
    def row(name, armour, **more):
        return Row(name, mail(name, text(armour)), **{"protection": opened(**world.by("roos")), "text": words(name), **more})

    def sealed_bytes(name):
        return world.encrypt(words(name), armour=False)

    def exact(name, armour):
        return Row(name, mail(name, part("text/plain; charset=utf-8", armour, exact=True)), opened(**world.by("roos")),
                   text=words(name))

    yield row("armour-no-checksum", packets.armour(sealed_bytes("armour-no-checksum"), checksum="none"))
    # RFC 9580, 6.1: a wrong checksum is no reason to refuse; what was encrypted proves its own integrity.
    yield row("armour-wrong-checksum", packets.armour(sealed_bytes("armour-wrong-checksum"), checksum="wrong"))
    yield row("armour-comments", packets.armour(sealed_bytes("armour-comments"), headers=[
        "Version: PGP 6.5.8", "Comment: two", "Comment: of them", "MessageID: abc", "Something: else"]))
    yield row("armour-short-lines", packets.armour(sealed_bytes("armour-short-lines"), width=30))
    yield row("armour-one-long-line", packets.armour(sealed_bytes("armour-one-long-line"), width=76))
    armour = packets.armour(sealed_bytes("armour-trailing-blanks")).decode()
    yield row("armour-trailing-blanks", armour.replace("\n", "  \t\n"))
    armour = packets.armour(sealed_bytes("armour-indented")).decode()
    yield row("armour-indented", "".join("    " + line + "\n" for line in armour.splitlines()))
    armour = packets.armour(sealed_bytes("armour-blank-lines")).decode()
    yield row("armour-blank-lines", armour.replace("\n", "\n\n"))
    armour = packets.armour(sealed_bytes("armour-double-cr"))
    yield exact("armour-double-cr", armour.replace(b"\n", b"\r\r\n"))
    yield exact("armour-lf", packets.armour(sealed_bytes("armour-lf")))
    yield row("armour-no-blank-line", packets.armour(sealed_bytes("armour-no-blank-line"), headers=["Version: 1"], blank=False))
    armour = packets.armour(sealed_bytes("armour-blank-with-spaces")).decode()
    yield row("armour-blank-with-spaces", armour.replace("\n\n", "\n   \n", 1))
    session, key = world.by_hand()
    inside = packets.literal(words("armour-old-packets").encode(), old=True)
    old = session + packets.protected(key, inside)
    yield row("armour-old-packets", packets.armour(old), protection=opened())
    inside = packets.literal(words("armour-partial-lengths").encode(), piece=512)
    yield row("armour-partial-lengths", packets.armour(session + packets.protected(key, inside, piece=512)), protection=opened())


def clear_signed(world):
    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": protection(**world.by("roos")), "text": words(name), **more})

    def clear(name, signer="roos", more="", **options):
        return world.ring.clear_signed(words(name) + more, signer, **options).decode()

    yield row("clear-signed", text(clear("clear-signed")))
    yield row("clear-signed-qp", text(clear("clear-signed-qp"), encoding="qp"))
    yield row("clear-signed-base64", text(clear("clear-signed-base64"), encoding="b64"))
    yield row("clear-signed-bram", text(clear("clear-signed-bram", "bram")),
              protection=protection(**world.by("bram", sender=False)))
    name = "clear-signed-dashes"
    dashes = "- a list\n-- \nFrom here on a signature\n-----\n"
    yield row(name, text(clear(name, more=dashes)), text=words(name) + dashes.replace("-- \n", "--\n"))
    name = "clear-signed-latin-1"
    signed = world.ring.gpg("--local-user", world.ring.fingerprints["roos"], "--clear-sign",
                            data=(words(name) + "café\n").encode("latin-1"))
    yield row(name, part("text/plain; charset=iso-8859-1", signed), text=words(name) + "café\n")
    name = "clear-signed-text-around"
    yield row(name, text("Before.\n\n" + clear(name) + "\nAfter.\n"), protection=protection(**world.partly("roos")), text=None,
              shown=["Before.", mark(name), "After."], hidden=["BEGIN PGP"])
    name = "clear-signed-two-blocks"
    yield row(name, text(clear(name) + "\n" + world.ring.clear_signed("The second block.\n", "roos").decode()), text=None,
              shown=[mark(name), "The second block."], protection=protection(**world.partly("roos")))
    name = "clear-signed-in-html"
    markup = "<pre>" + clear(name).replace("&", "&amp;").replace("<", "&lt;") + "</pre>"
    yield row(name, html(markup))
    name = "clear-signed-altered"
    altered = clear(name).replace("search?q=x", "search?q=y")
    yield row(name, text(altered), text=None, shown=[mark(name), "search?q=y"],
              protection=protection(**world.by("roos", "bad", sender=False)))
    name = "clear-signed-smuggled-header"
    smuggled = re.sub("^(Hash: .*)$", r"\1\nComment: pay no attention", clear(name), flags=re.M)
    yield row(name, text(smuggled), text=None, shown=[mark(name)],
              protection=protection(signature="bad", cause="header"))
    name = "clear-signed-not-ended"
    yield row(name, text(clear(name).partition("-----BEGIN PGP SIGNATURE")[0]), text=None, shown=[mark(name)],
              protection=protection())
    name = "clear-signed-then-more"
    both = clear(name) + "\nPS: also look at https://evil.example/\n"
    yield row(name, text(both), text=None, shown=[mark(name), "PS: also"], protection=protection(**world.partly("roos")))
