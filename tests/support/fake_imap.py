"""A scripted IMAP server, for what no honest server does.

    def stall(session, tag, rest):
        session.stall()
    with FakeImap(tls="implicit", on={"UID FETCH": stall}) as server: ...

It knows enough to log in, select and list an empty mailbox; `on` replaces what it does for a command (upper
case: "CAPABILITY", "STARTTLS", "AUTHENTICATE", "LOGIN", "NOOP", "SELECT", "UID FETCH", "IDLE", ..., and
"GREETING" with an empty tag). A reaction calls session.send(bytes), session.ok(tag), session.close().
"""
import pathlib
import socket
import ssl
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from certificates import Certificates  # noqa: E402

TWO_WORDS = ("UID",)


class Closed(Exception):
    """This session is over."""


class _Session:
    def __init__(self, server, connection):
        self.server = server
        self.socket = connection
        self._lines = b""

    def send(self, data):
        self.socket.sendall(data)

    def ok(self, tag, text=b"done"):
        self.send(tag + b" OK " + text + b"\r\n")

    def untagged(self, *lines):
        self.send(b"".join(b"* " + line + b"\r\n" for line in lines))

    def close(self):
        """Without TLS's close_notify, as a server does that dies."""
        raise Closed

    def stall(self):
        """Says nothing more until the server is stopped."""
        self.server.stopped.wait()
        raise Closed

    def line(self):
        while b"\n" not in self._lines:
            more = self.socket.recv(4096)
            if not more:
                raise Closed
            self._lines += more
        line, _, self._lines = self._lines.partition(b"\n")
        return line.rstrip(b"\r")

    def start_tls(self):
        self.socket = self.server.certificates.server_context().wrap_socket(self.socket, server_side=True)

    def serve(self):
        if self.server.tls == "implicit":
            self.start_tls()
        self._react(b"", "GREETING", b"")
        while True:
            tag, _, rest = self.line().partition(b" ")
            command, _, rest = rest.partition(b" ")
            name = command.decode(errors="replace").upper()
            if name in TWO_WORDS:
                second, _, rest = rest.partition(b" ")
                name += " " + second.decode(errors="replace").upper()
            self._react(tag, name, rest)

    def _react(self, tag, name, rest):
        self.server.commands.append((name, rest))
        reaction = self.server.on.get(name)
        if reaction:
            reaction(self, tag, rest)
        else:
            self.usual(tag, name, rest)

    def usual(self, tag, name, rest):
        """What happens without a script."""
        if name == "GREETING":
            self.send(b"* OK fake server\r\n")
        elif name == "CAPABILITY":
            extra = b" STARTTLS" if self.server.tls == "starttls" and not isinstance(self.socket, ssl.SSLSocket) else b""
            self.untagged(b"CAPABILITY " + self.server.capability.encode() + extra)
            self.ok(tag)
        elif name == "STARTTLS":
            self.ok(tag)
            self.start_tls()
        elif name == "AUTHENTICATE":
            if b" " not in rest:
                self.send(b"+ \r\n")
                self.line()
            self.ok(tag, b"logged in")
        elif name == "SELECT":
            self.untagged(b"FLAGS (\\Seen)", b"%d EXISTS" % self.server.exists, b"OK [UIDVALIDITY 7] fine")
            self.ok(tag, b"[READ-WRITE] selected")
        elif name == "LOGOUT":
            self.untagged(b"BYE")
            self.ok(tag)
            raise Closed
        else:
            self.ok(tag)


class FakeImap:
    """port, ca, commands (every (NAME, rest) that came). tls: "implicit", "starttls" or "none"."""

    def __init__(self, tls="implicit", on=None, capability="IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE UIDPLUS",
                 exists=1, certificates=None):
        self.tls, self.on, self.capability, self.exists = tls, dict(on or {}), capability, exists
        self._temporary = tempfile.TemporaryDirectory(prefix="cvdesk-imap-")
        self.certificates = certificates or Certificates(pathlib.Path(self._temporary.name))
        self.ca = self.certificates.ca
        self.commands = []
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def url(self, path=""):
        return f"{'imaps' if self.tls == 'implicit' else 'imap'}://127.0.0.1:{self.port}/{path}"

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        session = _Session(self, connection)
        try:
            session.serve()
        except (Closed, OSError):
            pass
        finally:
            session.socket.close()

    def stop(self):
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._temporary.cleanup()

    def __enter__(self):
        return self.start()

    def __exit__(self, *ignored):
        self.stop()
