"""Backflip's grader: renders assignments, runs submissions in a sandbox and judges what they return."""

__version__ = "0.1.0"
