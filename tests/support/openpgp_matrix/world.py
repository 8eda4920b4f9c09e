"""What every row of the matrix draws on: the desk, its keys old and new, the people, and what is expected."""
import dataclasses
import re

from . import letters, packets
from .ring import KEYS, MADE, Ring

NO_PROTECTION = {"encrypted": False, "decryption": "none", "signature": "none", "signer": None, "signer_is_sender": False,
                 "partial": False, "key_origin": "none", "subject_protected": False, "cause": None, "key_ids": []}


@dataclasses.dataclass
class Row:
    """One mail, and all that must come out of it."""
    name: str
    mail: bytes
    protection: dict                 # all of it; "cause" is a pattern that must be found, or None
    text: str = None                 # exactly what is shown; None: only what the two lists say
    shown: tuple = ()
    hidden: tuple = ()
    kind: str = "report"
    result: str = "case"
    subject: str = None
    sender: str = None               # "from"
    attachments: list = None         # their names, or (name, state of its signature); None: not looked at
    certificates: dict = None        # for an address: {fingerprint: state} that `certificates list` must show


def protection(**known):
    return {**NO_PROTECTION, **known}


def opened(**known):
    return protection(encrypted=True, decryption="ok", **known)


def closed(decryption, cause, key_ids=(), **known):
    return protection(encrypted=True, decryption=decryption, cause=cause, key_ids=list(key_ids), **known)


def words(name):
    """What a reporter writes. Its last line says which mail it is."""
    return ("Hello,\n\nOn https://www.zonnedam.example/search?q=x I found reflected cross-site scripting (CWE-79).\n"
            "1. Open the page.\n2. Enter <script>alert(1)</script> and press the button.\n\n"
            f"Kind regards, the writer of {name}\n")


def mark(name):
    return f"the writer of {name}\n"


class World:
    def __init__(self, desk):
        self.desk = desk
        self.home = desk.home / "gnupg"
        self.ring = Ring()
        self.ring.make()
        self._add_old_keys()
        self.own = self.ring.learn(desk.certificate())
        # What their owners will have to say about them one day.
        self.later = {"revoked": self.ring.certificate_once_revoked("revoked"),
                      "revoked_subkey": self.ring.certificate_without_last_subkey("revoked_subkey")}

    def _add_old_keys(self):
        """Two keys that the desk had before: one that expired, one that it revoked."""
        self.old = {}
        for name, until in (("retired", "1y"), ("withdrawn", "0")):
            made = self.ring.gpg("--status-fd", "1", "--quick-generate-key", f"Old desk <{name}@zonnedam.example>", "ed25519",
                                 "cert,sign", until, home=self.home, at=MADE).decode()
            fingerprint = self.old[name] = re.search(r"KEY_CREATED \w ([0-9A-F]{40})", made)[1]
            self.ring.gpg("--quick-add-key", fingerprint, "cv25519", "encr", until, home=self.home, at=MADE)
            # Who has the certificate from before goes on using it.
            self.ring.learn(self.ring.gpg("--export", fingerprint, home=self.home))
        self.ring.import_revocation(self.old["withdrawn"], self.home)

    def by(self, name, state="good", *, sender=True, origin="pinned", **known):
        """The protection that a signature of this person's gives."""
        return dict(signature=state, signer=self.ring.fingerprints[name], signer_is_sender=sender, key_origin=origin, **known)

    def partly(self, name, *, origin="pinned", **known):
        """A good signature over some of what is shown is good for nothing that is said of the whole."""
        return self.by(name, "none", sender=False, origin=origin, partial=True, **known)

    def key_id(self, name):
        return self.ring.encrypting_key_id(self.ring.fingerprints.get(name, name))

    def encrypt(self, data, *, signer="roos", to=None, **more):
        data = data.encode() if isinstance(data, str) else data
        return self.ring.encrypt(data, *(to or [self.own]), signer=signer, **more)

    def signed_part(self, payload, signer="roos", *, at=None, options=(), **more):
        return letters.signed(payload, self.ring.detached(payload, signer, at=at, options=options), **more)

    def encrypted_part(self, payload, *, signer="roos", to=None, options=(), at=None, **more):
        return letters.encrypted(self.encrypt(payload, signer=signer, to=to, options=options, at=at), **more)

    def certificate_part(self, name):
        return letters.file(f"{name}.asc", "application/pgp-keys", self.ring.certificate(name), encoding=None)

    def with_certificate(self, name, *parts, certificate=None):
        data = self.ring.certificate(name) if certificate is None else certificate
        return letters.multipart("mixed", *parts, letters.file(f"{name}.asc", "application/pgp-keys", data, encoding=None),
                                 boundary="=-with")

    def by_hand(self):
        """(session key packet for the desk, session key): to build containers that gpg does not make."""
        message = self.encrypt(b"nothing", signer=None, to=[self.own, "roos"], armour=False)
        packet = packets.split(message)[0]
        assert packet[0] == packets.SESSION_KEY and packet[1][1:9].hex().upper() == self.key_id(self.own)
        status = self.ring.gpg("--status-fd", "1", "--show-session-key", "--decrypt", data=message).decode()
        return packet[2], bytes.fromhex(re.search(r"SESSION_KEY 9:([0-9A-F]{64})", status)[1])

    def from_(self, name):
        """The From field of this person."""
        return USER_IDS[name]

    def close(self):
        self.ring.close()


USER_IDS = {name: user_ids[0] for name, (user_ids, *_) in KEYS.items()}
