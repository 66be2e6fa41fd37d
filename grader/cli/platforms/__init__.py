"""The commands that publish a course to its platform, and fetch submissions from there.

May import: any of `grader`.
"""
