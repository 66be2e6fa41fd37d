"""Opens the memory, the maps and the environment of every process."""

import glob


def attack(a, *rest, **named):
    for what in ("mem", "maps", "environ", "cmdline", "fd", "root", "status"):
        for path in [*glob.glob(f"/proc/*/{what}"), f"/proc/self/{what}", f"/proc/1/{what}"]:
            try:
                with open(path, "rb") as file:
                    print("FOUND", path, file.read(10))
            except OSError:
                pass
    return a
