"""Tests of anode_jlab; the folders mirror the package."""
