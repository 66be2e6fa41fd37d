"""Plain files: one per student, `ada.py`, or `ada_conv.py` if the assignment asks for several."""

from collections import defaultdict

from grader.intake.tree import Handin, LayoutReading, Tree
from grader.model.class_input.identity import Claim

TITLE, RANK = "files", 10
OTHER = "its name says neither a student nor a file that the assignment asks for"


def read(tree: Tree) -> LayoutReading | None:
    """Reads every file at the top as that of the student in its name."""
    if tree.tops or not tree.files or any(name in tree.files for name in tree.names):
        return None
    students: dict[str, list[tuple[str, str]]] = defaultdict(list)
    other_entries = {}
    for file in tree.files:
        student, name = _student_and_name(file, tree)
        if student:
            students[student].append((name, file))
        else:
            other_entries[file] = OTHER
    if not students:
        return None
    handins = []
    for student, files in students.items():
        files_by_name = {name: file for name, file in files}
        doubt = ""
        if len(files_by_name) < len(files):
            names = ", ".join(file for _, file in files)
            doubt = f"{names} are the same file of one student: leave one of them"
        handins.append(Handin(student, Claim(ids=(student,)), files_by_name, doubt=doubt))
    return LayoutReading(tuple(handins), other_entries)


def _student_and_name(file: str, tree: Tree) -> tuple[str, str]:
    """The student in a file's name, and the required file that it is; "" and "" if the name holds no
    student.
    """
    for name in tree.names:
        if file.endswith((f"_{name}", f"-{name}")):
            return file[: -len(name) - 1], name
    stem, dot, ending = file.rpartition(".")
    if stem and ending in ("ipynb", "zip"):
        return stem, file
    if stem and len(tree.names) == 1 and tree.names[0].endswith(f"{dot}{ending}"):
        return stem, tree.names[0]
    return "", ""
