"""Doubles and conformance suites for those who write adapters or test against us."""
