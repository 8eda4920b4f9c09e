#!/usr/bin/python3
"""A chat server's incoming webhook for tests: keeps the bodies it is sent, and fails as it is told to.

    with WebhookServer() as hook:
        ... hook.url ...
        hook.fail(503, times=2)
        hook.bodies        # [bytes, ...] of the calls that were answered with 200
"""
import http.server
import threading


class WebhookServer:
    def __init__(self, path="/hooks/geheim-7f3a"):
        self.bodies, self.refused, self._failures = [], [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = outer._failures.pop(0) if outer._failures else 200
                if self.path != path:
                    status = 404
                (outer.bodies if status == 200 else outer.refused).append(body)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *ignored):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def fail(self, status, times=1):
        self._failures += [status] * times

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *ignored):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
