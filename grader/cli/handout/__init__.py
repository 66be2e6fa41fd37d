"""The commands of a student's handout: try and debug a case, watch, submit.

May import: any of grader, as all commands may.
"""
