"""A reporter who uses the mail programs that people use: neomutt to write and read, notmuch to search and thread.

    person = MailPrograms(reporter, dovecot, postfix, folder)
    person.write(to, "Subject", "text", in_reply_to=..., attach=[...])     # neomutt: signs, encrypts, submits
    person.read(name)                                                     # neomutt: what it shows of a mail
    person.threads()                                                      # notmuch
"""
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import time

RC = """
set from="{address}" realname="{name}" use_from=yes use_envelope_from=yes hostname="{domain}"
set smtp_url="smtp://{user}@localhost:{port}/" smtp_pass="{password}" smtp_authenticators="plain"
set ssl_force_tls=yes ssl_starttls=yes ssl_ca_certificates_file="{ca}"
set crypt_use_gpgme=yes pgp_default_key="{key}" pgp_sign_as="{key}" crypt_autosign=yes crypt_autoencrypt=yes
set crypt_protected_headers_read=yes crypt_protected_headers_write=yes crypt_protected_headers_subject="..."
set crypt_opportunistic_encrypt=no pgp_self_encrypt=yes postpone_encrypt=no
set folder="{folder}" spoolfile="{maildir}" record="{sent}" mbox_type=Maildir header_cache="" copy=yes
set confirmappend=no quit=yes delete=no move=no mark_old=no pipe_decode=yes wait_key=no sleep_time=0 beep=no
set abort_unmodified=no abort_nosubject=no abort_noattach=no autoedit=no edit_headers=no fast_reply=yes include=no signature=""
ignore *
unignore from to subject date message-id
"""


