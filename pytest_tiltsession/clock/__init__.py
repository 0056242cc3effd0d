"""What time it is: the simulated clock, the wall clock, and the ways to freeze a test's own time."""
