"""Measures time and memory against Backflip's goals; `make bench` writes docs/benchmarks.md."""
