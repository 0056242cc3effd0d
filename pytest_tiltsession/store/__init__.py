"""What is true: the objects, the journal of their commits, and the requests that clients made."""
