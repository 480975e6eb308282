"""Runs a command and writes what it took: elapsed seconds, seconds of CPU (user
and system), and peak memory in MB. What the command prints is dropped, unless
MEASURE_SHOW is set.

Usage: measure.py FILE COMMAND...
"""

import os
import resource
import subprocess
import sys
import time

begun = time.monotonic()
shown = None if os.environ.get("MEASURE_SHOW") else subprocess.DEVNULL
code = subprocess.run(sys.argv[2:], stdout=shown).returncode
elapsed = time.monotonic() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
# Darwin counts bytes, Linux kilobytes.
peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
with open(sys.argv[1], "w") as file:
    file.write(f"{elapsed:.2f} {used.ru_utime + used.ru_stime:.2f} {peak:.0f}\n")
sys.exit(code)
