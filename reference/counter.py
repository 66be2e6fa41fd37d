class Counter:
    """Counts from 0 <= start."""

    def __init__(self, start):
        """ValueError unless 0 <= start."""
        self.count = start if 0 <= start else None
