"""What the test claims, and what it is told when the claim does not hold; knows no pytest, no HTTP and no files."""
