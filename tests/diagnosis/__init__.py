"""Slips that students make, written for a measure of the diagnosis; none of them is a mutant."""