class MailPrograms:
    def __init__(self, person, dovecot, postfix, folder):
        self.person, self.dovecot = person, dovecot
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        self.user = person.address.partition("@")[0]
        self.maildir = self.folder / "mail"
        self.sent = self.folder / "mail" / ".Sent"
        for box in (self.maildir, self.sent):
            for part in ("new", "cur", "tmp"):
                (box / part).mkdir(parents=True)
        self.environment = {**os.environ, "HOME": str(self.folder), "GNUPGHOME": str(person.home), "LC_ALL": "C.UTF-8", "TERM": "xterm",
                            "NOTMUCH_CONFIG": str(self.folder / "notmuch"), "EDITOR": "true"}
        self.rc = self.folder / "neomuttrc"
        self.rc.write_text(RC.format(address=person.address, name=person.name, domain=person.address.partition("@")[2], user=self.user,
                                     port=postfix.port, password=dovecot.password, ca=dovecot.ca, key=person.fingerprint,
                                     folder=self.folder, maildir=self.maildir, sent=self.sent))
        (self.folder / "notmuch").write_text(f"[database]\npath={self.maildir}\n[user]\nname={person.name}\nprimary_email={person.address}\n"
                                             "[new]\ntags=\n[search]\nexclude_tags=\n")
        # A person compared the fingerprints: these keys are theirs.
        colons = person.gpg("--with-colons", "--list-keys").decode()
        fingerprints = re.findall(r"^pub:.*\nfpr:+([0-9A-F]+):", colons, re.M)
        person.gpg("--import-ownertrust", data="".join(f"{fingerprint}:6:\n" for fingerprint in fingerprints).encode())

    def collect(self, count, seconds=30):
        """Waits until this many mails arrived, and brings them into the reader's own Maildir; their names in order."""
        deadline = time.monotonic() + seconds
        while len(self.dovecot.mails(self.user)) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"only {len(self.dovecot.mails(self.user))} of {count} mails arrived")
            time.sleep(0.1)
        for name, mail in self.dovecot.mails(self.user).items():
            path = self.maildir / "cur" / (name.partition(":")[0] + ":2,S")
            if not path.exists():
                path.write_bytes(mail)
        return sorted(path.name for path in (self.maildir / "cur").iterdir())

    def mail(self, name):
        return (self.maildir / "cur" / name).read_bytes()

    def last_sent(self):
        return max(self._sent(), key=lambda path: path.stat().st_mtime_ns).read_bytes()

    def _sent(self):
        return [path for part in ("new", "cur") for path in (self.sent / part).iterdir()]

    def _at_a_terminal(self, arguments, done=lambda: False, seconds=40, answers=None):
        """Runs neomutt on a terminal until it ends (or soon after it is done); what the screen showed. answers: what is
        typed, once each, when these words appear."""
        answers = dict(answers or {})
        master, slave = pty.openpty()
        process = subprocess.Popen(["neomutt", "-n", "-F", self.rc, *arguments], stdin=slave, stdout=slave, stderr=slave,
                                   env={**self.environment, "LINES": "50", "COLUMNS": "120"}, start_new_session=True)
        os.close(slave)
        screen, deadline = b"", time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    screen += os.read(master, 65536)
                except OSError:
                    break
                for words in [words for words in answers if words in screen]:
                    time.sleep(0.3)
                    os.write(master, answers.pop(words))
            elif done():
                deadline = min(deadline, time.monotonic() + 1)
        if process.poll() is None:
            process.terminate()
        process.wait()
        os.close(master)
        return screen.decode(errors="replace")

    def write(self, to, subject, text, in_reply_to=None, references=None, attach=()):
        body = self.folder / "body.txt"
        body.write_text(text)
        commands = []
        if in_reply_to:
            commands += ["-e", f"my_hdr In-Reply-To: {in_reply_to}", "-e", f"my_hdr References: {references or in_reply_to}"]
        files = [argument for file in attach for argument in ("-a", str(file))]
        before = len(self._sent())
        # Not in its batch mode, which neither signs nor encrypts: at a terminal, sent from the compose menu.
        screen = self._at_a_terminal([*commands, "-s", subject, "-i", str(body), *files, "--", to],
                                     done=lambda: len(self._sent()) > before, answers={b"NeoMutt: Compose": b"y"})
        if len(self._sent()) == before:
            raise RuntimeError("neomutt sent nothing: " + screen)
        return self.last_sent()

    def read(self, name):
        """The text that neomutt shows of this mail, decrypted and verified, with its status lines and the subject in the index."""
        box = self.folder / "one"
        for part in ("new", "cur", "tmp"):
            (box / part).mkdir(parents=True, exist_ok=True)
        for old in (box / "cur").iterdir():
            old.unlink()
        (box / "cur" / name).write_bytes(self.mail(name))
        shown = self.folder / "shown.txt"
        shown.unlink(missing_ok=True)
        screen = self._at_a_terminal(["-R", "-f", str(box), "-e", f'set display_filter="tee {shown}"', "-e", 'push "<display-message><exit><exit>"'])
        return (shown.read_text(errors="replace") if shown.exists() else ""), screen

    def notmuch(self, *arguments):
        done = subprocess.run(["notmuch", *arguments], capture_output=True, env=self.environment, timeout=60)
        if done.returncode != 0:
            raise RuntimeError("notmuch: " + done.stderr.decode(errors="replace"))
        return done.stdout.decode()

    def threads(self):
        """Thread → the Message-IDs in it, of received and sent mail."""
        self.notmuch("new", "--quiet")
        found = json.loads(self.notmuch("search", "--format=json", "--output=threads", "*"))
        return {thread: sorted(json.loads(self.notmuch("search", "--format=json", "--output=messages", "thread:" + thread))) for thread in found}

    def show(self, message_id):
        """What notmuch makes of one message: its headers, what was signed and decrypted, its text."""
        self.notmuch("new", "--quiet")
        shown = json.loads(self.notmuch("show", "--format=json", "--entire-thread=false", "--decrypt=true", "--body=true", "id:" + message_id.strip("<>")))
        unseen = [shown]
        while unseen:
            found = unseen.pop()
            if isinstance(found, dict):
                return found
            unseen.extend(found or [])
        raise RuntimeError("notmuch does not know " + message_id)
