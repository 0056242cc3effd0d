"""Random bytes, random requests and random lives of a whole fake, with what must hold of each of them."""
