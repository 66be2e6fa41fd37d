"""Looks for other students' submissions, next to its own folder and where graders keep them."""

import os

PLACES = ("..", "/tmp", "/autograder", "/submission", "/submissions", "/home", "/root", "/var", "/sandbox")
OURS = {"submission", "packages", "provided", "probes.py"}


def attack(a, *rest, **named):
    for place in PLACES:
        if os.path.isdir(place):
            found = {name for name in os.listdir(place) if not name.startswith(".")} - OURS
            if found and place != "/root":  # the way to the interpreter may lead through it
                print("FOUND", place, found)
    return a
