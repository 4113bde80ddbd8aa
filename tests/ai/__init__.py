"""Tests of the assistant, against scripted providers over real HTTP."""
