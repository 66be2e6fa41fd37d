"""Measures Backflip's promises about time and memory; `make bench` writes docs/benchmarks.md."""
