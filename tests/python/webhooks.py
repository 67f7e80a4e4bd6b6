"""A webhook and a mail server on the loopback address that remember what they heard."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Webhook:
    """`answers` are taken in turn, the last one for ever: a status, (status, headers), a function
    of the request, or "hang up" (no answer). `heard` are dicts of headers and JSON."""

    def __init__(self, address, answers):
        self.address = address
        self.answers = list(answers)
        self.heard = []
        self.times = []

    @property
    def keys(self):
        return [request["headers"]["Idempotency-Key"] for request in self.heard]

    @property
    def repeats(self):
        return ["X-Possible-Repeat" in request["headers"] for request in self.heard]

    def texts(self):
        return [request["json"]["message"] for request in self.heard]

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def webhook(*answers):
    """A running Webhook; without answers it is fine (200)."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            request = {"headers": dict(self.headers), "json": json.loads(content)}
            with lock:
                hook.heard.append(request)
                hook.times.append(time.monotonic())
                answer = hook.next_answer()
            if callable(answer):
                answer = answer(request)
            if answer == "hang up":
                self.close_connection = True
                return
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *ignored):
            pass

        def handle(self):
            with suppress(BrokenPipeError, ConnectionResetError):  # a test kills the client
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook = Webhook(f"http://127.0.0.1:{server.server_port}/hook", answers or (200,))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mail_server():
    """(port, list of the letters that came): just enough SMTP to take one."""
    letters = []

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line):
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self):
            self.say("220 loopback")
            for line in self.rfile:
                command = line.decode().split()[0].upper()
                if command == "DATA":
                    self.say("354 go on")
                    letters.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.say("221 bye" if command == "QUIT" else "250 fine")
                if command == "QUIT":
                    break

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1], letters
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
