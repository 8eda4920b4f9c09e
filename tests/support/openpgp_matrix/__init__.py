"""A matrix of OpenPGP mails: every honest form, every hostile one that is known, and what must come out of each.

    world = World(desk)
    for row in first_rows(world): ...   # taken in first: they make the certificates known
    for row in rows(world): ...
"""
from concurrent.futures import ThreadPoolExecutor

from . import (forms_files, forms_first, forms_headers, forms_hostile, forms_inline, forms_pgp_mime, forms_signers,
               forms_smime)
from .world import World

__all__ = ["World", "first_rows", "rows"]


def first_rows(world):
    return list(forms_first.rows(world))


def rows(world):
    forms = [forms_hostile, forms_pgp_mime, forms_inline, forms_files, forms_headers, forms_signers, forms_smime]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda form: list(form.rows(world)), forms))
    found = [row for some in made for row in some]
    names = [row.name for row in found]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return found
