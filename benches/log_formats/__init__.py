"""The formats that make_log.py writes, by the kind of file."""
