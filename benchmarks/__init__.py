"""Figures, measured side by side with peers in one run: ``python -m benchmarks``. Nothing here is a test."""
