"""A token end-point (RFC 6749) with introspection (RFC 7662), for tests: http on loopback, in this process."""
import http.server
import json
import threading
import urllib.parse


class TokenServer:
    """Grants tokens to one client for one user.

    granted: the tokens given out so far, the newest last. requests: the forms that came to /token.
    rotate: a refresh also gives a new refresh token, and voids the old one. lifetime: expires_in.
    fail_with: (status, body) to answer every request for a token with, or None.
    """

    def __init__(self, user="cvd", client_id="client", client_secret="client-secret", refresh_token="refresh-0"):
        self.user = user
        self.client_id = client_id
        self.client_secret = client_secret
        self.refresh_token = refresh_token
        self.rotate = False
        self.lifetime = 3600
        self.fail_with = None
        self.granted = []
        self.valid = set()
        self.requests = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("Content-Length", "0"))
                form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
                status, answer = server._answer(self.path, form)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.token_url = f"http://127.0.0.1:{self.port}/token"
        self.introspection_url = f"http://127.0.0.1:{self.port}/introspect"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def void_all(self):
        """Every token given out so far is refused from now on."""
        self.valid.clear()

    def stop(self):
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, path, form):
        if path == "/introspect":
            active = form.get("token") in self.valid
            return 200, {"active": active, "username": self.user} if active else {"active": False}
        if path != "/token":
            return 404, {}
        self.requests.append(form)
        if self.fail_with:
            return self.fail_with
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client"}
        grant = form.get("grant_type")
        if grant == "refresh_token" and form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant"}
        if grant not in ("client_credentials", "refresh_token"):
            return 400, {"error": "unsupported_grant_type"}
        token = f"token-{self.port}-{len(self.granted)}"
        self.granted.append(token)
        self.valid.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        if grant == "refresh_token" and self.rotate:
            self.refresh_token = f"refresh-{len(self.granted)}"
            answer["refresh_token"] = self.refresh_token
        return 200, answer
