"""How well labelled mails were read: a figure per field, by the conventions of tests/data/reports/README.md.

Lists count by F1 over all mails together, what may be absent by F1 over what is there, the rest by the share that is
right. optional.json says per mail and field what another careful officer might have answered: "ignore" is neither
right nor wrong, "alt" counts as the label.
"""
import re
import urllib.parse

REPORTS = ("report", "followup", "beg-bounty")
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def plain(value):
    return re.sub(r"\s+", " ", str(value)).strip().replace("\u2019", "'").casefold()


def url(value):
    parts = urllib.parse.urlsplit(str(value).strip())
    if not parts.netloc:
        return str(value).rstrip("/")
    keep = lambda found: chr(int(found[1], 16)) if chr(int(found[1], 16)) in UNRESERVED else found[0].upper()
    rest = [re.sub("%([0-9A-Fa-f]{2})", keep, part) for part in (parts.path.rstrip("/"), parts.query, parts.fragment)]
    host = re.sub({"http": ":80$", "https": ":443$"}.get(parts.scheme.lower(), "$^"), "", parts.netloc.lower())
    return urllib.parse.urlunsplit((parts.scheme.lower(), host, *rest))


def attachment(value):
    if isinstance(value, str):
        return plain(value)
    return tuple(map(plain, value.values() if isinstance(value, dict) else value))


def handle(value):
    platform, _, name = plain(value).partition(":")
    return platform + ":" + name.lstrip("@")


def name(value):
    titles = r"^(?:(?:dr|ir|ing|prof|mr|mrs|ms|drs|dhr|mevr|herr|frau|mme)\b\.?\s+)+"
    return None if not value else re.sub(titles, "", plain(value)).strip("\"'. ")


LISTS = {"reporter.emails": plain, "reporter.phones": plain, "reporter.handles": handle, "reporter.pgp_fingerprints": plain,
         "affected.urls": url, "affected.hosts": plain, "affected.ips": plain, "references": url, "weakness.cwe": plain,
         "weakness.cve": plain, "weakness.cvss": plain, "attachments": attachment, "conduct": plain, "missing": plain}
ABSENT_OR = {"case_tag": str, "reporter.name": name, "reporter.preferred": plain, "reporter.anonymous": bool,
             "reporter.credit": name, "disclosure.date": str, "disclosure.days": int}
CLASSES = ("kind", "language", "affected.scope", "steps")


def value_at(facts, path):
    if path == "reporter.preferred":
        return (facts["reporter"]["emails"] or [None])[0]
    for key in path.split("."):
        facts = facts[key]
    return facts


def f1(right, extra, missed):
    return 2 * right / (2 * right + extra + missed) if right + extra + missed else 1.0


class Score:
    """Field → figure; errors: what differs, a line each; leaks: mails in which a reference was taken for affected."""

    def __init__(self, truths, read, optional):
        self.fields, self.errors, self.leaks = {}, [], []
        self.truths, self.read, self.optional = truths, read, optional
        for path, normal in LISTS.items():
            self.fields[path] = self.list_field(path, normal)
        for path, normal in ABSENT_OR.items():
            self.fields[path] = self.absent_or_field(path, normal)
        for path in CLASSES:
            self.fields[path] = self.class_field(path)
        self.average = sum(self.fields.values()) / len(self.fields)
        for number, truth in truths.items():
            references = {url(one) for one in truth["references"]}
            if references & {url(one) for one in read[number]["affected"]["urls"]}:
                self.leaks.append(number)

    def mails(self, path):
        for number, truth in sorted(self.truths.items()):
            if path in ("kind", "language", "case_tag") or truth["kind"] in REPORTS:
                if not (path == "missing" and truth["kind"] == "followup"):
                    yield number, truth, self.read[number], self.optional.get(number, {}).get(path, {})

    def differs(self, number, path, truth, read):
        self.errors.append("%s %s: %s, read as %s" % (number, path, truth, read))

    def list_field(self, path, normal):
        right = extra = missed = 0
        for number, truth, read, other in self.mails(path):
            ignored = {normal(one) for one in other.get("ignore", [])}
            accepted = {normal(key): normal(one) for key, one in other.get("alt", {}).items()}
            wanted = {normal(one) for one in value_at(truth, path)} - ignored
            found = {accepted.get(one, one) if one not in wanted else one
                     for one in ({normal(one) for one in value_at(read, path)} - ignored)}
            if path == "affected.urls":  # the bare address of a host that is listed says nothing new
                roots = {scheme + "://" + host for host in truth["affected"]["hosts"] for scheme in ("http", "https")}
                found -= roots - wanted
            if path == "attachments":  # a detached signature is no file of the report's
                wanted = {one for one in wanted if one[1] != "application/pgp-signature"}
                found = {one for one in found if one[1] != "application/pgp-signature"}
            if path == "reporter.handles":
                digits = {re.sub(r"\D", "", one) for one in truth["reporter"]["phones"]}
                profiles = {one.rstrip("/").rsplit("/", 1)[-1].casefold() for one in truth["references"]}
                found = {one for one in found if one in wanted or not (
                    re.sub(r"\D", "", one) in digits or one.partition(":")[2] in profiles)}
            right, extra, missed = right + len(wanted & found), extra + len(found - wanted), missed + len(wanted - found)
            if wanted != found:
                self.differs(number, path, sorted(wanted - found), sorted(found - wanted))
        return f1(right, extra, missed)

    def absent_or_field(self, path, normal):
        right = extra = missed = 0
        for number, truth, read, other in self.mails(path):
            wanted, found = value_at(truth, path), value_at(read, path)
            wanted, found = (normal(wanted) if wanted else None), (normal(found) if found else None)
            also = [normal(one) if one else None for one in other.get("alt", [])]
            if found == wanted or found in also:
                right += bool(found)
                continue
            extra, missed = extra + bool(found), missed + bool(wanted)
            self.differs(number, path, wanted, found)
        return f1(right, extra, missed)

    def class_field(self, path):
        right = total = 0
        for number, truth, read, other in self.mails(path):
            wanted, found = value_at(truth, path), value_at(read, path)
            near = path == "steps" and abs(wanted - found) <= 1
            total += 1
            right += near or found == wanted or found in other.get("alt", [])
            if not (near or found == wanted or found in other.get("alt", [])):
                self.differs(number, path, wanted, found)
        return right / total if total else 1.0
