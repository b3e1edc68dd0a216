"""The body of a Bot API request, in each of the four ways the Bot API takes one."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.telegram.refusals import Refused, bad

Params = dict[str, Any]
Uploads = dict[str, tuple[str, bytes, str]]

_NOT_UTF8 = "strings must be encoded in UTF-8"
_ATTRIBUTE = re.compile(rb';\s*([a-zA-Z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))')


def read(query: str, content_type: str, body: bytes) -> tuple[Params, Uploads]:
    """Parameters and uploads: query string, form, multipart or JSON (Bot API, “Making requests”)."""
    params = _form(query)
    uploads: Uploads = {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        params.update(_object(body))
    elif kind == "application/x-www-form-urlencoded":
        params.update(_form(_text(body)))
    elif kind == "multipart/form-data":
        fields, uploads = _multipart(content_type, body)
        params.update(fields)
    elif body.strip():
        raise bad("unsupported content type")
    return params, uploads


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise bad(_NOT_UTF8) from None


def _form(text: str) -> Params:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise bad(_NOT_UTF8) from None


def _object(body: bytes) -> Params:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise bad("can't parse JSON object") from None
    if not isinstance(found, dict):
        raise bad("can't parse JSON object: expected an Object")
    return found


def _multipart(content_type: str, body: bytes) -> tuple[Params, Uploads]:
    boundary = _attributes(content_type.encode()).get("boundary", "")
    if not boundary:
        raise bad("can't parse multipart/form-data: boundary not found")
    params: Params = {}
    uploads: Uploads = {}
    # Every part stands between delimiters that begin on a line of their own (RFC 2046, 5.1.1).
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if part.startswith(b"--"):
            return params, uploads
        head, separator, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            break
        _take(head, content, params, uploads)
    raise Refused(400, "Bad Request: can't parse multipart/form-data: unexpected end")


def _take(head: bytes, content: bytes, params: Params, uploads: Uploads) -> None:
    headers = dict(_header(line) for line in head.split(b"\r\n") if b":" in line)
    attributes = _attributes(headers.get(b"content-disposition", b""))
    name = attributes.get("name", "")
    if "filename" in attributes:
        mime = headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        uploads[name] = attributes["filename"], content, mime
    else:
        params[name] = _text(content)


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _attributes(value: bytes) -> dict[str, str]:
    found = {}
    for name, quoted, bare in _ATTRIBUTE.findall(b";" + value.partition(b";")[2]):
        raw = re.sub(rb"\\(.)", rb"\1", quoted) or bare
        found[name.decode().lower()] = raw.decode("utf-8", "replace")
    return found
