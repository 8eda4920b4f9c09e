"""Mails put together byte by byte, so that their form is exactly the one that is meant."""
import base64
import quopri

FORMS = {"b64": "base64", "qp": "quoted-printable"}


def crlf(data):
    data = data.encode() if isinstance(data, str) else data
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def part(content_type, body, *fields, encoding=None, exact=False):
    """One MIME entity: header and body. encoding: b64 or qp. exact: line ends as given."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"Content-Type: {content_type}"] if content_type else []
    lines += fields
    if encoding == "b64":
        body = base64.encodebytes(body)
    elif encoding == "qp":
        body = quopri.encodestring(body)
    if encoding:
        lines.append(f"Content-Transfer-Encoding: {FORMS[encoding]}")
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + (body if exact else crlf(body))


def text(words, *fields, charset="utf-8", **more):
    return part(f"text/plain; charset={charset}", words, *fields, **more)


def html(markup, **more):
    return part("text/html; charset=utf-8", markup, **more)


def file(name, media_type, content, *, encoding="b64", disposition="attachment"):
    return part(f'{media_type}; name="{name}"', content, f'Content-Disposition: {disposition}; filename="{name}"',
                encoding=encoding)


def multipart(kind, *parts, boundary="=-outer", closed=True, preamble=b"", epilogue=b"", fields=()):
    """kind: the subtype and further parameters, such as `signed; micalg=pgp-sha512`."""
    subtype, _, parameters = kind.partition(";")
    more = f";{parameters}" if parameters else ""
    head = f'Content-Type: multipart/{subtype}{more}; boundary="{boundary}"\r\n' + "".join(f + "\r\n" for f in fields)
    mark = b"--" + boundary.encode()
    body = preamble + b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts)
    return head.encode() + b"\r\n" + body + (mark + b"--\r\n" if closed else b"") + epilogue


def message(inner, *fields):
    return part("message/rfc822", inner, *fields, exact=True)


def encrypted(ciphertext, *, boundary="=-pgp", version=b"Version: 1\r\n", name="encrypted.asc", **more):
    """RFC 3156, 4."""
    control = part("application/pgp-encrypted", version)
    return multipart('encrypted; protocol="application/pgp-encrypted"', control,
                     part(f'application/octet-stream; name="{name}"', ciphertext), boundary=boundary, **more)


def signed(payload, signature, *, boundary="=-sig", **more):
    """RFC 3156, 5. payload: the exact bytes that were signed."""
    return multipart('signed; micalg="pgp-sha512"; protocol="application/pgp-signature"', payload,
                     part('application/pgp-signature; name="signature.asc"', signature), boundary=boundary, **more)


def mail(name, content, *fields, sender="Roos de Vries <roos@wilgen.example>", subject=None,
         to="cvd@zonnedam.example"):
    """A whole mail around an entity. `name` makes its Message-ID and, unless given, its subject."""
    senders = [sender] if isinstance(sender, str) else sender
    lines = [f"From: {one}" for one in senders]
    lines += [f"To: {to}", f"Subject: {subject or 'Report ' + name}", "Date: Sun, 01 Nov 2026 10:00:00 +0000",
              f"Message-ID: <{name}@matrix.example>", "MIME-Version: 1.0", *fields]
    return "".join(line + "\r\n" for line in lines).encode() + content
