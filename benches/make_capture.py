"""Writes a capture of packets (pcap) to standard output: conversations of TCP
with requests in the clear, their answers, and lookups of DNS, as a phone makes
them, a hundred at once.

Usage: make_capture.py MEGABYTES
"""

import random
import struct
import sys

SEGMENT = 1448
AT_ONCE = 100
ETHERNET = b"\x02" * 12 + b"\x08\x00"


def ip(source, to, protocol, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0, source, to)
    return ETHERNET + head + payload


class Conversation:
    def __init__(self, number, rng):
        self.client = struct.pack(">I", 0x0A000001 + number % 50)
        self.server = struct.pack(">I", 0xC6336401 + number % 200)
        self.port = 1024 + number % 60000
        self.next = [1, 1]
        self.packets = self.write(number, rng)

    def segment(self, side, flags, payload=b""):
        ports = (self.port, 80) if side == 0 else (80, self.port)
        ends = (self.client, self.server) if side == 0 else (self.server, self.client)
        head = struct.pack(">HHIIBBHHH", *ports, self.next[side], self.next[1 - side], 0x50, flags, 0xFFFF, 0, 0)
        self.next[side] += len(payload) + (flags & 3 != 0)
        return ip(*ends, 6, head + payload)

    def say(self, side, data):
        for at in range(0, len(data), SEGMENT):
            yield self.segment(side, 0x18, data[at : at + SEGMENT])
            if at // SEGMENT % 2:
                yield self.segment(1 - side, 0x10)

    def write(self, number, rng):
        host = b"h%d.example" % (number % 500)
        yield self.segment(0, 2)
        yield self.segment(1, 0x12)
        yield self.segment(0, 0x10)
        for _ in range(rng.randrange(1, 8)):
            body = b"event=%d&" % rng.getrandbits(64) + BODY[: rng.randrange(200, 6000)]
            head = b"POST /collect?v=2&cid=%d HTTP/1.1\r\nHost: %b\r\nUser-Agent: bench/1.0\r\n" % (rng.getrandbits(40), host)
            yield from self.say(0, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            answer = ANSWER[: rng.randrange(100, 30000)]
            yield from self.say(1, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        yield self.segment(0, 0x11)
        yield self.segment(1, 0x11)
        yield self.segment(0, 0x10)


def lookup(number):
    name = b"\x04h%03d\x07example\x00" % (number % 500)
    question = struct.pack(">HHHHHH", number & 0xFFFF, 0x100, 1, 0, 0, 0) + name + b"\x00\x01\x00\x01"
    answer = struct.pack(">HHHHHH", number & 0xFFFF, 0x8180, 1, 1, 0, 0) + name + b"\x00\x01\x00\x01"
    answer += b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x07"
    client, resolver = b"\x0a\x00\x00\x01", b"\x09\x09\x09\x09"
    port = 1024 + number % 60000
    yield ip(client, resolver, 17, struct.pack(">HHHH", port, 53, 8 + len(question), 0) + question)
    yield ip(resolver, client, 17, struct.pack(">HHHH", 53, port, 8 + len(answer), 0) + answer)


def main():
    left = int(float(sys.argv[1]) * 1e6)
    rng = random.Random(1)
    out = sys.stdout.buffer
    out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    time, number, running = 1_584_698_400_000_000, 0, []
    while left > 0:
        while len(running) < AT_ONCE:
            number += 1
            running.append(lookup(number) if number % 5 == 0 else Conversation(number, rng).packets)
        at = rng.randrange(len(running))
        for _ in range(8):
            packet = next(running[at], None)
            if packet is None:
                running.pop(at)
                break
            time += 50
            out.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(packet), len(packet)) + packet)
            left -= len(packet) + 16


BODY = bytes(random.Random(2).choice(b"abcdefghijklmnopqrstuvwxyz0123456789%=&") for _ in range(6000))
ANSWER = random.Random(3).randbytes(30000)
main()
