"""Protects the desk: one token, one host, no pages of other sites, and no code that a browser may run.

The address that `grader serve` prints contains a token. It sets a cookie and leads to the first page. Every
other request needs that cookie, a Host header of this server, and, to change something, a token in the form.
"""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20  # per form
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAMED = (  # a page inside another page of the desk, which may measure it: no scripts, no forms, no links
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-same-origin"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}


class Guard:
    """ASGI middleware around the whole desk."""

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str], port: int) -> None:
        self._app, self._token = app, token
        self._hosts = {f"{host}:{port}" for host in hosts}
        self._cookie = f"desk-{port}"
        self._session = derive_secret(token, "session")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses the request, or passes it on; adds the headers of every response."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if "content-security-policy" not in headers:
                    headers["content-security-policy"] = CONTENT_SECURITY_POLICY
            await send(message)

        answer = self._answer(Request(scope))
        await (answer or self._app)(scope, receive, send_with_headers)

    def _answer(self, request: Request) -> Response | None:
        """The response in place of a page; None if the request may pass."""
        headers = Headers(scope=request.scope)
        if headers.getlist("host") != [headers.get("host")] or headers.get("host") not in self._hosts:
            return PlainTextResponse("This desk answers to its own address only.", 400)
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("The desk accepts only the methods GET, HEAD and POST.", 405)
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return PlainTextResponse("This request came from another site.", 403)
        if not _is_short(headers.get("content-length", "0")) or "transfer-encoding" in headers:
            return PlainTextResponse("This request is larger than any form of the desk.", 413)
        tokens = parse_qs(request.url.query).get("token", []) if request.url.path == "/" else []
        if tokens and request.method == "GET" and len(tokens) == 1 and _same(tokens[0], self._token):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
            return answer
        if not _same(request.cookies.get(self._cookie, ""), self._session):
            message = "Open the address that `grader serve` printed, with its token."
            return PlainTextResponse(message, 403)
        return None


def derive_secret(token: str, purpose: str) -> str:
    """A secret derived from the token: neither reveals the other."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def is_own_form(token: str, form_token: str) -> bool:
    """True if the desk itself made the form."""
    return _same(form_token, derive_secret(token, "form"))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode())


def _is_short(length: str) -> bool:
    return length.isascii() and length.isdigit() and len(length) < 12 and int(length) <= MOST_BYTES
