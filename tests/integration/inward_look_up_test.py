#!/usr/bin/python3
"""A sender's domain that leads to an address of ours is never connected to (as root: a name of its own, port 443)."""
import random
import socket
import subprocess
import unittest

from case import IntegrationTest
from key_directory import KeyDirectory
from reporter import Reporter

DESK = "cvd@zonnedam.example"


class StaysOutside(IntegrationTest):
    def test_a_name_that_resolves_to_loopback_is_not_connected_to(self):
        address = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(2, 254)}"
        imap, sink, home = self.dovecot(), self.sink(), self.desk()
        directory = self.enterContext(KeyDirectory(["openpgpkey.inward.example", "inward.example"], ip=address, port=443))
        roos = self.enterContext(Reporter("Roos", "roos@inward.example"))
        directory.publish(roos)
        directory.publish(roos, direct=True)
        certificate = home.certificate()
        roos.learn(certificate)
        hosts = home.folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{address} openpgpkey.inward.example inward.example\n")
        prefix = ["unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
        # The name leads there, for others.
        seen = subprocess.run([*prefix, "getent", "hosts", "openpgpkey.inward.example"], capture_output=True, check=True)
        self.assertIn(address, seen.stdout.decode())
        socket.create_connection((address, 443), 5).close()
        home.configure([home.mailbox("cvd", imap)], home.submission(sink),
                       openpgp={"wkd": True, "wkd_ca_file": str(directory.ca)})
        imap.deliver("cvd", roos.encrypted(DESK, certificate, "XSS", "Op https://www.zonnedam.example/ staat een lek.\n",
                                           sign=False, attach_certificate=False))
        trace = home.folder / "trace"
        home.run("cvdeskd", "--once", prefix=[*prefix, "strace", "-f", "-e", "trace=connect", "-o", trace])
        connects = trace.read_text()
        self.assertIn("connect(", connects)
        self.assertNotIn(address, connects)
        self.assertEqual(directory.asked, [])
        answer, = [roos.open(mail.data) for mail in sink.mails()]
        self.assertFalse(answer.encrypted)


if __name__ == "__main__":
    unittest.main()
