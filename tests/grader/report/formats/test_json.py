"""Laws of the JSON report."""

import json
from dataclasses import replace

from grader.model.grade import Grade
from grader.report.formats.json import to_json


def test_the_report_holds_what_the_schema_promises(mixed: Grade) -> None:
    report = json.loads(to_json(mixed))
    assert report["schema"] == "backflip/grade/1"
    assert (report["assignment"], report["submission"], report["sandbox"]) == (
        "conv_backward",
        "ada",
        "bubblewrap",
    )
    assert (report["score"], report["max_score"], report["withheld"]) == (20, 100, 10)
    assert [c["id"] for c in report["criteria"]] == [c.id for c in mixed.criteria]
    x_grad = report["criteria"][1]
    assert (x_grad["score"], x_grad["points"], x_grad["status"]) == (5, 30, "wrong")
    assert x_grad["cases"][1] == {
        "id": "remainder-1-of-3",
        "status": "wrong",
        "visibility": "visible",
        "misconceptions": [],
        "follow_through": 0.0,
        "inputs": "2 images of 9×11, 3 channels, kernel 2×3, stride 3×2, padding 0×1, remainder 1×0",
        "index": [0, 8, 0, 2],
        "expected": "(2, 9, 11, 3)",
        "actual": "(2, 8, 11, 3)",
        "rationale": "8 = (3 - 1)·3 + 2: the windows reach 8 rows; the 9th was never covered.",
        "idea": "",
        "help": "README.md#what-the-stride-leaves-over",
        "output": "".join(f"row {n}\n" for n in range(40)),
    }


def test_a_hidden_case_keeps_its_values_to_itself(mixed: Grade) -> None:
    case = json.loads(to_json(mixed))["criteria"][2]["cases"][1]
    assert case == {
        "id": "of-a-view",
        "status": "wrong",
        "visibility": "hidden",
        "misconceptions": [],
        "follow_through": 0.0,
    }
    assert json.loads(to_json(mixed, reveal=True))["criteria"][2]["cases"][1]["expected"] == "SECRET"


def test_the_same_grade_gives_the_same_bytes(mixed: Grade) -> None:
    shuffled = replace(mixed, versions=dict(reversed(mixed.versions.items())))
    assert to_json(mixed) == to_json(shuffled)


def test_hostile_text_is_plain_ascii_on_paper_and_itself_when_read(mixed: Grade, hostile: str) -> None:
    text = to_json(replace(mixed, submission=hostile + "\ud800"))
    assert text.replace("\n", "").isprintable()
    assert text.isascii()
    assert json.loads(text)["submission"] == hostile + "\ud800"
