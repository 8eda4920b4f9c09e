#!/usr/bin/python3
"""A submission server for tests that keeps what it gets, and fails as it is told to.

    with SmtpSink() as sink:
        ... smtp://127.0.0.1:{sink.port} (STARTTLS), smtps://127.0.0.1:{sink.tls_port}, CA sink.ca ...
        sink.fail("rcpt", "550 5.1.1 no such user")
        sink.mails()          # [Mail(sender, recipients, data, user), ...] in the order of arrival

As a command it runs until its standard input closes or it is interrupted:

    smtp_sink.py --dir DIR --port-file FILE [--user U --password P] [--no-tls] [--fail WHERE=HOW]...

DIR gets NNNN.eml (the bytes as they came) and NNNN.json (sender, recipients, user) for each mail. A script.json
that appears in it (move it there, so that it appears whole) is taken away and its object WHERE → HOW replaces
what was said before.

WHERE: connect, ehlo, auth, mail, null-sender (MAIL FROM:<> alone), rcpt, data (the command), body (while
the mail comes), end (after the final dot), quit.
HOW: an SMTP reply ("451 4.3.0 later"), "drop" (the connection is cut) or "stall" (nothing for ten minutes); for
body "drop" (after the first line), "stall" or "pause" (nothing for two seconds). "HOW*N": N times, then no more.
"""
import argparse
import asyncio
import base64
import binascii
import collections
import json
import logging
import os
import pathlib
import sys
import tempfile
import threading
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from certificates import Certificates  # noqa: E402
from patience import PATIENCE  # noqa: E402
from aiosmtpd.smtp import SMTP, AuthResult, MISSING  # noqa: E402

STALL_SECONDS = 600
PAUSE_SECONDS = 2 * PATIENCE
Mail = collections.namedtuple("Mail", "sender recipients data user")


