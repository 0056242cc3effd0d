"""A session as a picture: what was seen becomes one HTML or SVG text; knows no sockets, no files and no pytest."""
