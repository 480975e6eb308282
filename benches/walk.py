"""Walks the entries of a log with a library that Python brings, or that is
installed, and prints how many there are.

Usage: walk.py csv|xml|html|haralyzer|warc|zat FILE
"""

import csv
import html.parser
import sys
import xml.etree.ElementTree

kind, path = sys.argv[1:]


def of_csv():
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def of_xml():
    for _, element in xml.etree.ElementTree.iterparse(path):
        if element.tag == "item":
            yield element.findtext("url")
            element.clear()


class Page(html.parser.HTMLParser):
    """Counts the elements that begin an entry, and keeps the last text."""

    count, text = 0, ""

    def handle_starttag(self, tag, attrs):
        self.count += tag in ("table", "div")

    def handle_data(self, data):
        self.text = data


def of_html():
    page = Page()
    with open(path, encoding="utf-8") as file:
        page.feed(file.read())
    yield from range(page.count)


def of_haralyzer():
    from haralyzer import HarEntry, HarParser

    for entry in HarParser.from_file(path).har_data["entries"]:
        yield HarEntry(entry).request.url


def of_warc():
    from warcio.archiveiterator import ArchiveIterator

    with open(path, "rb") as file:
        for record in ArchiveIterator(file, arc2warc=True):
            yield record.rec_headers.get_header("WARC-Target-URI")


def of_zat():
    from zat.zeek_log_reader import ZeekLogReader

    yield from ZeekLogReader(path).readrows()


print(sum(1 for _ in globals()[f"of_{kind}"]()))
