# Every target sets up what it needs. `make demo` and `make test` are the two to start with.
PYTHON     ?= python3
SUBMISSION ?=
ASSIGNMENT ?=
ARGS       ?=
BIN        := .venv/bin

.PHONY: setup demo test generate grade batch report lint format lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      generate the assignments, grade a sample class, print its table and one feedback"
	@echo "make test      run the test suite"
	@echo "make generate  write build/release and build/solution        (NAME=conv_backward for one)"
	@echo "make grade     grade one submission                          SUBMISSION=DIR ASSIGNMENT=NAME"
	@echo "make batch     grade a class                                 SUBMISSION=DIR ASSIGNMENT=NAME"
	@echo "make report    write build/report/grades.csv from the gradebook"
	@echo "make lint      ruff and mypy"

setup: .venv/ready

.venv/ready: pyproject.toml locks/dev.txt setup.sh
	@PYTHON="$(PYTHON)" sh ./setup.sh
	@touch $@

demo: setup
	@$(BIN)/python -m tests.demo

test: setup
	@$(BIN)/python -m pytest -n 2 $(ARGS)

generate: setup
	@$(BIN)/grader generate $(NAME)

grade: setup
	@$(BIN)/grader grade "$(SUBMISSION)" --assignment "$(ASSIGNMENT)" $(ARGS)

batch: setup
	@$(BIN)/grader batch "$(SUBMISSION)" --assignment "$(ASSIGNMENT)" $(ARGS)

report: setup
	@$(BIN)/grader report --gradebook sqlite:///build/gradebook.db --format csv --out build/report $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: # the one target that needs uv; run it after changing a dependency in pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml -o locks/handout.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q pyproject.toml --extra dev -c locks/handout.txt -o locks/dev.txt

clean:
	rm -rf build
