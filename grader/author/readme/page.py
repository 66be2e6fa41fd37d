"""Renders a handout's README.md as README.html: one file, its pictures inside."""

import itertools
import re
from collections.abc import Mapping
from pathlib import Path

from markdown_it import MarkdownIt

from grader.author.readme.sections import anchor
from grader.draw.markup import Markup, element

STYLE = Path(__file__).with_name("readme.css").read_text(encoding="utf-8")
IMAGE = re.compile(r'<p><img src="(pictures/[\w-]+\.svg)" alt="[^"]*" /></p>')


def to_html(text: str, pictures: Mapping[str, str]) -> str:
    """The page; `pictures` are SVGs by the path that the text names them by."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    title = ""
    for token, inside in itertools.pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inside.content))
            title = title or inside.content
        if token.type == "fence":
            token.info = ""
    body = markdown.renderer.render(tokens, markdown.options, {})
    body = body.replace("<pre>", '<pre tabindex="0">')  # it may scroll, so a keyboard must reach it
    body = IMAGE.sub(lambda match: pictures[match[1]], body)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    page = element("html", head, element("body", element("main", Markup(body))), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"
