"""Runs the small C++ programs that drive a layer, and reads what they print."""
import collections
import pathlib
import subprocess
import time

Outcome = collections.namedtuple("Outcome", "status lines seconds")
Trouble = collections.namedtuple("Trouble", "kind temporary what")


class Probe:
    def __init__(self, program, folder):
        self.program = str(program)
        self.folder = pathlib.Path(folder)
        self._secrets = 0

    def secret_file(self, text):
        """A file of mode 0600 with this secret."""
        self._secrets += 1
        path = self.folder / f"secret-{self._secrets}"
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def command(self, url, *commands, user=None, password=None, ca=None, options=()):
        arguments = [self.program, "--url", url]
        if user is not None:
            arguments += ["--user", user]
        if password is not None:
            arguments += ["--password-file", str(self.secret_file(password))]
        if ca is not None:
            arguments += ["--ca", str(ca)]
        return arguments + [str(option) for option in options] + [str(command) for command in commands]

    def run(self, url, *commands, timeout=90, **how):
        begin = time.monotonic()
        done = subprocess.run(self.command(url, *commands, **how), capture_output=True, timeout=timeout)
        lines = (done.stdout + done.stderr).decode(errors="replace").splitlines()
        return Outcome(done.returncode, lines, time.monotonic() - begin)

    def start(self, url, *commands, **how):
        return subprocess.Popen(self.command(url, *commands, **how), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def facts(outcome, name):
    """The lines that begin with `name`, as lists of words without it."""
    return [line.split()[1:] for line in outcome.lines if line.split()[:1] == [name]]


def trouble(outcome):
    """The error that was printed; None when there is none."""
    for line in outcome.lines:
        if line.startswith("error "):
            _, kind, temporary, what = line.split(" ", 3)
            return Trouble(kind, temporary == "temporary", what)
    return None
