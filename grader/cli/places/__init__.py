"""The commands that bring a course to where it lives, and fetch submissions from there.

May import: any of `grader`.
"""
