"""What a team would write in a day: imaplib, email, gpg, SQLite with a commit a mail, a queued acknowledgement.

    day_script.py PORT CA PASSWORD GNUPGHOME DATABASE [--batch]
"""
import email
import email.policy
import imaplib
import re
import sqlite3
import ssl
import subprocess
import sys


def opened(message, home):
    for part in message.walk():
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True) or b""
        if b"-----BEGIN PGP MESSAGE-----" in body:
            clear = subprocess.run(["gpg", "--homedir", home, "--batch", "--quiet", "--trust-model", "always", "--decrypt"],
                                   input=body, capture_output=True).stdout
            return email.message_from_bytes(clear, policy=email.policy.default) if clear.startswith(b"Content-") else clear.decode()
    return message


def text_of(message):
    if isinstance(message, str):
        return message
    body = message.get_body(("plain", "html"))
    return body.get_content() if body else ""


def main(port, ca, password, home, path):
    database = sqlite3.connect(path)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "CREATE TABLE mail(uid INTEGER PRIMARY KEY, raw BLOB, sender, subject, body, urls);"
                           "CREATE TABLE outbox(id INTEGER PRIMARY KEY, address, text);")
    imap = imaplib.IMAP4_SSL("127.0.0.1", int(port), ssl_context=ssl.create_default_context(cafile=ca))
    imap.login("cvd", password)
    imap.select("INBOX", readonly=True)
    for uid in imap.uid("SEARCH", "ALL")[1][0].split():
        raw = imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = text_of(opened(message, home))
        urls = re.findall(r"https?://[^\s>\"]+", body)
        with database:
            database.execute("INSERT INTO mail VALUES(?,?,?,?,?,?)",
                             (int(uid), raw, message["From"], message["Subject"], body, " ".join(urls)))
            database.execute("INSERT INTO outbox(address, text) VALUES(?,?)", (message["From"], "We received your report."))


if __name__ == "__main__":
    main(*sys.argv[1:6])
