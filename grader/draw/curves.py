"""Draws a curve with the chords that measure its slope."""

from collections.abc import Callable, Mapping

from grader.draw.markup import Markup, element
from grader.model.example import number_text

CURVES: Mapping[str, Callable[[float], float]] = {"cube": lambda x: x**3, "relu": lambda x: max(x, 0.0)}
WIDTH, HEIGHT, EDGE = 420, 260, 24
POINTS = 60
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b2230}path{fill:none;stroke:#1b2230;stroke-width:2}"
    ".central{stroke:#2c6fbb}.side{stroke:#b4540a;stroke-dasharray:6 4}circle{fill:#1b2230}"
)


def chords(curve: str, at: float, step: float) -> Markup:
    """A curve, its one-sided chord and its central chord; the words say how steep each is."""
    f = CURVES[curve]
    left, right = at - 1.3 * step, at + 1.3 * step
    xs = [left + (right - left) * i / POINTS for i in range(POINTS + 1)]
    low, high = f(left), max(f(right), f(left) + step)

    def place(x: float) -> tuple[float, float]:
        return (
            round(EDGE + (x - left) / (right - left) * (WIDTH - 2 * EDGE), 1),
            round(HEIGHT - EDGE - (f(x) - low) / (high - low) * (HEIGHT - 2 * EDGE - 40), 1),
        )

    def line(points: list[float], looks: str = "") -> Markup:
        way = " L".join(f"{x} {y}" for x, y in map(place, points))
        return element("path", d=f"M{way}", class_=looks or None)

    behind, ahead = at - step, at + step
    central = (f(ahead) - f(behind)) / (2 * step)
    side = (f(ahead) - f(at)) / step
    words = [f"one-sided: {number_text(side)}", f"central: {number_text(central)}"]
    says = f"The slope of a curve at {number_text(at)}, with the step {number_text(step)}; {', '.join(words)}"
    dots = [element("circle", cx=x, cy=y, r=4) for x, y in map(place, (behind, at, ahead))]
    return element(
        "svg",
        element("title", says),
        element("style", Markup(STYLE)),
        element("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
        line(xs),
        line([at, ahead], "side"),
        line([behind, ahead], "central"),
        *dots,
        element("path", d="M24 22 h28", class_="side"),
        element("text", words[0], x=60, y=26),
        element("path", d="M24 42 h28", class_="central"),
        element("text", words[1], x=60, y=46),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        role="img",
        aria_label=says,
    )
