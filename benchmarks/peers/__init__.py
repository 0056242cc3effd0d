"""Servers to measure, each a program: it says where it listens, and what CPU and memory it has used when asked."""
