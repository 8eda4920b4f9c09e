"""Where lib/mime reads a mail otherwise than GMime and Python's email package, which agree on it: each such difference
has its reason here. Each function gets the mail and all three readings, the part that it is about (its place in the
tree; None where it is about the mail), and what we and what both others say."""
import re

REASONS = {}


def reason(what, text):
    def register(function):
        REASONS.setdefault(what, []).append((text, function))
        return function

    return register


def unblanked(body):
    return re.sub(rb"[ \t]+(?=\r?\n|\Z)", b"", body)


def visible(text):
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)


@reason("tree", "A boundary counts though the semicolon before or behind it was forgotten: the parts are what was meant, "
                "and attachments in the middle of a text would be lost on people.")
def forgotten_semicolon(raw, readings, at, ours, theirs):
    unquoted = rb'(?i)boundary\s*=\s*[^\s";]+\s+[^\s;]'
    return len(ours) > len(theirs) and (re.search(rb"(?i)multipart/\w+\s+boundary", raw) or re.search(unquoted, raw))


@reason("tree", "RFC 5322, 4.5: blanks before the colon of a field are obsolete, and understood.")
def blank_before_the_colon(raw, readings, at, ours, theirs):
    return re.search(rb"(?i)content-type[ \t]+:", raw)


@reason("body", "base64 that goes on behind padding was put together from pieces, and is read to its end.")
def base64_behind_padding(raw, readings, at, ours, theirs):
    return readings[0]["parts"][at]["encoding"] == "base64" and ours.startswith(theirs)


@reason("body", "Content-Transfer-Encoding has no parameters, but some write it with a semicolon, and encode all the same.")
def encoding_with_semicolon(raw, readings, at, ours, theirs):
    return ";" in readings[2]["parts"][at]["encoding"] and readings[0]["parts"][at]["encoding"]


@reason("body", "RFC 2045, 6.7 (3): blanks at the end of an encoded line were added on the way and are to be deleted.")
def blanks_in_quoted_printable(raw, readings, at, ours, theirs):
    return readings[0]["parts"][at]["encoding"] == "quoted-printable" and unblanked(theirs) == unblanked(ours)


@reason("body", "A multipart without parts is shown as the text that it is: nothing that was sent is kept from the reader.")
def multipart_without_parts(raw, readings, at, ours, theirs):
    return not theirs and readings[2]["parts"][at]["type"].startswith("multipart/")


@reason("body", "What stands where a part's header should, and is none, is text.")
def text_in_place_of_a_header(raw, readings, at, ours, theirs):
    return ours.endswith(theirs) and readings[0]["parts"][at]["fields"] == 0


@reason("filename", "A name is shown and saved: no directories, no control characters, no quote that is never closed.")
def made_safe(raw, readings, at, ours, theirs):
    return visible(re.split(r"[/\\]", theirs.lstrip('"'))[-1]) == ours


@reason("filename", "A forgotten semicolon does not hide a name.")
def name_behind_a_forgotten_semicolon(raw, readings, at, ours, theirs):
    return not theirs and re.search(rb"(?i)\n(content-[a-z]+:|[ \t])[^;\n]*[^;\s]\s+(file)?name\*?=", raw)


@reason("filename", "Of a parameter, or a piece of one, that is there twice, the first counts.")
def piece_twice(raw, readings, at, ours, theirs):
    return "a parameter stands twice" in readings[0]["defects"]


@reason("subject", "A subject is shown: control characters go.")
def without_controls(raw, readings, at, ours, theirs):
    return visible(theirs) == ours


@reason("subject", "An encoded word that never ends stays as it is, and takes no other word along.")
def word_in_a_word(raw, readings, at, ours, theirs):
    return re.search(rb"=\?[^?\s]+\?[qQbB]\?[^?]*=\s*=\?|=\?[^?\s]+\?[qQbB]\?[^?]*\s=\?", raw)


@reason("message_id", "An identifier with control characters is none: it is hashed and compared, and goes out in answers.")
def controls_in_an_identifier(raw, readings, at, ours, theirs):
    return visible(theirs) != theirs


@reason("message_id", "An identifier ends where it ends, and begins behind the last angle bracket that opens.")
def more_than_an_identifier(raw, readings, at, ours, theirs):
    return " " in theirs or "<" in theirs


@reason("date", "RFC 5322, 3.3: there are leap seconds.")
def leap_second(raw, readings, at, ours, theirs):
    return theirs is None and re.search(rb"\d\d:\d\d:60", raw)


def header_goes_on(raw, readings, at, ours, theirs):
    begun = isinstance(theirs, str) and ours.startswith(theirs)
    more = isinstance(theirs, list) and len(ours) > len(theirs)
    return (not theirs or begun or more) and "a header line that is no field" in readings[0]["defects"]


for fact in ("from", "date", "message_id", "subject", "filename", "tree"):
    reason(fact, "A line that does not belong into a header, but stands in the middle of one, does not take along what follows.")(header_goes_on)
