"""In place of `python -m core`: answers every request with 200, or just waits, until ended."""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def main(command: str, *arguments: str) -> None:
    if command == "worker":
        threading.Event().wait()
    port = arguments[1] if command == "demo-shop" else os.environ["LOUPE_PORT"]
    HTTPServer(("127.0.0.1", int(port)), _Answer).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
