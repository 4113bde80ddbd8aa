"""Stands in the way of a package of this name, in server processes of tests only.

It checks internationalised URLs in events, where ``jsonschema`` takes it for optional. Making its
grammar takes more than half of the time in which a server starts, and tests start some hundreds.
"""

raise ImportError("Left out: see tests/quick_start/rfc3987_syntax.py")
