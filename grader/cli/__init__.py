"""The commands, one module each: its `run` takes the parsed options and returns the exit status.

A module is imported only when its command runs, so no command waits for the libraries of another.
May import: any of grader.
"""
