"""The author's side: load an assignment's YAML, render its handout and solution."""
