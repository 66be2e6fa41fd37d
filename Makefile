# Every target sets up what it needs. `make demo` and `make test` are the two to start with.
PYTHON     ?= python3
SUBMISSION ?=
ASSIGNMENT ?=
ARGS       ?=
VARIANTS   ?= 50
# Tests and measurements start thousands of Pythons. Each would compile the grader anew if none kept what it compiled.
export PYTHONDONTWRITEBYTECODE :=
# By `python -m` alone: the scripts next to it hold the path that this folder had when they were installed.
PY         := .venv/bin/python
GRADER     := $(PY) -P -m grader

.PHONY: setup demo test test-slow verify verify-tolerance verify-variants redteam gpu-all gpu-packages gpu-test gpu-sanitize generate grade batch report lint format lock clean docs golden screenshots release bench-peers oracle diagnosis error-rates bench
.DEFAULT_GOAL := help

help:
	@echo "make demo      generate the assignments, grade a sample class, print its table and one feedback"
	@echo "make test      run the test suite"
	@echo "make test-slow run the same tests on many more submissions, seeds and kills; takes minutes"
	@echo "make oracle    compare convolution with SciPy and JAX, two implementations that are not ours"
	@echo "make gpu-all   run everything that needs a GPU, in eight minutes and without a set-up   PYTHON=python3"
	@echo "make gpu-test  run the tests that need a GPU: the reference's backend, the sandbox; fails if there is none"
	@echo "make gpu-sanitize  run the tests of the backend and the emulator under compute-sanitizer's memcheck, racecheck and initcheck"
	@echo "make generate  verify, then write build/release and build/solution  (NAME=conv_backward for one)"
	@echo "make verify    prove each rubric: every wrong version of an exercise must lose points"
	@echo "make redteam   check that no attack or cheat gains more than it may; takes minutes  (NAME=dense for one)"
	@echo "make verify-tolerance  verify with 1,000 seeds for each tolerance"
	@echo "make verify-variants  prove that 50 students' numbers are equally hard; takes minutes  (VARIANTS=5 for fewer)"
	@echo "make grade     grade one submission                          SUBMISSION=DIR ASSIGNMENT=NAME"
	@echo "make batch     grade a class                                 SUBMISSION=DIR ASSIGNMENT=NAME"
	@echo "make report    write build/report/grades.csv and the class report from the gradebook"
	@echo "make golden    write the expected reports in tests/golden again"
	@echo "make screenshots  draw the pictures of the docs, with Chromium"
	@echo "make docs      write docs/rubric.schema.json, rubric.md, limits.md and reference.md from the loader's models, attacks.md and cuda-forms.md"
	@echo "make diagnosis measure which ideas feedback claims for slips that are not mutants; takes minutes"
	@echo "make error-rates  measure how often wrong code is accepted and correct code is rejected; takes minutes  (NAME=dense for one)"
	@echo "make bench     measure the times against their goals, and write docs/benchmarks.md"
	@echo "make bench-peers  grade the same exercise with nbgrader and Otter; writes docs/benchmarks-peers.md"
	@echo "make lint      run ruff and mypy"
	@echo "make clean     remove everything from build/ except the gradebook"
	@echo "make release   set the version, gather the changelog, check the wheel, commit and tag   VERSION=1.2.3"

setup: .venv/ready

# An environment whose Python is gone, or that was made for this folder in another place, is made anew.
ifneq ($(shell sh ./setup.sh --works && echo works),works)
.PHONY: .venv/ready
endif

.venv/ready: pyproject.toml locks/dev.txt setup.sh
	@PYTHON="$(PYTHON)" sh ./setup.sh
	@touch $@

# The sample class has a gradebook of its own: a course's reports never contain it.
SAMPLE    := build/sample_class
DEMO      := build/demo
DEMO_BOOK := --gradebook sqlite:///$(DEMO)/gradebook.db
demo: setup
	@echo; echo "== A handout and its solution; first, and once, every wrong version is graded: half a minute or so"
	@$(GRADER) generate conv_backward
	@echo; echo "== A sample class is graded: each submission in a sandbox of its own"
	@$(PY) -m tests.sample_class $(SAMPLE)
	@$(GRADER) batch $(SAMPLE)/conv_backward --assignment conv_backward $(DEMO_BOOK); [ $$? -le 1 ] # one of the sample class needs review
	@echo; echo "== The class"
	@$(GRADER) report --format terminal $(DEMO_BOOK)
	@$(GRADER) report --format csv --out $(DEMO)/report $(DEMO_BOOK)
	@$(GRADER) report --format feedback --out $(DEMO)/report/feedback $(DEMO_BOOK)
	@echo; echo "== What one student reads"
	@$(GRADER) grade $(SAMPLE)/conv_backward/remainder_ignored --assignment conv_backward \
	    --json $(DEMO)/report/remainder_ignored.json --html $(DEMO)/report/remainder_ignored.html; [ $$? -le 1 ]
	@echo; echo "The class report, to be opened in a browser:"
	@$(GRADER) report --format html --assignment conv_backward --out $(DEMO)/report $(DEMO_BOOK)
	@echo; echo "The gradebook and the reports of the sample class are in $(DEMO). Try next:"
	@echo "  .venv/bin/grader serve $(DEMO_BOOK)   # the sample class on the desk"
	@echo "  make -C build/release/conv_backward grade     # a student's own run"
	@echo "  make grade SUBMISSION=build/solution/conv_backward ASSIGNMENT=conv_backward   # full marks"
	@echo "  make generate     # all handouts"
	@echo "  make test         # the test suite"

