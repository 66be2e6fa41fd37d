"""What came back against what must: decodes answers, finds the first difference, and words it for a student.

May import: grader.model, NumPy.
"""
