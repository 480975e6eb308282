"""Archives: of the web, and of sessions."""

import hashlib
import json
import zipfile
import zlib

from .parts import ANSWER, host, noise, part, request

ARC_HEAD = (
    "filedesc://bench.arc 0.0.0.0 20040101000000 text/plain 62\n1 0 Bench\n"
    "URL IP-address Archive-date Content-type Archive-length\n\n"
)


def _record(kind, number, other, block):
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{kind}-{number}>\r\n"
        f"WARC-Concurrent-To: <urn:x:{other}-{number}>\r\nWARC-Target-URI: https://{host(number)}/e/{number}\r\n"
        f"WARC-Date: 2020-03-20T10:00:00Z\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _answer(number):
    body = noise(number)
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _records(number):
    """A request with a small body, and its answer of up to 40 KB."""
    body = f'{{"id":"{part(number, 32)}","n":{number}}}'.encode()
    head = f"POST /e/{number} HTTP/1.1\r\nHost: {host(number)}\r\nContent-Length: {len(body)}\r\n\r\n"
    yield _record("request", number, "response", head.encode() + body)
    yield _record("response", number, "request", _answer(number))


def warc(number):
    return b"".join(_records(number))


def arc(number):
    block = _answer(number)
    return f"http://{host(number)}/e/{number} 192.0.2.7 20040101000001 text/html {len(block)}\n".encode() + block + b"\n"


def _gzip(data):
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def wacz(bytes_, out):
    """A package with one WARC file, of which each record is a member of gzip."""
    name, digest, written, number = "archive/data.warc.gz", hashlib.sha256(), 0, 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(name, "w", force_zip64=True) as member:
            while written < bytes_:
                for record in _records(number):
                    packed = _gzip(record)
                    digest.update(packed)
                    written += member.write(packed)
                number += 1
        resource = {"path": name, "bytes": written, "hash": f"sha256:{digest.hexdigest()}"}
        package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "software": "bench", "resources": [resource]})
        archive.writestr("datapackage.json", package)
        of_package = f"sha256:{hashlib.sha256(package.encode()).hexdigest()}"
        archive.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": of_package}))


def saz(bytes_, out):
    """Sessions of Fiddler, as many megabytes before they are packed."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        written, number = 0, 0
        while written < bytes_:
            number += 1
            to, head, body = request(number)
            session = (
                f'<?xml version="1.0" encoding="utf-8"?><Session SID="{number}" BitFlags="0">'
                '<SessionTimers ClientBeginRequest="2024-10-12T08:24:53.0920000+02:00" />'
                '<SessionFlags><SessionFlag N="x-processinfo" V="bench:1" /></SessionFlags></Session>'
            )
            head = head.replace("POST /", f"POST https://{to}/")
            for name, content in (("c", head + body), ("s", ANSWER), ("m", session)):
                end = "xml" if name == "m" else "txt"
                archive.writestr(f"raw/{number:06}_{name}.{end}", content)
                written += len(content)


FORMATS = {
    "warc": ("", warc, "", ""),
    "arc": (ARC_HEAD, arc, "", ""),
}
WHOLE = {"wacz": wacz, "saz": saz}
