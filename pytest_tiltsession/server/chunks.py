"""The framing of a chunked body: how far its next piece reaches, within Go's limits; knows no parser and no meaning."""

import re

_SIZE = re.compile(rb"[0-9A-Fa-f]*")
_DIGITS = 16
_LINE = 4096  # bytes of one line that tells a size, and of all trailers together, as Go's read buffer has
_EXCESS = 16 << 10  # bytes of framing that are borne beyond 16 for each chunk and twice what it holds


class UnreasonableError(Exception):
    """The framing is beyond what Go's net/http bears."""


class Chunks:
    """Follows one chunked body. Whether a line is well-formed is for the parser to say, to which the pieces go."""

    __slots__ = ("_excess", "_left", "_trailers")

    def __init__(self) -> None:
        self._left = 0  # bytes of the present chunk, with its line break, that are to come
        self._excess = 0
        self._trailers: int | None = None  # bytes of them; None before the last chunk

    def reach(self, buffer: bytearray) -> int:
        """Give how many bytes at the start of a buffer are the next piece; 0 where more must come first.

        A piece is a line of framing, or a part of a chunk. It is taken to be cut off by the caller. Raises
        :class:`UnreasonableError` for a size of more than 16 digits, even if they are zeros, for a line that does
        not end, and for a body of which most is framing.
        """
        if self._left:
            size = min(self._left, len(buffer))
            self._left -= size
            return size
        end = buffer.find(b"\n", 0, _LINE) + 1
        if not end:
            if len(buffer) >= _LINE:
                raise UnreasonableError
            return 0
        if self._trailers is None:
            self._begin_chunk(buffer, end)
        else:
            self._trailers += end
            if self._trailers > _LINE:
                raise UnreasonableError
        return end

    def _begin_chunk(self, buffer: bytearray, end: int) -> None:
        found = _SIZE.match(buffer)
        digits = found[0] if found else b""
        if len(digits) > _DIGITS:
            raise UnreasonableError
        size = int(digits or b"0", 16)
        self._excess = max(0, self._excess + end - 16 - 2 * size)
        if self._excess > _EXCESS:
            raise UnreasonableError
        if size:
            self._left = size + 2
        else:
            self._trailers = 0
