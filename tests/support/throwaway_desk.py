"""A desk in a temporary folder: the real `cvdesk init`, its configuration pointed at the servers of a test.

    with ThrowawayDesk(programs) as desk:
        desk.configure(mailboxes=[desk.mailbox("cvd", dovecot)], submission=desk.submission(sink))
        desk.run_once()
        desk.json("list")
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

NAME = "Gemeente Zonnedam"
ADDRESS = "cvd@zonnedam.example"
LIMIT_SECONDS = 300


class ThrowawayDesk:
    def __init__(self, programs, folder=None):
        """programs: the folder that holds cvdesk and cvdeskd."""
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="cvdesk-desk-"))
        self.home = self.folder / "desk"
        self.configuration = self.home / "cvdesk.toml"
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "CVDESK_CONFIG": str(self.configuration)}
        # Away from what another test, or the user's own session, may have there.
        self.environment.pop("RUNTIME_DIRECTORY", None)
        self.run("cvdesk", "init", str(self.home), "--name", NAME, "--address", ADDRESS)
        self.fingerprint = re.search(r'^key\s*=\s*"([0-9A-F]+)"', self.configuration.read_text(), re.M)[1]

    # -- configuration ---------------------------------------------------------------------------------------

    def secret(self, name, text):
        path = self.home / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return name

    def mailbox(self, name, dovecot, *, user=None, starttls=False, address=None, **more):
        port, scheme = (dovecot.imap_port, "imap") if starttls else (dovecot.imaps_port, "imaps")
        keys = {"name": name, "address": address or f"{name}@zonnedam.example", "url": f"{scheme}://127.0.0.1:{port}/INBOX",
                "user": user or name, "ca_file": str(dovecot.ca), "poll_interval": "1s"}
        if "auth" not in more:
            keys["password_file"] = self.secret(f"{name}.imap.pass", dovecot.password)
        return {**keys, **more}

    def submission(self, sink, *, implicit=False, **more):
        url = f"smtps://127.0.0.1:{sink.tls_port}" if implicit else f"smtp://127.0.0.1:{sink.port}"
        keys = {"url": url, "from": f"CVD-team Zonnedam <{ADDRESS}>", "ca_file": str(sink.ca)}
        if sink.user and "auth" not in more:
            keys.update(user=sink.user, password_file=self.secret("smtp.pass", sink.password))
        return {**keys, **more}

    def configure(self, mailboxes, submission, *, organisation=(), openpgp=(), tables=""):
        keys = {"name": NAME, "languages": ["nl", "en"], "region": "NL", "timezone": "Europe/Amsterdam",
                "scope": ["zonnedam.example", "https://git.zonnedam.example/apps/"], **dict(organisation)}
        text = "[organisation]\n" + _toml(keys)
        text += ('[[organisation.partner]]\nname = "Waterschap Rietvliet"\nscope = ["rietvliet.example"]\n'
                 'contact = "cvd@rietvliet.example"\n')
        text += '[store]\npath = "cvdesk.db"\nkey_file = "store.key"\n'
        text += "[openpgp]\n" + _toml({"home": "gnupg", "key": self.fingerprint, **dict(openpgp)})
        for mailbox in mailboxes:
            text += "[[mailbox]]\n" + _toml(mailbox)
        text += "[submission]\n" + _toml(submission) + tables
        self.configuration.write_text(text)

    # -- programs --------------------------------------------------------------------------------------------

    def run(self, program, *arguments, check=True, timeout=LIMIT_SECONDS, prefix=(), **more):
        """prefix: a command that runs the program, such as one that enters other mounts."""
        command = [*prefix, self.programs / program, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, env=self.environment, timeout=timeout,
                                stdin=more.pop("stdin", subprocess.DEVNULL) if "input" not in more else None, **more)
        if check and result.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(map(str, arguments))}: exit {result.returncode}\n"
                               f"{result.stderr.decode(errors='replace')}")
        return result

    def cvdesk(self, *arguments, **more):
        return self.run("cvdesk", *arguments, **more)

    def json(self, *arguments, **more):
        """What the command prints, a value a line."""
        output = self.cvdesk(*arguments, "--json", **more).stdout.decode()
        return [json.loads(line) for line in output.splitlines()]

    def show(self, reference):
        return self.json("show", reference)[0]

    def run_once(self, **more):
        return self.run("cvdeskd", "--once", **more)

    def start_daemon(self, log=None):
        """cvdeskd in the background; the caller ends it."""
        with open(log or os.devnull, "ab") as output:
            return subprocess.Popen([self.programs / "cvdeskd"], env=self.environment, stdin=subprocess.DEVNULL,
                                    stdout=output, stderr=output)

    def certificate(self):
        return self.cvdesk("certificates", "own").stdout

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home / "gnupg", "--kill", "all"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()


def _toml(keys):
    # JSON's strings, lists, numbers and booleans are TOML's too.
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
