"""Makes environments for templates of Python, Markdown and shell scripts, in which nothing is escaped."""

import re
import textwrap
from pathlib import Path

import jinja2
from jinja2.ext import Extension

# a line that holds nothing but one of the two, behind blanks
SOURCE = re.compile(r"^([ \t]+)\{\{-?\s*((?:exercise|provided)\([^{}\n]*\))\s*-?\}\}[ \t]*$", re.MULTILINE)


class IndentedSource(Extension):
    """Indents the results of `exercise` and `provided` like the line that contains the call."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with those lines rewritten; no line is added."""
        return SOURCE.sub(lambda match: f"{{{{ indented({match[2]}, {match[1]!r}) }}}}", source)


def indented(source: str, blanks: str) -> str:
    """A source with its indentation replaced by those blanks."""
    return textwrap.indent(textwrap.dedent(source), blanks)


def text_environment(*folders: Path) -> jinja2.Environment:
    """The templates of some folders; an undefined name in a template is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        extensions=[IndentedSource],
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # they do not become HTML
    )
    environment.globals["indented"] = indented
    return environment
