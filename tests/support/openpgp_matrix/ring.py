"""The keys of a matrix of OpenPGP mails, made on the spot in one throwaway GnuPG home.

All keys are from 2024, so that what expired has expired. Nothing here asks for a passphrase.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

MADE = "20240101T000000"        # when all keys were made
IN_TIME = "20240301T120000"     # while the short-lived ones were alive

# name: (user ids, primary key, [(subkey, use, expires)], expires, more options). Where the primary key can
# encrypt itself there is no need of a subkey.
CV25519 = [("cv25519", "encr", "0")]
KEYS = {
    "roos": (["Roos de Vries <roos@wilgen.example>"], "ed25519", CV25519, "0"),
    "bram": (["Bram Smit <bram@eiken.example>"], "rsa4096", [], "0"),
    "nist": (["Nina Stam <nina@elzen.example>"], "nistp256", [("nistp256", "encr", "0")], "0"),
    "several": (["Sanne Ver <sanne@private.example>", "Sanne Ver <sanne@werk.example>",
                 "Sanne <s.ver@oud.example>"], "ed25519", CV25519, "0"),
    "nameless": (["Someone without an address"], "ed25519", CV25519, "0"),
    "loud": (["Loek Luid <LOEK@Berken.Example>"], "ed25519", CV25519, "0"),
    "signer_only": (["Sil Tekent <sil@linden.example>"], "ed25519", [], "0"),
    "with_signing_subkey": (["Wout Sub <wout@beuken.example>"], "ed25519", CV25519 + [("ed25519", "sign", "0")], "0"),
    "expired_subkey": (["Eva Sub <eva@beuken.example>"], "ed25519", CV25519 + [("ed25519", "sign", "1y")], "0"),
    "revoked_subkey": (["Rik Sub <rik@beuken.example>"], "ed25519", CV25519 + [("ed25519", "sign", "0")], "0"),
    "expired": (["Ella Pauw <ella@populier.example>"], "ed25519", CV25519, "1y"),
    "revoked": (["Reinout Pauw <reinout@populier.example>"], "ed25519", CV25519, "0"),
    "sha1_self": (["Sjaak Oud <sjaak@olmen.example>"], "ed25519", CV25519, "0"),
    "dsa": (["Daan Alg <daan@olmen.example>"], "dsa2048", [], "0"),
    "unknown": (["Ulf Onbekend <ulf@onbekend.example>"], "ed25519", CV25519, "0"),
    "mallory": (["Mallory <mallory@attacker.example>"], "ed25519", CV25519, "0"),
    "false_roos": (["Roos de Vries <roos@wilgen.example>"], "ed25519", CV25519, "0"),
    "lost_user_id": (["Lies Nieuw <lies@nieuw.example>", "Lies Oud <lies@oud.example>"], "ed25519", CV25519, "0"),
    # A key of its own for each that writes for the first time.
    "first_signed": (["Fien <fien@first.example>"], "ed25519", CV25519, "0"),
    "first_encrypted": (["Frank <frank@first.example>"], "ed25519", CV25519, "0"),
    "first_autocrypt": (["Fleur <fleur@first.example>"], "ed25519", CV25519, "0"),
    "first_two_autocrypt": (["Ferd <ferd@first.example>"], "ed25519", CV25519, "0"),
    "first_wrong_autocrypt": (["Finn <finn@first.example>"], "ed25519", CV25519, "0"),
    "first_gossip": (["Floor <floor@first.example>"], "ed25519", CV25519, "0"),
    "first_inline": (["Fons <fons@first.example>"], "ed25519", CV25519, "0"),
    "first_file": (["Femke <femke@first.example>"], "ed25519", CV25519, "0"),
    "first_unsigned": (["Fred <fred@first.example>"], "ed25519", CV25519, "0"),
    "first_poisoned": (["Fabian <fabian@first.example>"], "ed25519", CV25519, "0"),
}


class Ring:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-ring-"))
        os.chmod(self.home, 0o700)
        (self.home / "gpg.conf").write_text("no-auto-check-trustdb\nno-greeting\n")
        self.fingerprints = {}
        self._certificates = {}

    # -- making keys -----------------------------------------------------------------------------------------

    def make(self, names=None):
        for name in names or KEYS:
            user_ids, primary, subkeys, expires = KEYS[name]
            weak = ["--cert-digest-algo", "SHA1"] if name == "sha1_self" else []
            made = self.gpg("--status-fd", "1", *weak, "--quick-generate-key", user_ids[0], primary, "cert,sign,encr" if primary == "rsa4096" else "cert,sign", expires,
                            at=MADE).decode()
            fingerprint = self.fingerprints[name] = re.search(r"KEY_CREATED \w ([0-9A-F]{40})", made)[1]
            for user_id in user_ids[1:]:
                self.gpg("--quick-add-uid", fingerprint, user_id, at=MADE)
            for algorithm, use, until in subkeys:
                self.gpg(*weak, "--quick-add-key", fingerprint, algorithm, use, until, at=MADE)

    def certificate(self, name, *, armour=True):
        known = self._certificates.get((name, armour))
        if known is None:
            options = ["--armor"] if armour else []
            known = self.gpg(*options, "--export-options", "export-minimal", "--export", self.fingerprints[name])
            self._certificates[name, armour] = known
        return known

    def full_certificate(self, name):
        """Unlike export-minimal, with the subkeys of an expired key."""
        return self.gpg("--armor", "--export", self.fingerprints[name])

    def certificate_once_revoked(self, name):
        """As it will be; the key here stays in use. With the revocation that gpg laid by when it made the key."""
        return self._in_a_copy(name, lambda copy: copy.import_revocation(self.fingerprints[name]))

    def certificate_without_last_subkey(self, name):
        """As it will be once its last subkey is revoked."""
        return self._in_a_copy(name, lambda copy: copy.revoke_last_subkey(self.fingerprints[name]))

    def _in_a_copy(self, name, change):
        self.gpg("--list-keys")
        copy = Ring.__new__(Ring)
        copy.home = pathlib.Path(tempfile.mkdtemp(prefix="cvdesk-ring-"))
        try:
            shutil.copytree(self.home, copy.home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("S.*", "*.lock", ".#*"))
            change(copy)
            return copy.gpg("--armor", "--export", self.fingerprints[name])
        finally:
            copy.close()

    def import_revocation(self, fingerprint, home=None):
        text = (pathlib.Path(home or self.home) / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.gpg("--import", data=text.replace("\n:---", "\n---").encode(), home=home)

    def revoke_last_subkey(self, fingerprint):
        count = self.gpg("--with-colons", "--list-keys", fingerprint).decode().count("\nsub:")
        answers = f"key {count}\nrevkey\ny\n0\n\ny\nsave\n".encode()
        self.gpg("--command-fd", "0", "--edit-key", fingerprint, data=answers, batch=False)

    def learn(self, certificate):
        """Imports a certificate; its fingerprint."""
        status = self.gpg("--status-fd", "1", "--import", data=certificate).decode()
        return re.search(r"IMPORT_OK \d+ ([0-9A-F]{40})", status)[1]

    # -- using them ------------------------------------------------------------------------------------------

    def gpg(self, *arguments, data=None, check=True, at=None, home=None, batch=True):
        command = ["gpg", "--homedir", str(home or self.home), "--quiet", "--no-tty", "--yes", "--pinentry-mode",
                   "loopback", "--passphrase", "", "--trust-model", "always"]
        command += ["--batch"] if batch else []
        command += ["--faked-system-time", at + "!"] if at else []
        result = subprocess.run([*command, *map(str, arguments)], input=data, capture_output=True,
                                env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
        if check and result.returncode != 0:
            raise RuntimeError(f"gpg {' '.join(map(str, arguments))}: {result.stderr.decode(errors='replace')}")
        return result.stdout

    def encrypt(self, data, *recipients, signer=None, armour=True, options=(), at=None):
        """recipients: names or fingerprints; "!" after a subkey's fingerprint takes that one."""
        command = ["--armor"] if armour else []
        if signer:
            command += ["--sign", "--local-user", self.fingerprints[signer]]
        for recipient in recipients:
            command += ["--recipient", self.fingerprints.get(recipient, recipient)]
        return self.gpg(*command, *options, "--encrypt", data=data, at=at)

    def detached(self, data, signer, *, armour=True, options=(), at=None):
        return self.gpg(*(["--armor"] if armour else []), "--local-user", self.fingerprints[signer], *options,
                        "--detach-sign", data=data, at=at)

    def clear_signed(self, text, signer, options=(), at=None):
        return self.gpg("--local-user", self.fingerprints[signer], *options, "--clear-sign", data=text.encode(), at=at)

    def signed(self, data, signer, *, armour=True, options=(), at=None):
        """One-pass signed, not encrypted."""
        return self.gpg(*(["--armor"] if armour else []), "--local-user", self.fingerprints[signer], *options, "--sign",
                        data=data, at=at)

    def encrypting_key_id(self, fingerprint):
        colons = self.gpg("--with-colons", "--list-keys", fingerprint).decode()
        for line in colons.splitlines():
            fields = line.split(":")
            if fields[0] in ("pub", "sub") and "e" in fields[11]:
                return fields[4]
        raise LookupError(fingerprint)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()
