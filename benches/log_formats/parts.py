"""What entries of several formats are made of. The same number gives the same bytes."""

import json
import random

HOSTS = ["graph.example.com", "t.example.net", "api.example.org", "cdn.example.edu"]
ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
_random = random.Random(20200326)
_text = "".join(_random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1 << 16))
_noise = _random.randbytes(1 << 20)


def host(number):
    return HOSTS[number % 4]


def part(number, length):
    """Letters and digits, others for each number."""
    start = number * 40503 % 65000
    return _text[start : start + length] if length < 500 else (_text[start:] + _text)[:length]


def noise(number):
    """Up to 40 KB that do not compress."""
    start = number * 104729 % (len(_noise) - 40_000)
    return _noise[start : start + number * 7919 % 40_000]


def second(number):
    """A second of the day of entry `number`, a thousand entries a second."""
    at = number // 1000
    return f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}"


def request(number):
    """Host, head and body of a request."""
    body = json.dumps({"event": number, "value": part(number, 100 + number * 7919 % 800)})
    head = (
        f"POST /collect?n={number} HTTP/1.1\r\nHost: {host(number)}\r\nUser-Agent: bench\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return host(number), head, body
