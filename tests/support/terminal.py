"""Runs a program on a terminal of a given width, as a person would, and says what came out."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

COLOURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6])m")
# What may take over a terminal or make text look like other text: C0 but line ends and tabs, DEL, C1, and the
# bidirectional and invisible format characters (but the joiners, which scripts need).
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def run_on_terminal(command, columns=80, typed=b"", **popen):
    """(exit status, text). typed: what the person types."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, **popen)
    os.close(slave)
    os.write(master, typed)
    output = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:  # EIO: nobody has the other side open any more
            break
        if not more:
            break
        output += more
    os.close(master)
    return process.wait(60), output.decode(errors="surrogateescape").replace("\r\n", "\n")


def without_colours(text):
    return COLOURS.sub("", text)


def width(text):
    """Columns that a terminal needs for it."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)
