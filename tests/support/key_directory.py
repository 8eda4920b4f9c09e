"""Web Key Directories of many domains on one HTTPS server on loopback, honest and hostile.

    with KeyDirectory(["openpgpkey.wilgen.example"]) as directory:
        directory.publish(roos)              # a Reporter: at openpgpkey.DOMAIN, where gpg would look
        desk.configure(..., openpgp=directory.settings)
        directory.asked                      # [Asked(host, path, headers), ...]
"""
import collections
import http.server
import pathlib
import subprocess
import tempfile
import threading
import urllib.parse

from certificates import Certificates

Asked = collections.namedtuple("Asked", "host path headers")


def wkd_hash(address):
    """As GnuPG computes it."""
    home = tempfile.mkdtemp(prefix="cvdesk-wkd-")
    try:
        out = subprocess.run(["gpg-wks-client", "--print-wkd-hash", address], capture_output=True, check=True,
                             env={"PATH": "/usr/bin:/bin:/usr/lib/gnupg", "GNUPGHOME": home})
        return out.stdout.decode().split()[0]
    finally:
        pathlib.Path(home).rmdir()


class KeyDirectory:
    def __init__(self, names, ip="127.0.0.1", port=0):
        """names: what the server's certificate is for."""
        self._temporary = tempfile.TemporaryDirectory(prefix="cvdesk-wkd-")
        certificates = Certificates(pathlib.Path(self._temporary.name) / "tls", ",".join(f"DNS:{name}" for name in names))
        self.asked, self._answers = [], {}
        self.released = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers.get("Host", "")
                outer.asked.append(Asked(host, self.path, dict(self.headers)))
                answer = outer._answers.get((host, urllib.parse.urlsplit(self.path).path))
                if answer is None:
                    return self.answer(404, b"not here")
                if callable(answer):
                    return answer(self)
                return self.answer(200, answer)

            def answer(self, status, body, **headers):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *ignored):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *ignored):
                pass  # whoever asks may hang up at any time

        self._server = Server((ip, port), Handler)
        context = certificates.server_context()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.settings = {"wkd": True, "wkd_gateway": "%s:%d" % self._server.server_address,
                         "wkd_ca_file": str(certificates.ca)}
        self.ca = certificates.ca
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def publish(self, person, answer=None, *, direct=False):
        """answer: bytes, or what is called with the handler; else the person's certificate, binary."""
        domain = person.address.rpartition("@")[2]
        self.put(person.address, person.gpg("--export", person.fingerprint) if answer is None else answer, domain, direct=direct)

    def put(self, address, answer, domain=None, *, direct=False):
        domain = domain or address.rpartition("@")[2]
        host = domain if direct else f"openpgpkey.{domain}"
        middle = "" if direct else f"{domain}/"
        self._answers[host, f"/.well-known/openpgpkey/{middle}hu/{wkd_hash(address)}"] = answer

    def asked_for(self, domain):
        return [asked for asked in self.asked if asked.host == domain or asked.host.endswith("." + domain)]

    # -- answers that hurt -----------------------------------------------------------------------------------

    def hang(self, handler):
        """Says nothing until the test is over."""
        self.released.wait(120)

    @staticmethod
    def drip(handler):
        """A byte now and then, for ever."""
        handler.send_response(200)
        handler.end_headers()
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            threading.Event().wait(0.2)

    @staticmethod
    def flood(handler):
        """10 MB without a length."""
        handler.send_response(200)
        handler.end_headers()
        for _ in range(160):
            handler.wfile.write(b"x" * 65536)

    @staticmethod
    def redirect_to(url):
        return lambda handler: handler.answer(302, b"", Location=url)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *ignored):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._temporary.cleanup()
