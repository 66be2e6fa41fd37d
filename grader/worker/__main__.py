"""`python -m grader.worker`: serve requests on stdin and stdout until stdin closes."""

from grader.worker.serve import serve

serve()
