"""A session as a picture: what was seen becomes one HTML or SVG text; knows no sockets, no files and no pytest."""

#: How wide an SVG image is, in pixels, unless another width is asked for.
WIDTH = 1120
