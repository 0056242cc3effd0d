"""How bytes arrive: sockets, TLS and HTTP/1.1 in one background thread; knows nothing of Tilt or Sessions."""
