"""What runs beside a submission; it knows no answer."""
