"""Tests on real server processes with real files."""
