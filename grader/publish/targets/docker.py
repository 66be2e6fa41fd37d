"""Containers for instructors: batch, desk and PostgreSQL. They mount the course and copy none of it."""

from collections.abc import Mapping

from grader.publish.bundle import Bundle

WRITES = "an image and a compose file for instructors: batch, desk and PostgreSQL, with your course mounted"
USES = {"docker": "to build the image"}
GRADEBOOK = "postgresql://backflip@database/backflip"
POSTGRES_IMAGE = "postgres:17-bookworm"
TEMPLATES = ("Dockerfile", "compose.yaml", "README.md")


def files(bundle: Bundle) -> Mapping[str, bytes]:
    """The files for `docker compose`, the grader with its desk, and its hashed requirements."""
    wheel = bundle.whole_wheel()
    texts = {
        name: bundle.render(
            f"docker/{name}.j2", wheel=wheel.name, gradebook=GRADEBOOK, postgres_image=POSTGRES_IMAGE
        )
        for name in TEMPLATES
    }
    return {
        **texts,
        "requirements.txt": bundle.locks["instructor"],
        "grader.txt": wheel.requirement,
        wheel.name: wheel.content,
        ".dockerignore": f"*\n!requirements.txt\n!grader.txt\n!{wheel.name}\n".encode(),
        ".env.example": b"COURSE=/path/to/your/course\nCLASS=/path/to/the/class\nPOSTGRES_PASSWORD=\n",
    }


def next_step(bundle: Bundle) -> str:
    """Says how to start it."""
    return "Copy .env.example to .env, fill it in, and run: docker compose run --rm batch doctor"
