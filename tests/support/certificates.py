"""A CA and a server certificate for loopback, made with openssl; valid for a few days."""
import pathlib
import ssl
import subprocess

NAMES = "DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,IP:::1"


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError("openssl: " + done.stderr.decode(errors="replace"))


class Certificates:
    """FOLDER/ca.pem, FOLDER/server.pem and FOLDER/server.key."""

    def __init__(self, folder, names=NAMES):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"
        ca_key = folder / "ca.key"
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        _openssl("req", "-x509", *key, "-keyout", ca_key, "-out", self.ca, "-days", "3",
                 "-subj", "/CN=throwaway test CA", "-addext", "basicConstraints=critical,CA:TRUE")
        request = folder / "server.csr"
        _openssl("req", *key, "-keyout", self.key, "-out", request, "-subj", "/CN=localhost")
        extensions = folder / "server.ext"
        extensions.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
        _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial",
                 "-out", self.certificate, "-days", "3", "-extfile", extensions)
        for needless in (ca_key, request, extensions):
            needless.unlink()

    def server_context(self):
        """For a Python server that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context
