"""Reads the YAML in Gradescope's export, which a student may have written."""

from typing import Any

import yaml

from grader.model.errors import UserError

LIBYAML: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast
MAX_NESTED = 20
OPENING = (
    yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken,
)  # fmt: skip
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class Loader(LIBYAML):  # type: ignore[misc]
    """Reads numbers as text: an id may begin with 0, and YAML would read 1:1:1:1... as minutes to add up."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for number in NUMBERS:
    Loader.add_constructor(number, yaml.SafeLoader.construct_yaml_str)


def read_yaml(content: bytes, path: str) -> Any:
    """The file's data; UserError if Gradescope does not write such a file."""
    try:
        text = content.decode("utf-8-sig")
        if unlike := _unlike_gradescope(text):
            raise UserError(f"found {unlike}, which Gradescope does not write", path)
        return Loader(text).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise UserError(
            "found no YAML; expected Gradescope's export as you downloaded it", path, line
        ) from error


def _unlike_gradescope(text: str) -> str:
    """An alias or nesting, which could make a few bytes of YAML large or crash its reader; "" if neither."""
    depth = 0
    for token in yaml.scan(text, Loader=Loader):
        if isinstance(token, yaml.AliasToken):
            return "an alias (*name)"
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > MAX_NESTED:
            return f"more than {MAX_NESTED} collections within each other"
    return ""
