"""Tests of faults, as values and as clients meet them."""
