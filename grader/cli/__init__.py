"""The commands: one module each, whose `run` takes the parsed options and returns the exit status.

A module is imported when its command is given, so none pays for the libraries of another.
"""

PASSED, NOT_PASSED, USER_MISTAKE, GRADER_FAULT = 0, 1, 2, 3
