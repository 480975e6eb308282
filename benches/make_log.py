"""Writes a traffic log of a format to standard output, of about so many megabytes.

Usage: make_log.py FORMAT MEGABYTES

The same arguments give the same bytes. The formats are those of the modules
beside, in log_formats.
"""

import sys

from log_formats import accounts, archives, lines, sessions

# Format -> what stands before, each entry, what stands between, what stands behind.
FORMATS = {**lines.FORMATS, **sessions.FORMATS, **accounts.FORMATS, **archives.FORMATS}
# Some hundred kilobytes at a time: a write for each entry costs as much as making it.
AT_ONCE = 256


def encoded(text):
    return text if isinstance(text, bytes) else text.encode()


def write(head, entry, between, tail, bytes_, out):
    between = encoded(between)
    written, number = out.write(encoded(head)), 0
    while entry and written < bytes_:
        block = between.join(encoded(entry(at)) for at in range(number, number + AT_ONCE))
        if number:
            written += out.write(between)
        written += out.write(block)
        number += AT_ONCE
    out.write(encoded(tail))


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in FORMATS.keys() | archives.WHOLE.keys():
        sys.exit(f"{__doc__}\n{' '.join([*FORMATS, *archives.WHOLE])}")
    format_, bytes_, out = sys.argv[1], int(float(sys.argv[2]) * 1_000_000), sys.stdout.buffer
    if format_ in archives.WHOLE:
        archives.WHOLE[format_](bytes_, out)
    else:
        write(*FORMATS[format_], bytes_, out)


main()
