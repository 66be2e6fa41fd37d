"""Laws of regrade requests: a code belongs to one student, one assignment, one case and one course."""

from pathlib import Path

import pytest

from grader.batch.regrade_requests import AskedFor, ClassFeedback, read_requests
from grader.model.errors import UserError
from grader.model.request_code import LETTERS, code_of, read_code
from grader.model.student import Student

CLASS = (
    Student("1042", "Ada Lovelace", "ada@example.org"),
    Student("1043", "Bob Noyce", "bob@example.org"),
    Student("s7", "Eve Weil", "eve@example.org"),
    *(Student(id, "Ivanovna Anna") for id in ("s8", "s9")),
)
CASES = {"dense": ("x_grad/of-views", "x_grad/wide"), "conv": ("w_grad/of-views",)}
CODE = code_of("key", "1042", "dense", "x_grad/of-views")


def read(tmp_path: Path, *lines: str, header: str = "student,case,text") -> tuple[AskedFor, ...]:
    path = tmp_path / "requests.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return read_requests(path, ClassFeedback(CLASS, ["conv", "dense"], "key", lambda student: CASES))


def test_a_code_is_short_and_has_no_similar_letters() -> None:
    assert len(CODE) == 4 and set(CODE) <= set(LETTERS) and not set("01IO") & set(LETTERS)


def test_a_code_is_of_one_student_one_assignment_one_case_and_one_key() -> None:
    words = ("key", "1042", "dense", "x_grad/of-views")
    others = [(*words[:at], f"{words[at]}2", *words[at + 1 :]) for at in range(4)]
    assert len({code_of(*each) for each in (words, *others)}) == 5


@pytest.mark.parametrize(
    "written", [f"x_grad/of-views · {CODE}", f" x_grad/of-views  {CODE.lower()}.", f"x_grad/of-views: {CODE}"]
)
def test_a_case_is_read_as_students_copy_it(written: str) -> None:
    assert read_code(written) == ("x_grad/of-views", CODE)


def test_a_text_longer_than_any_case_is_no_case() -> None:
    """A student writes it, and the time to search it for a code grows with the square of its length."""
    assert read_code(f"{'x' * 400}/case · {CODE}") == ("", "")
    assert read_code("a/" + "-" * 1_000_000 + "_") == ("", "")


@pytest.mark.parametrize("student", CLASS)
def test_every_student_is_found_by_their_id_whatever_their_name_is(tmp_path: Path, student: Student) -> None:
    code = code_of("key", student.id, "dense", "x_grad/of-views")
    (request,) = read(tmp_path, f"{student.id},x_grad/of-views · {code},why?")
    assert request.student == student.id


@pytest.mark.parametrize("who", ["1042", "ada@example.org", "Ada Lovelace", '"Lovelace, Ada"'])
def test_a_request_is_about_the_assignment_that_its_code_is_of(tmp_path: Path, who: str) -> None:
    (request,) = read(tmp_path, f"{who},x_grad/of-views · {CODE},why?")
    assert (request.student, request.assignment, request.case, request.text) == (
        "1042", "dense", "x_grad/of-views", "why?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"1043,x_grad/of-views · {CODE},why?", "not in the feedback of 1043"),
        ("1042,x_grad/of-views · 2222,why?", "ask the student to copy both"),
        (f"1042,x_gard/of-views · {CODE},why?", "code of x_grad/of-views in dense; did you mean"),
        (f"1042,x_grad/wide · {CODE},why?", "code of x_grad/of-views in dense; did you mean"),
        ("1042,x_gard/wide · 2222,why?", "'x_gard/wide', which is not .*; did you mean 'x_grad/wide'"),
        ("1042,nothing/like-it · 2222,why?", r"not in the feedback of 1042 \(Ada Lovelace\)$"),
        (f"Ivanovna Anna,x_grad/of-views · {CODE},why?", r"means s8 .* and s9 .*: nothing says which"),
        (f"s77,x_grad/of-views · {CODE},why?", "did you mean 's7'"),
        ("1042,x_grad/of-views,why?", "expected one such as x_grad/of-views"),
        (f"99,x_grad/of-views · {CODE},why?", "found student '99'"),
        (f"Ada Lovelaec,x_grad/of-views · {CODE},why?", "did you mean 'Ada Lovelace'"),
        (f"1042,x_grad/of-views · {CODE},", "expected from 1 to"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    good = f"1042,x_grad/of-views · {CODE},why?"
    with pytest.raises(UserError, match=rf"requests\.csv:3: .*{message}"):
        read(tmp_path, good, line)


@pytest.mark.parametrize("column", range(3))
@pytest.mark.parametrize("hostile", ["<script>\u202e", "a\x00b", "\x1b[31m", "x" * 100_000])
def test_whatever_a_request_holds_its_complaint_is_one_short_line(
    tmp_path: Path, column: int, hostile: str
) -> None:
    cells = ["1042", "x_grad/of-views · 2222", "why?"]
    cells[column] = hostile
    with pytest.raises(UserError) as refused:
        read(tmp_path, ",".join(cells))
    assert str(refused.value).isprintable() and len(str(refused.value)) < 1000


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r":1: found no column case; expected the columns"):
        read(tmp_path, header="student,text")
