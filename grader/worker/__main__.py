"""`python -m grader.worker CONFIG` serves requests on stdin and stdout until stdin closes; CONFIG is JSON."""

import json
import sys

from grader.worker.worker_loop import Worker, poison_fresh_memory, serve

poison_fresh_memory()
serve(Worker(json.loads(sys.argv[1])))
