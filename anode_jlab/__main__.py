"""``python -m anode_jlab``: the command without its entry point."""

from __future__ import annotations

from anode_jlab.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
