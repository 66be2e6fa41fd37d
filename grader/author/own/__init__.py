"""Reads what an assignment brings itself: kinds of cases, comparisons, and tests."""
