"""Checks one PDF: PDF/A, PDF/UA-1, and a legend on every page.

Usage: validate-pdf.py FILE LEGEND [2a | 2u]

A placeholder is 2u: one page, not tagged, without a number.
"""

import re
import subprocess
import sys

import page

path, legend = sys.argv[1:3]
# A copy for service is PDF/A-3a, one for filing PDF/A-2a.
level = sys.argv[3] if len(sys.argv) > 3 else "3a"
for profile in (level,) if level == "2u" else (level, "ua1"):
    result = page.validate_pdf(path, profile=profile, limits=page.SafetyLimits.unlimited())
    if not result.is_compliant:
        sys.exit(f"{path} is not {profile}: {result.failures}")

if level == "2u":
    print(f"{path}: PDF/A-{level}")
    sys.exit()
text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
pages = text.split("\f")[:-1]
if not pages:
    sys.exit(f"{path} has no text")
# The parts of an exhibit book are paged through: the first page says where it stands.
first, total = 1, len(pages)
if re.search(r"exhibit-book-\d+-of-\d+\.pdf$", path):
    found = re.search(r"Page (\d+) of (\d+)", pages[0])
    first, total = map(int, found.groups()) if found else (first, total)
    if first + len(pages) - 1 > total:
        sys.exit(f"{path}: pages beyond {total}")
for number, content in enumerate(pages, first):
    if legend not in content:
        sys.exit(f"{path}, page {number}: no legend `{legend}`")
    counted = (f"Page {number} of {total}", f"Seite {number} von {total}")
    if not any(count in content for count in counted):
        sys.exit(f"{path}, page {number}: no `{counted[0]}`")
info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
if legend not in info:
    sys.exit(f"{path}: no legend in the metadata")
if not any(size in info for size in ("612 x 792", "792 x 612", "(A4)")):
    sys.exit(f"{path}: the first page is neither US Letter, upright or across, nor A4")
print(f"{path}: PDF/A-{level}, PDF/UA-1, {len(pages)} pages")
