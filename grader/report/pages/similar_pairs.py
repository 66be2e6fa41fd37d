"""Draws the similarity pages: pairs with similar code, and rare wrong answers that several students share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.model.assignment import Visibility
from grader.model.class_row import ClassRow
from grader.model.grade import Status
from grader.model.results.similar_pair import Pair
from grader.model.student import Student
from grader.model.text import clean_line
from grader.report.pages.page_templates import environment
from grader.report.pages.side_by_side import side_by_side
from grader.report.pages.similarity_graph import graphs
from grader.report.write_files import Files


@dataclass(frozen=True)
class SharedAnswer:
    """Students who answer the same hidden cases (criterion/case) with the same wrong arrays.

    `ran` is how many answered at all; `misconceptions` are known wrong ideas that explain the answers.
    """

    students: tuple[str, ...]
    cases: tuple[str, ...]
    ran: int
    misconceptions: tuple[str, ...]


def shared_answers(rows: Sequence[ClassRow]) -> tuple[SharedAnswer, ...]:
    """Wrong answers that several students give, the rarest first, then those on the most cases."""
    students_by_answer: dict[tuple[str, str], list[str]] = defaultdict(list)
    ideas: dict[tuple[str, str], set[str]] = defaultdict(set)
    ran: dict[str, int] = defaultdict(int)
    for row in rows:
        for criterion in row.grade.criteria if row.grade is not None else ():
            for result in criterion.results:
                if result.visibility is Visibility.VISIBLE or not result.answer:
                    continue
                case = result.name
                ran[case] += 1
                if result.status is Status.WRONG:
                    students_by_answer[case, result.answer].append(row.student_id)
                    ideas[case, result.answer].update(result.misconceptions)
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for key, students in students_by_answer.items():
        if len(students) > 1:
            groups[tuple(students)].append(key)
    every = (
        SharedAnswer(
            students,
            tuple(case for case, _ in keys),
            max(ran[case] for case, _ in keys),
            tuple(sorted(set().union(*(ideas[key] for key in keys)))),
        )
        for students, keys in groups.items()
    )
    return tuple(sorted(every, key=lambda a: (len(a.students), -len(a.cases), a.students)))


def similarity_pages(
    title: str,
    pairs: Sequence[Pair],
    answers: Sequence[SharedAnswer],
    handout: Mapping[str, str],
    note: str = "",
    students: Iterable[Student] = (),
) -> Files:
    """index.html, and a page for each pair with the two files side by side.

    `handout` holds the files that all students were given, by name. The pages call the `students` by their
    names, and a student who is not among them by the id.
    """
    pages = environment()
    names_by_id = {one.id: f"{one.name} ({one.id})" for one in students if one.name}

    def named(id: str) -> str:
        return clean_line(names_by_id.get(id, id))

    pages.filters["named"] = named
    names = [f"pair-{number:03}.html" for number in range(1, len(pairs) + 1)]
    index = pages.get_template("similarity.html.j2").render(
        title=title,
        pairs=list(zip(names, pairs, strict=True)),
        answers=answers,
        note=note,
        graphs=graphs(pairs),
    )
    pair_page = pages.get_template("pair.html.j2")
    files = {"index.html": index.encode(errors="replace")}
    for name, pair in zip(names, pairs, strict=True):
        lined = side_by_side(pair.left.text, pair.right.text, handout.get(pair.file, ""))
        files[name] = pair_page.render(title=title, pair=pair, lined=lined).encode(errors="replace")
    return files