test: setup # half of it waits: four processes keep two cores busy
	@$(PY) -m pytest -n 4 --dist worksteal $(ARGS)

test-slow: setup
	@$(PY) -m pytest -m slow -n 4 --dist worksteal $(ARGS)

# On a machine with a GPU. gpu-all needs no set-up: PYTHON is any with NumPy, pytest, CuPy and torch.
gpu-all:
	@$(PYTHON) -m benchmarks.gpu_all

gpu-packages: setup # for machines without a network: hypothesis, which gpu-all then finds in build/gpu
	@$(PY) -m pip install --quiet --disable-pip-version-check --target build/gpu --no-deps hypothesis sortedcontainers

# A warning of CuPy's is no failure here: it is about the machine. CuPy goes into .venv by hand, as cuda() says.
gpu-test: setup
	@BACKFLIP_GPU=required $(PY) -m pytest -W default tests/reference/test_cuda.py tests/reference/emulator/test_gpu.py tests/grader/judge/process/test_gpu.py tests/grader/judge/process/test_devices.py $(ARGS)

gpu-sanitize: setup # compute-sanitizer is a part of NVIDIA's CUDA toolkit
	@for tool in memcheck racecheck initcheck; do BACKFLIP_GPU=required compute-sanitizer --tool $$tool \
	    --error-exitcode 1 $(PY) -m pytest -W default \
	    tests/reference/test_cuda.py tests/reference/emulator/test_gpu.py $(ARGS) || exit 1; done

generate: setup
	@$(GRADER) verify $(NAME)
	@$(GRADER) generate $(NAME)

verify: setup # the example course too, which is about other subjects
	@$(GRADER) verify $(NAME)
	@$(if $(NAME),,cd examples && ../$(GRADER) verify)

redteam: setup # the corpus of attacks and the cheats made of each solution: what they gained, and what they may
	@$(GRADER) redteam $(NAME) $(ARGS)

verify-tolerance: setup
	@$(GRADER) verify --seeds 1000 $(NAME)

verify-variants: setup
	@$(GRADER) verify --variants $(VARIANTS) $(NAME)

grade: setup
	@$(GRADER) grade "$(SUBMISSION)" --assignment "$(ASSIGNMENT)" $(ARGS)

batch: setup
	@$(GRADER) batch "$(SUBMISSION)" --assignment "$(ASSIGNMENT)" $(ARGS)

report: setup
	@$(GRADER) report --format csv --out build/report $(ARGS)
	@$(GRADER) report --format html --out build/report $(ARGS)

golden: setup # the reports on a class of twelve, and on kernels, that tests compare with: look at the difference
	@$(PY) -m tests.golden.class_of_twelve
	@$(PY) -m tests.golden.class_of_kernels

docs: setup
	@$(PY) -m grader.author.describe_schema
	@$(PY) -m grader.author.describe_schema $(dir $(wildcard assignments/*/rubric.schema.json))
	@$(PY) -m tests.attacks.page
	@$(PY) -m tests.reference.emulator.public_forms

# An environment that uv made has no pip.
INSTALL := if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) "$$@"; \
	else $(PY) -m pip install --quiet --disable-pip-version-check "$$@"; fi

oracle: setup .venv/oracle
	@$(PY) -m pytest -n 2 --dist worksteal tests/oracle $(ARGS)

.venv/oracle: locks/oracle.txt | setup
	@set -- --require-hashes -r locks/oracle.txt; $(INSTALL)
	@touch $@

diagnosis: setup # claims for slips that are no mutants; writes its section of docs/benchmarks.md, takes minutes
	@$(PY) -m tests.diagnosis.measure $(ARGS)

bench: setup
	@$(PY) -c "import numba, torch" 2>/dev/null || { set -- --no-build-isolation -e ".[bench]"; $(INSTALL); }
	@$(PY) -m benchmarks $(NAME)

error-rates: setup # what is wrong and accepted, or right and rejected; writes its section of docs/benchmarks.md, takes minutes
	@$(PY) -m benchmarks.error_rates $(NAME)

bench-peers: setup # they are installed into a throw-away environment: it needs a package registry
	@$(PY) -m benchmarks.peers

screenshots: setup # the pictures of the docs; they need Chromium
	@$(PY) -m tests.screenshots

release: setup # VERSION=1.2.3: sets the version, gathers the changelog, checks the wheel, commits and tags
	@sh ./release.sh "$(VERSION)"

lint: setup
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

format: setup
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: # the one target that needs uv; run it after changing a dependency in pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml -o locks/handout.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra dev -c locks/handout.txt -o locks/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra oracle -c locks/dev.txt -o locks/oracle.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra autograder -c locks/dev.txt -o locks/autograder.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra instructor --extra desk -c locks/dev.txt -o locks/instructor.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra compiler -c locks/dev.txt -o locks/compiler.txt

clean: # keeps the gradebook, which no command can make again
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name 'gradebook.db*' -exec rm -rf {} +
