#!/usr/bin/python3
"""A throwaway Postfix that takes submissions and delivers them into a throwaway Dovecot. Needs root.

    with Dovecot() as dovecot, Postfix(dovecot) as server:
        ... smtp://127.0.0.1:{server.port} (STARTTLS), smtps://127.0.0.1:{server.tls_port}, CA dovecot.ca,
            user and password as for Dovecot ...
        # mail to NAME@localhost arrives in dovecot.mails("NAME"); elsewhere it is refused

Its configuration, queue and log lie in a temporary folder; the system's own Postfix is not touched. It dies with
this process like Dovecot does.
"""
import os
import pathlib
import pwd
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from supervise import Supervised, free_port, wait_for_port  # noqa: E402

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = postfix.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = error:5.7.1 this server delivers to itself alone
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl_port}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
message_size_limit = 80000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
notify_classes =
{extra}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup    unix  n - n 60  1 pickup
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
verify    unix  - - n -   1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n -   - proxymap
smtp      unix  - - n -   - smtp
lmtp      unix  - - n -   - lmtp
error     unix  - - n -   - error
retry     unix  - - n -   - error
anvil     unix  - - n -   1 anvil
scache    unix  - - n -   1 scache
showq     unix  n - n -   - showq
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """port (STARTTLS), tls_port (TLS from the start). extra: lines for main.cf, after ours."""

    def __init__(self, dovecot, domains=("localhost", "zonnedam.example"), extra=""):
        if os.geteuid() != 0:
            raise RuntimeError("Postfix needs root")
        if not dovecot.lmtp_port:
            raise RuntimeError("Postfix delivers by LMTP: dovecot-lmtpd is missing")
        self._server = Supervised("cvdesk-postfix-")
        self.folder = self._server.folder
        self.folder.chmod(0o755)
        self.port, self.tls_port = free_port(), free_port()
        (self.folder / "main.cf").write_text(MAIN.format(
            folder=self.folder, domains=" ".join(domains), lmtp_port=dovecot.lmtp_port, sasl_port=dovecot.sasl_port,
            certificate=dovecot.certificates.certificate, key=dovecot.certificates.key, extra=extra))
        (self.folder / "master.cf").write_text(MASTER.format(port=self.port, tls_port=self.tls_port))
        (self.folder / "queue").mkdir()
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        owner = pwd.getpwnam("postfix")
        os.chown(data, owner.pw_uid, owner.pw_gid)

    def start(self):
        done = subprocess.run(["postfix", "-c", self.folder, "check"], stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            self.stop()
            raise RuntimeError("Postfix does not like its configuration: " + done.stderr.decode(errors="replace"))
        # The master process itself, so that its supervisor is its parent ("postfix start" leaves it alone).
        self._server.start(["/usr/lib/postfix/sbin/master", "-c", self.folder, "-d"],
                           env={**os.environ, "MAIL_CONFIG": str(self.folder), "MAIL_LOGTAG": "postfix"})
        if not wait_for_port("127.0.0.1", self.port, 10, self._server.alive):
            trouble = self._server.output() + self.log()
            self.stop()
            raise RuntimeError("Postfix does not start: " + trouble)
        return self

    def stop(self):
        self._server.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *ignored):
        self.stop()

    def log(self):
        try:
            return (self.folder / "postfix.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
