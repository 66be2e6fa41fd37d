"""A question with an external grader for PrairieLearn: https://prairielearn.readthedocs.io/en/latest/externalGrading/

It contains the answers, as every question there does, so it belongs in the course's private repository.
"""

import json
import uuid
from collections.abc import Mapping

from grader.judge.process.time_budget import most_seconds
from grader.model.errors import UserError
from grader.publish.bundle import Bundle

WRITES = "a question with its external grader, and the image that grades it; it contains the answers"
USES = {"docker": "to build the grader's image"}
MOST_SECONDS = 600  # PrairieLearn's limit for a grader
NAMESPACE = uuid.UUID("6b1f9d52-59a4-4f0c-9a53-0f1f0f2a7c11")  # the same question has the same id every time


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """`questions/<name>/` for the course's repository, and `image/` to be built and pushed."""
    if bundle.has_variants:
        raise UserError(
            "course.yaml has `variants: true`, and PrairieLearn does not tell a grader which student "
            "submitted: publish a course without it"
        )
    wheel = bundle.wheel()
    question = {
        "info.json": _json(_info(bundle)),
        "question.html": bundle.render("prairielearn/question.html.j2"),
        "tests/run.sh": bundle.render("prairielearn/run.sh.j2"),
        **{f"tests/course/{path}": content for path, content in bundle.course_of_one().items()},
    }
    return {
        **{f"questions/{bundle.name}/{path}": content for path, content in question.items()},
        "image/Dockerfile": bundle.render("prairielearn/Dockerfile.j2", wheel=wheel.name),
        "image/requirements.txt": bundle.locks["autograder"],
        "image/grader.txt": wheel.requirement,
        f"image/{wheel.name}": wheel.content,
    }


def next_step(bundle: Bundle) -> str:
    """Says where the folders go."""
    return (
        f"Build and push image/ as YOUR_ORGANIZATION/backflip-{bundle.name}, put that name into info.json, "
        "and copy the question into the course's private repository. Both hold the answers."
    )


def _info(bundle: Bundle) -> dict[str, object]:
    criteria = sum(not criterion.by_hand for criterion in bundle.assignment.rubric.criteria)
    longest = most_seconds(bundle.assignment.limits, criteria).wall
    grading = {
        "enabled": True,
        "image": f"YOUR_ORGANIZATION/backflip-{bundle.name}",
        "entrypoint": "/grade/tests/run.sh",
        "timeout": min(MOST_SECONDS, round(longest) + 30),
        "enableNetworking": False,
    }
    return {
        "uuid": str(uuid.uuid5(NAMESPACE, bundle.name)),
        "title": bundle.assignment.title,
        "topic": "Assignments",
        "type": "v3",
        "gradingMethod": "External",
        "externalGradingOptions": grading,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