class _Session(SMTP):
    """One connection. aiosmtpd speaks the protocol; here it is made to fail."""

    def __init__(self, sink, **options):
        self._sink = sink
        super().__init__(sink, **options)

    async def _fails(self, where):
        """Carries out what the script says for this command; true when there is no more to do."""
        how = self._sink.next_failure(where)
        if how is None:
            return False
        if how == "drop":
            self._cut()
        elif how == "stall":
            await asyncio.sleep(STALL_SECONDS)
        else:
            await self.push(how)
            if how.startswith("421"):
                self.transport.close()
        return True

    def _cut(self):
        """Ends the connection without a word, and what aiosmtpd still would do for it."""
        self.transport.abort()
        raise ConnectionResetError

    async def _handle_client(self):
        how = self._sink.next_failure("connect")
        if how is None:
            return await super()._handle_client()
        if how == "stall":
            await asyncio.sleep(STALL_SECONDS)
        elif how != "drop":
            self._writer.write(how.encode() + b"\r\n")
            await self._writer.drain()
        self.transport.close()

    async def smtp_EHLO(self, hostname):
        if not await self._fails("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg):
        if not await self._fails("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        if (arg or "").upper().startswith("FROM:<>") and await self._fails("null-sender"):
            return
        if not await self._fails("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self._fails("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self._fails("data"):
            await super().smtp_DATA(arg)

    async def push(self, status):
        await super().push(status)
        if str(status).startswith("354"):
            await self._fails_in_body()

    async def _fails_in_body(self):
        how = self._sink.next_failure("body")
        if how == "drop":
            await self._reader.readline()
            self._cut()
        elif how == "stall":
            await asyncio.sleep(STALL_SECONDS)
        elif how == "pause":
            await asyncio.sleep(PAUSE_SECONDS)

    async def smtp_QUIT(self, arg):
        if not await self._fails("quit"):
            await super().smtp_QUIT(arg)


class SmtpSink:
    """port (STARTTLS, or clear with tls=False), tls_port (TLS from the start), ca, folder.

    tls: also refuse everything but EHLO and STARTTLS in clear. user: log-in is needed before MAIL; None: no
    log-in is offered. token: what XOAUTH2 accepts instead of the password (a callable is asked: token → bool).
    """

    def __init__(self, folder=None, user="cvd", password="Zonnebloem-7", token=None, tls=True, size=64 << 20, utf8=True):
        self._temporary = tempfile.TemporaryDirectory(prefix="cvdesk-smtp-")
        self.folder = pathlib.Path(folder or pathlib.Path(self._temporary.name) / "mails")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.user, self.password, self.token, self.tls, self._size, self._utf8 = user, password, token, tls, size, utf8
        self.certificates = Certificates(pathlib.Path(self._temporary.name) / "tls")
        self.ca = self.certificates.ca
        self.port = self.tls_port = None
        self.commands = collections.Counter()
        self._script = {}
        self._lock = threading.Lock()
        self._count = len(list(self.folder.glob("*.eml")))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self._servers = []

    # -- script ----------------------------------------------------------------------------------------------

    def fail(self, where, how):
        """From now on this fails, until heal()."""
        with self._lock:
            self._script[where] = how

    def heal(self):
        with self._lock:
            self._script.clear()

    def _current_script(self):
        try:
            self._script = json.loads((self.folder / "script.json").read_text())
            os.unlink(self.folder / "script.json")
        except (FileNotFoundError, ValueError):
            pass
        return self._script

    def next_failure(self, where):
        with self._lock:
            self.commands[where] += 1
            script = self._current_script()
            how, _, times = script.get(where, "").partition("*")
            if not how:
                return None
            if times:
                left = int(times) - 1
                script[where] = f"{how}*{left}"
                if left == 0:
                    del script[where]
            return how

    # -- mail ------------------------------------------------------------------------------------------------

    async def handle_DATA(self, server, session, envelope):
        how = self.next_failure("end")
        if how == "drop":
            server.transport.abort()
            return "451 dropped"
        if how == "stall":
            await asyncio.sleep(STALL_SECONDS)
        if how:
            return how
        user = session.auth_data if isinstance(session.auth_data, str) else None
        sender = "" if envelope.mail_from in (None, "<>") else envelope.mail_from
        self._keep(Mail(sender, list(envelope.rcpt_tos), envelope.original_content, user))
        return "250 2.0.0 kept"

    def _keep(self, mail):
        with self._lock:
            self._count += 1
            name = f"{self._count:04d}"
            (self.folder / (name + ".eml.new")).write_bytes(mail.data)
            (self.folder / (name + ".json")).write_text(
                json.dumps({"sender": mail.sender, "recipients": mail.recipients, "user": mail.user}))
            # The mail's appearance says that both are complete.
            os.rename(self.folder / (name + ".eml.new"), self.folder / (name + ".eml"))

    def mails(self):
        found = []
        for path in sorted(self.folder.glob("*.eml")):
            facts = json.loads(path.with_suffix(".json").read_text())
            found.append(Mail(facts["sender"], facts["recipients"], path.read_bytes(), facts["user"]))
        return found

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if self.user is None:
            return [line for line in responses if "AUTH" not in line]
        return responses

    # -- log-in ----------------------------------------------------------------------------------------------

    def _authenticate(self, server, session, envelope, mechanism, data):
        name, secret = data.login.decode(errors="replace"), data.password.decode(errors="replace")
        if name == self.user and secret == self.password:
            return AuthResult(success=True, auth_data=name)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Authentication credentials invalid")

    async def auth_XOAUTH2(self, server, args):
        blob = (await server.challenge_auth("", False)) if len(args) == 1 else _base64(args[1])
        if blob is MISSING or blob is None:
            return AuthResult(success=False)
        fields = dict(part.split("=", 1) for part in blob.decode(errors="replace").split("\x01") if "=" in part)
        token = fields.get("auth", "").removeprefix("Bearer ")
        good = self.token(token) if callable(self.token) else (self.token is not None and token == self.token)
        if good and fields.get("user") == self.user:
            return AuthResult(success=True, auth_data=self.user)
        return AuthResult(success=False, handled=False, message="535 5.7.8 Authentication credentials invalid")

    # -- life ------------------------------------------------------------------------------------------------

    def _session(self, implicit):
        context = self.certificates.server_context()
        with_log_in = self.user is not None
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        return _Session(
            self, hostname="sink.example", enable_SMTPUTF8=self._utf8, data_size_limit=self._size, loop=self._loop,
            tls_context=context if self.tls and not implicit else None, require_starttls=self.tls and not implicit,
            auth_required=with_log_in, auth_require_tls=self.tls and not implicit,
            authenticator=self._authenticate if with_log_in else None,
            auth_exclude_mechanism=None if with_log_in else ["PLAIN", "LOGIN", "XOAUTH2"])

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *ignored: None)
        create = self._loop.create_server
        clear = self._loop.run_until_complete(create(lambda: self._session(False), "127.0.0.1", 0))
        tls = self._loop.run_until_complete(
            create(lambda: self._session(True), "127.0.0.1", 0, ssl=self.certificates.server_context()))
        self.port = clear.sockets[0].getsockname()[1]
        self.tls_port = tls.sockets[0].getsockname()[1]
        self._servers = [clear, tls]
        self._ready.set()
        self._loop.run_forever()

    def start(self):
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the SMTP sink does not start")
        return self

    async def _end(self):
        for server in self._servers:
            server.close()
        waiting = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def stop(self):
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self._temporary.cleanup()

    def __enter__(self):
        return self.start()

    def __exit__(self, *ignored):
        self.stop()


def _base64(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def main():
    parser = argparse.ArgumentParser(description="An SMTP server that keeps what it gets.")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port-file", required=True, help="gets a JSON object once the server answers")
    parser.add_argument("--user")
    parser.add_argument("--password", default="Zonnebloem-7")
    parser.add_argument("--token")
    parser.add_argument("--no-tls", action="store_true")
    parser.add_argument("--fail", action="append", default=[], metavar="WHERE=HOW")
    options = parser.parse_args()
    sink = SmtpSink(options.dir, options.user, options.password, options.token, not options.no_tls)
    for failure in options.fail:
        sink.fail(*failure.split("=", 1))
    with sink:
        facts = {"port": sink.port, "tls_port": sink.tls_port, "ca": str(sink.ca)}
        pathlib.Path(options.port_file + ".new").write_text(json.dumps(facts))
        os.rename(options.port_file + ".new", options.port_file)
        try:
            sys.stdin.read()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
