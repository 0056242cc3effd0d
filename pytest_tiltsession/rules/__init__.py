"""What must follow: pure functions from values and an instant to values; no clock is read and nothing is kept."""
