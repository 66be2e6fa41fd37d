"""Returns a wrong answer, and prints text that clears a terminal, sets its title and reverses the direction
of writing.
"""

import sys


def attack(a, *rest, **named):
    print("\x1b[2J\x1b]0;100 of 100\x07\u202e001 fo 001\u2066 10/10 \r\x08\x9b31m\x85\u2028<script>1</script>")
    sys.stderr.write("\x1b[?1049h\x1bc")
    return a
