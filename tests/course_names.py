"""The course of this repository, and the names of its assignments."""

from pathlib import Path

from grader.author.load import load_course

ROOT = Path(__file__).parents[1]
NAMES = load_course(ROOT / "assignments" / "course.yaml").assignments
