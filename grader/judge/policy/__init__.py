"""Reads what students submit before it runs, and refuses what does the exercise for them.

May import: grader.model.
"""
