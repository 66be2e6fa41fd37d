"""The exit status of every command."""

PASSED = 0
"""The command did what you asked, and everything that it checked is right."""
NOT_PASSED = 1
"""The command ran, and something needs your attention: a case that fails, a finding, a score to review."""
USER_MISTAKE = 2
"""An input is wrong. The message names the file, the line, and what to change."""
GRADER_FAULT = 3
"""The fault is the grader's. No score was changed."""
NO_SANDBOX = 4
"""This machine cannot start the sandbox. Nothing of a submission ran, and nothing of it can cause this."""
