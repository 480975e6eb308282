"""Makes a HAR of any size by writing the entries of a small one again and again.

Usage: make_large_har.py SMALL FILE MEGABYTES
"""

import sys

small, path, megabytes = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(small, "rb") as file:
    text = file.read()
begin = text.index(b'"entries":[') + len(b'"entries":[')
entries, end = text[begin:-3], text[-3:]
assert end == b"]}}"
with open(path, "wb") as file:
    size = file.write(text[:begin] + entries)
    while size < megabytes << 20:
        size += file.write(b"," + entries)
    file.write(end)
