"""The options, the arguments and the output of the command `python -m reference.emulator`."""
