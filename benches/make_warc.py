"""Makes a WARC for the benchmark: requests with bodies, and their answers.

Usage: make_warc.py FILE MEGABYTES
"""

import random
import sys

path, megabytes = sys.argv[1], int(sys.argv[2])
chance = random.Random(2020)
noise = chance.randbytes(1 << 20)


def record(kind, number, other, block):
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{kind}-{number}>\r\n"
        f"WARC-Concurrent-To: <urn:x:{other}-{number}>\r\nWARC-Target-URI: https://h{number % 97}.example/e/{number}\r\n"
        f"WARC-Date: 2020-03-20T10:00:00Z\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


with open(path, "wb") as file:
    number = 0
    while file.tell() < megabytes << 20:
        number += 1
        body = f'{{"id":"{chance.getrandbits(128):032x}","n":{number}}}'.encode()
        head = f"POST /e/{number} HTTP/1.1\r\nHost: h{number % 97}.example\r\nContent-Length: {len(body)}\r\n\r\n"
        file.write(record("request", number, "response", head.encode() + body))
        start = chance.randrange(len(noise) // 2)
        answer = noise[start : start + chance.randrange(40_000)]
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n"
        file.write(record("response", number, "request", head.encode() + answer))
