"""A server before moto or OpenSearch that forwards each request and writes down who asked for what.

It also answers what moto cannot: invocations of the function, and some policies.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import buckets
import mappings
import redrive
import serverless

HOST = "127.0.0.1"
SCOPE = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request")
INVOCATION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Call:
    """One request: the access key it was signed with, or user name and password; the service (empty for none), and what was asked."""

    who: str
    service: str
    method: str
    path: str
    query: str
    target: str
    body: bytes

    def json(self) -> dict:
        """The body of a service that speaks JSON."""
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Invoke = Callable[[str, bytes], tuple[bool, bytes]]
"""Answers an invocation of a function by its name: whether it has failed, and what it said."""


def untold(name: str, event: bytes) -> tuple[bool, bytes]:
    """Answers for a function that nobody runs."""
    return False, b'{"setup":"not run"}'


class Gateway:
    """Forwards to `upstream` (host:port) and keeps the calls."""

    def __init__(self, upstream: str, invoke: Invoke = untold) -> None:
        self.upstream = upstream
        self.invoke = invoke
        self.calls: list[Call] = []
        self.policies = serverless.Policies()
        self.buckets = buckets.Buckets()
        self.redrive = redrive.Redrive()
        self.server = ThreadingHTTPServer((HOST, 0), handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server.server_port}"

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    def by(self, who: str) -> list[Call]:
        """The calls signed with an access key."""
        return [call for call in self.calls if call.who == who]

    def answer(self, call: Call, headers: dict[str, str]) -> Reply:
        """The reply to one request, from whoever knows it."""
        self.calls.append(call)
        invocation = INVOCATION.fullmatch(call.path)
        if invocation:
            failed, body = self.invoke(unquote(invocation[1]).rpartition(":")[2], call.body)
            error = [("X-Amz-Function-Error", "Unhandled")] if failed else []
            return Reply(200, [("Content-Type", "application/json"), *error], body)
        policy = self.policies.answer(call.target, call.json()) if call.service == "aoss" else None
        if policy is not None:
            return as_json(*policy)
        if call.path.startswith(mappings.PATH):
            reply = self.forward(replace(call, body=mappings.amend(call.method, call.body)), headers)
            return replace(reply, body=mappings.answer(reply.body))
        if call.service == "s3":
            return self.answer_bucket(call, headers)
        if call.service == "sqs":
            return self.answer_queue(call, headers)
        return self.forward(call, headers)

    def answer_bucket(self, call: Call, headers: dict[str, str]) -> Reply:
        """The reply of S3, with what moto misreads of buckets."""
        about = (call.method, call.path, call.query)
        reply = self.forward(replace(call, body=self.buckets.amend(*about, call.body)), headers)
        body = self.buckets.answer(*about, reply.body) if reply.status == 200 else reply.body
        return replace(reply, body=body)

    def answer_queue(self, call: Call, headers: dict[str, str]) -> Reply:
        """The reply of SQS, with the one attribute that moto refuses."""
        own = self.redrive.answer(call.target, call.json())
        if own is not None:
            return as_json(200, own)
        reply = self.forward(call, headers)
        return replace(reply, body=self.redrive.amend(call.target, call.json(), reply.body))

    def forward(self, call: Call, headers: dict[str, str]) -> Reply:
        """The reply of the server behind."""
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        path = f"{call.path}?{call.query}" if call.query else call.path
        try:
            connection.request(call.method, path, call.body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, reply.getheaders(), reply.read())
        finally:
            connection.close()


def as_json(status: int, value: dict) -> Reply:
    """A reply of the services that speak JSON."""
    return Reply(status, [("Content-Type", "application/x-amz-json-1.0")], json.dumps(value).encode())


def handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    """The request handler of one gateway."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.read_body()
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            reply = gateway.answer(self.call(body), headers)
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            length = reply_length(reply, self.command)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        def call(self, body: bytes) -> Call:
            who, service = caller(self.headers.get("Authorization", ""))
            parts = urlsplit(self.path)
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2] or form_action(body)
            return Call(who, service, self.command, parts.path, parts.query, target, body)

        def read_body(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                return b"".join(self.read_chunks())
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def read_chunks(self):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Handler


def caller(authorization: str) -> tuple[str, str]:
    """Who asks, and which service."""
    scope = SCOPE.search(authorization)
    if scope:
        return scope[1], scope[2]
    kind, _, login = authorization.partition(" ")
    return (base64.b64decode(login).decode() if kind == "Basic" else ""), ""


def reply_length(reply: Reply, method: str) -> int:
    """The length that is announced: a HEAD tells that of the body it leaves out."""
    if method == "HEAD":
        return next((int(value) for name, value in reply.headers if name.lower() == "content-length"), 0)
    return len(reply.body)


def form_action(body: bytes) -> str:
    """The operation of a service that takes forms."""
    if not body.startswith(b"Action=") and b"&Action=" not in body:
        return ""
    return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
