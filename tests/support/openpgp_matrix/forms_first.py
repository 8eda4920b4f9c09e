"""The first mail of everybody who is known later: signed, with the certificate. It pins."""
from . import letters
from .world import Row, protection, words

PEOPLE = ["roos", "bram", "nist", "several", "loud", "signer_only", "with_signing_subkey", "sha1_self", "dsa", "revoked"]


def rows(world):
    for person in PEOPLE:
        name = f"first-{person}"
        payload = world.with_certificate(person, letters.text(words(name)))
        mail = letters.mail(name, world.signed_part(payload, person), sender=world.from_(person))
        yield Row(name, mail, protection(**world.by(person, origin="attached")), text=words(name))
