"""S/MIME (RFC 8551): named, kept, read where it is only wrapped; never taken for OpenPGP."""
import pathlib
import subprocess
import tempfile

from .letters import file, mail, multipart, part, text
from .world import Row, closed, mark, protection, words


class Person:
    """A self-signed certificate, made by openssl for a day."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-smime-"))
        self.key, self.certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.key,
                 "-out", self.certificate, "-days", "1", "-subj", "/CN=Roos de Vries/emailAddress=roos@wilgen.example")

    def run(self, *arguments, data=None):
        return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout

    def cms(self, *arguments, data):
        return self.run("cms", "-binary", *arguments, data=data)

    def close(self):
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def rows(world):
    person = Person()
    try:
        yield from signed(person)
        yield from enveloped(person)
    finally:
        person.close()


def cms_part(kind, data, media_type="application/pkcs7-mime", name="smime.p7m"):
    parameters = f"; smime-type={kind}" if kind else ""
    return part(f'{media_type}{parameters}; name="{name}"', data, f'Content-Disposition: attachment; filename="{name}"', encoding="b64")


def signed(person):
    note = protection(cause="S/MIME")

    def row(name, content, **more):
        return Row(name, mail(name, content), **{"protection": note, "text": words(name), **more})

    def wrapped(name, *options, payload=None):
        return person.cms("-sign", "-nodetach", "-signer", person.certificate, "-inkey", person.key, "-outform", "DER", *options,
                          data=payload or text(words(name)))

    name = "smime-clear-signed"
    payload = text(words(name))
    signature = person.cms("-sign", "-signer", person.certificate, "-inkey", person.key, "-outform", "DER", data=payload)
    content = multipart('signed; protocol="application/pkcs7-signature"; micalg=sha-256', payload,
                        cms_part("", signature, "application/pkcs7-signature", "smime.p7s"))
    yield row(name, content)
    name = "smime-opaque-signed"
    yield row(name, cms_part("signed-data", wrapped(name)))
    name = "smime-opaque-signed-streamed"
    yield row(name, cms_part("signed-data", wrapped(name, "-stream", "-indef")))
    name = "smime-opaque-unnamed"
    yield row(name, cms_part("", wrapped(name), "application/x-pkcs7-mime"))
    name = "smime-opaque-octets"
    yield row(name, file("smime.p7m", "application/octet-stream", wrapped(name)))
    name = "smime-opaque-with-files"
    inner = multipart("mixed", text(words(name)), file("poc.py", "text/x-python", b"print(1)\n"), boundary="=-in")
    yield row(name, cms_part("signed-data", wrapped(name, payload=inner)), attachments=["poc.py"])
    name = "smime-opaque-broken"
    yield row(name, cms_part("signed-data", wrapped(name)[:150]), kind="undecryptable", text="", attachments=["smime.p7m"],
              protection=protection(cause="S/MIME"))
    name = "smime-opaque-pgp-inside"
    yield row(name, cms_part("signed-data", wrapped(name, payload=cms_part("signed-data", wrapped(name)))))


def enveloped(person):
    def row(name, content, **more):
        expected = {"protection": closed("failed", "S/MIME"), "kind": "undecryptable", "text": "", "hidden": [mark(name)],
                    "attachments": ["smime.p7m"], **more}
        return Row(name, mail(name, content), **expected)

    def sealed(name):
        return person.cms("-encrypt", "-aes256", "-outform", "DER", person.certificate, data=text(words(name)))

    name = "smime-enveloped"
    yield row(name, cms_part("enveloped-data", sealed(name)))
    name = "smime-enveloped-unnamed"
    yield row(name, cms_part("", sealed(name)))
    name = "smime-enveloped-octets"
    yield row(name, file("smime.p7m", "application/octet-stream", sealed(name)))
    name = "smime-enveloped-beside-text"
    content = multipart("mixed", text("Our list footer.\n"), cms_part("enveloped-data", sealed(name)))
    yield row(name, content, text="Our list footer.\n", protection=closed("failed", "S/MIME", partial=True))
