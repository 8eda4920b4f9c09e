#!/usr/bin/python3
"""Every byte that leaves, by SMTP and webhook, while reporters write encrypted: none of their words goes out in the clear."""
import email
import email.policy
import re
import unittest

from case import IntegrationTest
from reporter import Reporter, plain
from webhook_server import WebhookServer

DESK = "cvd@zonnedam.example"
# In the protected subject, the text, and the name and content of an attachment.
SECRETS = ["Merkwaardig-Zilvervos", "Toverspreuk-Kwartel", "Boomgaard-Ijsvogel", "geheim-bewijs-Waterlelie", "Inhoud-Sterrenkroos"]
NOTIFY = '[notify]\nmail = ["team@zonnedam.example"]\nwebhook_url_file = "webhook.url"\nat_most_every = "1s"\n'


def every_reading(data):
    """The bytes as they are, and what stands in them once transfer encodings and encoded words are undone."""
    yield data
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items()).encode(errors="replace")
        if not part.is_multipart():
            yield part.get_payload(decode=True) or b""
    yield re.sub(rb"=\r?\n", b"", data)


class EveryByteThatLeaves(IntegrationTest):
    def setUp(self):
        self.hook = self.enterContext(WebhookServer())
        self.server, self.home = self.sink(), self.desk()
        self.imap = self.dovecot()
        self.home.secret("webhook.url", self.hook.url)
        self.home.configure([self.home.mailbox("cvd", self.imap)], self.home.submission(self.server), tables=NOTIFY)
        self.certificate = self.home.certificate()

    def person(self, name, address):
        person = self.enterContext(Reporter(name, address))
        person.learn(self.certificate)
        return person

    def text(self):
        return f"Hallo,\n\nOp https://www.zonnedam.example/zoek staat {SECRETS[1]} en {SECRETS[2]}.\n\nGroet\n"

    def test_no_secret_leaves_in_the_clear(self):
        attachments = [(SECRETS[3] + ".txt", "text/plain", (SECRETS[4] + "\n").encode())]
        signing = self.person("Rosa", "rosa@reporter.example")
        silent = self.person("Sam", "sam@reporter.example")
        stranger = self.person("Tom", "tom@reporter.example")
        mails = [
            signing.encrypted(DESK, self.certificate, SECRETS[0], self.text(), attachments=attachments),
            silent.encrypted(DESK, self.certificate, SECRETS[0], self.text(), sign=False),
            signing.inline(DESK, self.certificate, "a question", self.text()),
            # For a key that is not the desk's; and once more what was sent before.
            stranger.encrypted(DESK, signing.certificate, SECRETS[0], self.text()),
        ]
        for mail in mails:
            self.imap.deliver("cvd", mail)
        self.home.run_once()
        references = [case["reference"] for case in self.home.json("list", "--all")]
        self.assertEqual(len(references), 4)
        self.assertTrue(any(self.home.show(reference)["title"] == SECRETS[0] for reference in references), "it was read")
        follow_up = signing.encrypted(DESK, self.certificate, f"Re: [{references[0]}] {SECRETS[0]}", self.text())
        self.imap.deliver("cvd", follow_up)
        self.home.cvdesk("close", references[1], "--as", "fixed")
        self.imap.deliver("cvd", plain("Sam <sam@reporter.example>", DESK, f"Re: [{references[1]}] vraag", "Is het opgelost?"))
        self.home.run_once()
        left = [mail.data for mail in self.server.mails()] + self.hook.bodies
        self.assertGreaterEqual(len(self.server.mails()), 6)
        self.assertGreaterEqual(len(self.hook.bodies), 1)
        for number, data in enumerate(left):
            for reading in every_reading(data):
                for secret in SECRETS:
                    self.assertNotIn(secret.lower().encode(), reading.lower(), f"in what left as number {number}")
        # The search finds what is there: an answer that only its reader can open.
        opened = [signing.open(mail.data) for mail in self.server.mails() if mail.recipients == ["rosa@reporter.example"]]
        self.assertTrue(any(mail.encrypted for mail in opened))
        self.assertTrue(any(b"zonnedam" in reading for data in left for reading in every_reading(data)))


if __name__ == "__main__":
    unittest.main()
