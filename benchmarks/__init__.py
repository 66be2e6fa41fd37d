"""Measurements of what Backflip promises about time and memory; `make bench` writes docs/benchmarks.md."""
