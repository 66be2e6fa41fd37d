"""Leaves files for the next submission, and looks for those of the last one."""

import os

PLACES = ("/tmp", "/tmp/submission", ".", "/dev/shm", "/var/tmp", os.path.expanduser("~"))


def attack(a, *rest, **named):
    for place in PLACES:
        path = os.path.join(place, "attack-was-here")
        if os.path.exists(path) and not globals().get("is_mine"):
            print("FOUND", path)
    for place in PLACES:
        try:
            with open(os.path.join(place, "attack-was-here"), "w") as file:
                file.write("next time")
        except OSError:
            pass
    os._exit(0)
