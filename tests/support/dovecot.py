#!/usr/bin/python3
"""A throwaway Dovecot: IMAP over TLS and with STARTTLS on loopback, any user name, one password.

    with Dovecot() as server:
        server.deliver("cvd", b"Subject: x\\r\\n\\r\\nHello\\r\\n")
        ... imaps://127.0.0.1:{server.imaps_port}/INBOX, user cvd, password server.password, CA server.ca ...

Needs no root and no systemd; nothing of it survives stop(), the end of the block, or the death of this
process. As a command it runs until its standard input closes or it is interrupted:

    dovecot.py [--password P] [--port-file FILE]        FILE gets JSON: imaps, imap, lmtp, ca, password, folder
"""
import argparse
import getpass
import grp
import json
import os
import pathlib
import pwd
import smtplib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from certificates import Certificates  # noqa: E402
from supervise import Supervised, free_port, wait_for_port  # noqa: E402

CONFIGURATION = """
protocols = imap{lmtp_protocol}
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {user}
mail_gid = {group}
mail_home = {folder}/mail/%n
mail_location = maildir:~/Maildir
auth_mechanisms = plain login{oauth_mechanisms}
auth_failure_delay = 0
auth_cache_size = 0
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
imap_capability = {imap_capability}
{oauth_passdb}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener sasl {{
    address = 127.0.0.1
    port = {sasl_port}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

OAUTH_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""

OAUTH = """
introspection_mode = post
introspection_url = {url}
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
"""


class Dovecot:
    """What a user name has after its @ makes no difference: cvd and cvd@zonnedam.example share their mail.

    imaps_port, imap_port (STARTTLS), lmtp_port (None without dovecot-lmtpd), sasl_port, ca, certificates."""

    def __init__(self, password="Zonnebloem-7", tokens=None, capability="", names=None):
        """tokens: a TokenServer, for XOAUTH2. capability: what IMAP shall claim to know, instead of the truth.
        names: subjectAltName of the certificate."""
        self.password = password
        self.tokens = tokens
        self.capability = capability
        self.lmtp_port = None
        self._server = Supervised("cvdesk-dovecot-")
        self.folder = self._server.folder
        # As root the mail belongs to nobody, as Dovecot asks; its folder must be theirs to enter.
        self.folder.chmod(0o755)
        self.certificates = Certificates(self.folder / "tls", **({"names": names} if names else {}))
        self.ca = self.certificates.ca
        self._user, self._group = self._account()
        self._own(self._make("mail"))
        self._delivered = 0

    @staticmethod
    def _account():
        if os.geteuid() == 0:
            return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
        return getpass.getuser(), grp.getgrgid(os.getegid()).gr_name

    def _make(self, name):
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _own(self, path):
        if os.geteuid() == 0:
            account = pwd.getpwnam(self._user)
            os.chown(path, account.pw_uid, account.pw_gid)

    # -- life ------------------------------------------------------------------------------------------------

    def start(self):
        for attempt in range(3):
            self._write_configuration()
            self._server.start(["/usr/sbin/dovecot", "-F", "-c", self.folder / "dovecot.conf"])
            if wait_for_port("127.0.0.1", self.imaps_port, 5, self._server.alive) and self._answers():
                return self
            # Somebody else may have taken the port in the meantime: once more with other ones.
            trouble = self._server.output() + self.log()
            self._server.stop_command()
        self.stop()
        raise RuntimeError("Dovecot does not start: " + trouble)

    def _answers(self):
        with socket.create_connection(("127.0.0.1", self.imap_port), timeout=5) as connection:
            connection.settimeout(5)
            return connection.recv(100).startswith(b"* OK")

    def _write_configuration(self):
        self.imaps_port, self.imap_port, self.sasl_port = free_port(), free_port(), free_port()
        lmtp = os.path.exists("/usr/lib/dovecot/lmtp")
        self.lmtp_port = free_port() if lmtp else None
        if self.tokens:
            (self.folder / "oauth2.conf").write_text(OAUTH.format(url=self.tokens.introspection_url))
        (self.folder / "dovecot.conf").write_text(CONFIGURATION.format(
            lmtp_protocol=" lmtp" if lmtp else "", run=self._make("run"), folder=self.folder, user=self._user,
            group=self._group, password=self.password, certificate=self.certificates.certificate,
            key=self.certificates.key, imap_port=self.imap_port, imaps_port=self.imaps_port,
            sasl_port=self.sasl_port, lmtp_port=self.lmtp_port or 0, imap_capability=self.capability,
            oauth_mechanisms=" xoauth2 oauthbearer" if self.tokens else "",
            oauth_passdb=OAUTH_PASSDB.format(folder=self.folder) if self.tokens else ""))

    def stop(self):
        self._server.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *ignored):
        self.stop()

    def log(self):
        try:
            return (self.folder / "dovecot.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    # -- mail ------------------------------------------------------------------------------------------------

    def maildir(self, user, folder="INBOX"):
        """The Maildir of a folder; made when it does not exist."""
        user = user.partition("@")[0].lower()
        path = self._make(f"mail/{user}/Maildir")
        if folder != "INBOX":
            path = self._make(f"mail/{user}/Maildir/.{folder.replace('/', '.')}")
        for part in ("new", "cur", "tmp"):
            (path / part).mkdir(exist_ok=True)
            self._own(path / part)
        if folder != "INBOX":
            (path / "maildirfolder").touch()
        while path != self.folder / "mail":
            self._own(path)
            path = path.parent
        return self.folder / "mail" / user / "Maildir" / ("" if folder == "INBOX" else "." + folder.replace("/", "."))

    def deliver(self, user, mail, folder="INBOX"):
        """Puts one mail (bytes) into the folder at once, byte for byte, as a delivery agent would."""
        maildir = self.maildir(user, folder)
        self._delivered += 1
        name = f"{time.time_ns() // 1000:017d}.{os.getpid()}_{self._delivered}.localhost"
        temporary = maildir / "tmp" / name
        temporary.write_bytes(mail)
        self._own(temporary)
        temporary.rename(maildir / "new" / name)

    def deliver_by_lmtp(self, user, mail, sender="reporter@example.org"):
        """Through Dovecot itself; adds Return-Path, Delivered-To and Received."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [user if "@" in user else f"{user}@localhost"], mail)

    def mails(self, user, folder="INBOX"):
        """The mails in the folder: name in the Maildir (its end tells the flags) → bytes."""
        maildir = self.maildir(user, folder)
        return {path.name: path.read_bytes() for part in ("new", "cur") for path in sorted((maildir / part).iterdir())}

    def change_uid_validity(self, user, folder="INBOX"):
        """The folder forgets its UIDs, as after a restore: what it holds gets new ones."""
        maildir = self.maildir(user, folder)
        before = self._uid_validity(maildir)
        for path in maildir.glob("dovecot*"):
            path.unlink()
        for path in maildir.parent.glob("dovecot-uidvalidity*") if folder != "INBOX" else []:
            path.unlink()
        # A new UIDVALIDITY is the time of day: not the same second.
        while int(time.time()) <= before:
            time.sleep(0.05)

    @staticmethod
    def _uid_validity(maildir):
        try:
            first = (maildir / "dovecot-uidlist").read_text().split("\n", 1)[0]
            return int(next(word[1:] for word in first.split() if word.startswith("V")))
        except (FileNotFoundError, StopIteration):
            return 0


def main():
    parser = argparse.ArgumentParser(description="A throwaway Dovecot on loopback.")
    parser.add_argument("--password", default="Zonnebloem-7")
    parser.add_argument("--port-file", help="gets a JSON object once the server answers")
    options = parser.parse_args()
    with Dovecot(password=options.password) as server:
        facts = {"imaps": server.imaps_port, "imap": server.imap_port, "lmtp": server.lmtp_port,
                 "ca": str(server.ca), "password": server.password, "folder": str(server.folder)}
        if options.port_file:
            temporary = options.port_file + ".new"
            pathlib.Path(temporary).write_text(json.dumps(facts))
            os.rename(temporary, options.port_file)
        else:
            print(json.dumps(facts), flush=True)
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
