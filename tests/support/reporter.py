"""People who write to a desk, each with an OpenPGP key of their own in a throwaway GnuPG home.

    with Reporter("Roos de Vries", "roos@wilgen.example") as roos:
        mail = roos.encrypted(to=desk_address, certificate=desk_certificate, subject="...", text="...")
        roos.open(answer)                 # → Opened(text, signer, encrypted, subject)
"""
import collections
import email
import email.message
import email.policy
import email.utils
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import uuid

Opened = collections.namedtuple("Opened", "entity text signer encrypted subject")
SMTP = email.policy.SMTP.clone(max_line_length=76)


def plain(sender, to, subject, text, *, html=None, attachments=(), fields=(), date=None, message_id=None):
    """One mail in the clear, as bytes with CRLF. attachments: (filename, media type, bytes)."""
    mail = email.message.EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = date or email.utils.formatdate()
    mail["Message-ID"] = message_id or f"<{uuid.uuid4()}@{email.utils.parseaddr(sender)[1].rpartition('@')[2]}>"
    for name, value in fields:
        mail[name] = value
    if text is not None:
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
    else:
        mail.set_content(html, subtype="html")
    for filename, media_type, content in attachments:
        maintype, subtype = media_type.split("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=filename)
    return mail.as_bytes()


class Reporter:
    def __init__(self, name, address, algorithm="ed25519/cv25519"):
        self.name, self.address = name, address
        self._learnt = {}
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-gpg-"))
        os.chmod(self.home, 0o700)
        first, _, second = algorithm.partition("/")
        user_id = f"{name} <{address}>"
        self.gpg("--quick-generate-key", user_id, first, "cert,sign", "2y")
        self.fingerprint = self._fingerprint()
        self.gpg("--quick-add-key", self.fingerprint, second or first, "encr", "2y")
        self.certificate = self.gpg("--armor", "--export-options", "export-minimal", "--export", self.fingerprint)

    def _fingerprint(self):
        colons = self.gpg("--with-colons", "--list-keys").decode()
        return re.search(r"^fpr:+([0-9A-F]+):", colons, re.M)[1]

    def gpg(self, *arguments, data=None, check=True):
        command = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--no-tty", "--yes", "--pinentry-mode",
                   "loopback", "--passphrase", "", "--trust-model", "always", *arguments]
        result = subprocess.run(command, input=data, capture_output=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
        if check and result.returncode != 0:
            raise RuntimeError(f"gpg {arguments[0]}: {result.stderr.decode(errors='replace')}")
        return result.stdout

    def learn(self, certificate):
        """Imports a certificate, once; its fingerprint."""
        if certificate in self._learnt:
            return self._learnt[certificate]
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-cert-"))
        try:
            (folder / "c").write_bytes(certificate)
            colons = self.gpg("--with-colons", "--show-keys", str(folder / "c")).decode()
        finally:
            shutil.rmtree(folder)
        self.gpg("--import", data=certificate)
        self._learnt[certificate] = re.search(r"^fpr:+([0-9A-F]+):", colons, re.M)[1]
        return self._learnt[certificate]

    # -- writing ---------------------------------------------------------------------------------------------

    @property
    def mailbox(self):
        return email.utils.formataddr((self.name, self.address))

    def payload(self, text, attachments=(), subject=None, attach_certificate=True):
        """The MIME entity inside the protection, with a protected subject where one is given."""
        entity = email.message.EmailMessage(policy=SMTP)
        entity.set_content(text)
        for filename, media_type, content in attachments:
            maintype, subtype = media_type.split("/")
            entity.add_attachment(content, maintype=maintype, subtype=subtype, filename=filename)
        if attach_certificate:
            entity.add_attachment(self.certificate, maintype="application", subtype="pgp-keys",
                                  filename=f"OpenPGP_0x{self.fingerprint[-16:]}.asc")
        del entity["MIME-Version"]
        if subject is not None:
            entity["Subject"] = subject
            entity.set_param("protected-headers", "v1")
        return entity.as_bytes()

    def encrypted(self, to, certificate, subject, text, *, sign=True, attachments=(), outer_subject="...", fields=(),
                  message_id=None, attach_certificate=True):
        """PGP/MIME (RFC 3156, 4 and 6.2), signed inside unless told otherwise, protected subject."""
        recipient = self.learn(certificate)
        payload = self.payload(text, attachments, subject, attach_certificate)
        options = ["--sign", "--local-user", self.fingerprint] if sign else []
        ciphertext = self.gpg("--armor", *options, "--encrypt", "--recipient", recipient, data=payload)
        body = (b"--=-pgp\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--=-pgp\r\n"
                b"Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n"
                + ciphertext.replace(b"\n", b"\r\n") + b"\r\n--=-pgp--\r\n")
        kind = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-pgp"'
        return self._outer(to, outer_subject, kind, fields, message_id) + body

    def signed(self, to, subject, text, *, attachments=(), fields=(), message_id=None, attach_certificate=True):
        """PGP/MIME multipart/signed (RFC 3156, 5)."""
        payload = self.payload(text, attachments, None, attach_certificate)
        signature = self.gpg("--armor", "--detach-sign", "--local-user", self.fingerprint, data=payload)
        body = (b"--=-sig\r\n" + payload + b"\r\n--=-sig\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n"
                + signature.replace(b"\n", b"\r\n") + b"\r\n--=-sig--\r\n")
        kind = 'multipart/signed; micalg="pgp-sha512"; protocol="application/pgp-signature"; boundary="=-sig"'
        return self._outer(to, subject, kind, fields, message_id) + body

    def inline(self, to, certificate, subject, text, *, sign=True, **more):
        """Armour in a text/plain body."""
        recipient = self.learn(certificate)
        options = ["--sign", "--local-user", self.fingerprint] if sign else []
        armour = self.gpg("--armor", *options, "--encrypt", "--recipient", recipient, data=text.encode())
        return plain(self.mailbox, to, subject, armour.decode(), **more)

    def _outer(self, to, subject, content_type, fields, message_id):
        domain = self.address.rpartition("@")[2]
        lines = [("From", self.mailbox), ("To", to), ("Subject", subject), ("Date", email.utils.formatdate()),
                 ("Message-ID", message_id or f"<{uuid.uuid4()}@{domain}>"), ("MIME-Version", "1.0"),
                 *fields, ("Content-Type", content_type)]
        return "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\n"

    # -- reading ---------------------------------------------------------------------------------------------

    def open(self, mail):
        """Reads a mail as this person's client would: decrypts, verifies against the certificates learnt."""
        message = email.message_from_bytes(mail, policy=email.policy.default)
        signer, encrypted = None, False
        if message.get_content_type() == "multipart/encrypted":
            encrypted = True
            ciphertext = message.get_payload()[1].get_payload(decode=True)
            clear, signer = self._decrypt(ciphertext)
            message = email.message_from_bytes(clear, policy=email.policy.default)
        elif message.get_content_type() == "multipart/signed":
            signer = self._verify(mail, message)
            message = message.get_payload()[0]
        body = message.get_body(("plain", "html"))
        return Opened(message, body.get_content() if body else "", signer, encrypted, message.get("Subject"))

    def _decrypt(self, ciphertext):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-open-"))
        try:
            clear = self.gpg("--status-file", str(folder / "status"), "--decrypt", data=ciphertext)
            return clear, _valid_signer((folder / "status").read_text())
        finally:
            shutil.rmtree(folder)

    def _verify(self, raw, message):
        boundary = message.get_boundary().encode()
        parts = raw.replace(b"\r\n", b"\n").split(b"--" + boundary)
        signed = parts[1][1:-1].replace(b"\n", b"\r\n")
        signature = message.get_payload()[1].get_payload(decode=True)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-verify-"))
        try:
            (folder / "sig").write_bytes(signature)
            (folder / "data").write_bytes(signed)
            self.gpg("--status-file", str(folder / "status"), "--verify", str(folder / "sig"), str(folder / "data"), check=False)
            return _valid_signer((folder / "status").read_text())
        finally:
            shutil.rmtree(folder)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()


def _valid_signer(status):
    found = re.search(r"^\[GNUPG:\] VALIDSIG ([0-9A-F]+)", status, re.M)
    return found[1] if found else None
