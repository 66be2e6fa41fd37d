"""Makes elements of HTML and SVG; everything that is not an element is text, and is escaped."""

from html import escape


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


VOID = ("meta", "link", "br", "rect", "line", "circle", "path", "use")


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """`<name ...>children</name>`. An underscore at the end of an attribute's name is dropped, others become
    dashes. Attributes and children that are None are left out.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = joined(*children)
    if name in VOID and not inside:
        return Markup(f"<{name}{words}>" if name in ("meta", "link", "br") else f"<{name}{words}/>")
    return Markup(f"<{name}{words}>{inside}</{name}>")


def joined(*children: object) -> Markup:
    """The children one after the other; escapes those that are not markup."""
    return Markup("".join(_one(child) for child in children))


def _one(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, list | tuple):
        return joined(*child)
    return escape(str(child))
