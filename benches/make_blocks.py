"""Makes a file of pseudo-random blocks, none like another, for the benchmark.

Usage: make_blocks.py FILE MEGABYTES
"""

import random
import sys

path, megabytes = sys.argv[1], int(sys.argv[2])
block = random.Random(2020).randbytes(1 << 20)
with open(path, "wb") as file:
    for number in range(megabytes):
        file.write(number.to_bytes(8, "big") + block[8:])
