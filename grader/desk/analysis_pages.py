"""The pages about a class as a whole: misconceptions, cases, and similar submissions."""

from collections.abc import Set

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.batch.copy_detection import most_similar, similar_pairs
from grader.desk.answer_groups import case_view, misconceptions_of
from grader.desk.background_work import BackgroundWork, Report
from grader.desk.class_view import ClassView
from grader.desk.desk import Desk, Page
from grader.desk.source_view import source_files
from grader.model.errors import UserError
from grader.model.results.similar_pair import Pair
from grader.report.pages.side_by_side import side_by_side
from grader.report.pages.similarity_graph import graphs

MOST_PAIRS = 50
MOST_SOURCES = 12  # students on one page of code


def misconceptions_page(desk: Desk, request: Request) -> Response:
    """Every misconception of the class; with `?name=`, the students who have it, their code side by side."""
    view = desk.class_of(request)
    name = request.query_params.get("name", "")
    misconception = next((one for one in view.statistics.misconceptions if one.name == name), None)
    if name and misconception is None:
        raise HTTPException(404, "No student has this misconception now.")
    rows = [row for row in view.rows if name and name in misconceptions_of(row)]
    files = desk.views.files_of(rows[:MOST_SOURCES])
    handout = view.facts.handout()
    sources = [
        (row, source_files(files.get(row.student_id, ()), row.grade, (), handout))
        for row in rows[:MOST_SOURCES]
    ]
    return desk.page(
        request,
        "misconceptions.html.j2",
        view=view,
        misconception=misconception,
        rows=rows,
        sources=sources,
    )


def cases_page(desk: Desk, request: Request) -> Response:
    """Every case with its pass rate; with `?name=criterion/case`, who fails it, and their answers."""
    view = desk.class_of(request)
    name = request.query_params.get("name", "")
    case = case_view(view.rows, name) if name else None
    if name and case is None:
        raise HTTPException(404, "No student's grade has this case.")
    return desk.page(request, "cases.html.j2", view=view, case=case)


def similarity_page(desk: Desk, request: Request) -> Response:
    """The most similar pairs, groups of more than two as graphs, and shared wrong answers.

    A large class takes long. Until its pairs are found, the page says how far the search is, and loads again.
    """
    view = desk.class_of(request)
    # the students alone: the files of a whole class are too large to keep
    with_files = desk.views.cached(f"files {view.facts.name}", lambda: set(desk.views.files_of(view.rows)))
    search = _search(desk, view, with_files)
    try:
        pairs = search.result(desk.patience)
        complaint = ""
    except UserError as error:
        pairs, complaint = (), str(error)
    page = desk.page(
        request,
        "similarity.html.j2",
        view=view,
        pairs=pairs,
        progress=search.progress,
        graphs=graphs(pairs or ()),
        answers=view.shared_answers[:MOST_PAIRS],
        students={row.student_id: row.standing.student for row in view.rows},
        complaint=complaint,
        own_numbers=desk.course.has_own_numbers,
        without_files=sum(bool(row.files) for row in view.rows) - len(with_files),
    )
    if pairs is None:
        page.headers["refresh"] = "2"
    return page


def pair_page(desk: Desk, request: Request) -> Response:
    """Two students' file, aligned: `?left=KEY&right=KEY&file=NAME`."""
    view = desk.class_of(request)
    rows = [view.by_key.get(request.query_params.get(side, "")) for side in ("left", "right")]
    name = request.query_params.get("file", "")
    if rows[0] is None or rows[1] is None:
        raise HTTPException(404, "One of these students has no submission to this assignment.")
    files = desk.views.files_of([row for row in rows if row is not None])
    texts = [_text(files.get(row.student_id, ()), name) for row in rows if row is not None]
    if None in texts:
        raise HTTPException(404, "The gradebook does not have this file of both students.")
    handout = view.facts.handout().get(name, "")
    lined = side_by_side(str(texts[0]), str(texts[1]), handout)
    return desk.page(request, "pair.html.j2", view=view, sides=rows, file=name, lined=lined)


def _text(files: object, name: str) -> str | None:
    assert isinstance(files, tuple)
    return next((file.text for file in files if file.name == name and not file.problem), None)


def _search(desk: Desk, view: ClassView, with_files: Set[str]) -> BackgroundWork[tuple[Pair, ...]]:
    def find(report: Report) -> tuple[Pair, ...]:
        handout, files = view.facts.handout(), desk.views.files_of(view.rows)
        pairs: list[Pair] = []
        for name in view.facts.files:
            texts = {s: text for s, those in files.items() if (text := _text(those, name)) is not None}

            def on_read(count: int, total: int, name: str = name) -> None:
                report(f"{count} of {total} versions of {name} are read")

            pairs += similar_pairs(texts, name, handout.get(name, ""), MOST_PAIRS, on_read)
        return most_similar(pairs, MOST_PAIRS)

    # fingerprints of a large class take many seconds, and no decision about a grade changes them
    submitted = tuple((row.student_id, row.files) for row in view.rows if row.student_id in with_files)
    return desk.views.in_background(f"pairs {view.facts.name}", submitted, find)


PAGES: dict[str, Page] = {
    "/a/{assignment}/misconceptions": misconceptions_page,
    "/a/{assignment}/cases": cases_page,
    "/a/{assignment}/similarity": similarity_page,
    "/a/{assignment}/similarity/pair": pair_page,
}
