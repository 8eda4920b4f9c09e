"""The mix of mails that intake is measured with: 60 % plain (7 kB), 15 % HTML with a 280 kB screenshot, 15 % PGP/MIME,
5 % inline PGP, 5 % follow-ups to earlier mails of the mix. Of the encrypted ones, half go to each key where two are given.
"""
import concurrent.futures
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from reporter import Reporter, plain  # noqa: E402

DESK = "cvd@zonnedam.example"
WORDS = ("the portal shows an input of the search page without encoding so that a script runs in the browser of whoever "
         "opens the link and the session can be taken over while the server answers as usual and nothing is logged").split()
WEAKNESSES = ("reflected cross-site scripting", "SQL injection", "open redirect", "directory listing", "missing access control")


def prose(random_, size):
    lines, length = [], 0
    while length < size:
        line = " ".join(random_.choices(WORDS, k=12)).capitalize() + "."
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines)


def text(random_, number, size):
    weakness = random_.choice(WEAKNESSES)
    return (f"Dear team,\n\nI found a {weakness} at https://www.zonnedam.example/app{number}/search?q=1\n\n"
            f"1. Open the page.\n2. Enter the text.\n3. Look at the answer.\n\n{prose(random_, size)}\n\nRegards,\nReporter {number}\n")


def make(count, certificate, seed=1):
    """→ [bytes]. The reporter's key of the encrypted mails is made on the spot."""
    random_ = random.Random(seed)
    picture = random_.randbytes(280_000)
    kinds = (["plain"] * 12 + ["html"] * 3 + ["pgp-mime"] * 3 + ["inline"] + ["follow-up"])
    shapes = [kinds[i % len(kinds)] for i in range(count)]
    random_.shuffle(shapes)
    earlier = ["<none@start.example>"]
    with Reporter("Roos de Vries", "roos@wilgen.example") as roos:
        roos.learn(certificate)

        def one(task):
            number, shape, body, parent = task
            sender, message_id = f"Reporter {number} <r{number}@wilgen{number % 97}.example>", f"<m{number}@wilgen.example>"
            subject = f"Vulnerability {number}"
            if shape == "plain":
                return plain(sender, DESK, subject, body, message_id=message_id)
            if shape == "html":
                return plain(sender, DESK, subject, None, html=f"<html><body><p>{body}</p></body></html>", message_id=message_id,
                             attachments=[("screenshot.png", "image/png", picture)])
            if shape == "pgp-mime":
                return roos.encrypted(DESK, certificate, subject, body, message_id=message_id)
            if shape == "inline":
                return roos.inline(DESK, certificate, subject, body, message_id=message_id)
            return plain(sender, DESK, "Re: " + subject, body, message_id=message_id,
                         fields=[("In-Reply-To", parent), ("References", parent)])
        tasks = []
        for number, shape in enumerate(shapes):
            tasks.append((number, shape, text(random_, number, 6500), random_.choice(earlier)))
            if shape == "plain":
                earlier.append(f"<m{number}@wilgen.example>")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, tasks))
