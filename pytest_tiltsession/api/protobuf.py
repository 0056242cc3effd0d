"""The wire format of Protocol Buffers, as far as it is written here. Knows no message of anyone's.

Each function gives the bytes of one field with its number in front; fields are joined to a message by concatenation.
"""

import struct

_VARINT = 0
_FIXED64 = 1
_LENGTH_DELIMITED = 2


def varint(value: int) -> bytes:
    """Write an integer of at most 64 bits in base 128, lowest digits first; a negative one as its two's complement."""
    value &= 0xFFFF_FFFF_FFFF_FFFF
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def number(field: int, value: int) -> bytes:
    """Write an integer, a boolean or an enum."""
    return varint(field << 3 | _VARINT) + varint(value)


def double(field: int, value: float) -> bytes:
    """Write a floating-point number of 64 bits."""
    return varint(field << 3 | _FIXED64) + struct.pack("<d", value)


def nested(field: int, message: bytes) -> bytes:
    """Write a message within a message; also how raw bytes are written."""
    return varint(field << 3 | _LENGTH_DELIMITED) + varint(len(message)) + message


def text(field: int, value: str) -> bytes:
    """Write a string."""
    return nested(field, value.encode())
