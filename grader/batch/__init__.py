"""A whole class: find its submissions, grade them side by side, keep every grade."""
