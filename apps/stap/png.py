"""Pictures without a plotting library: a raster with a small font, written as a PNG file.

A raster is a uint8 array [height, width, 3]. Source of the file format: W3C, "Portable Network Graphics
(PNG) Specification", second edition.
"""

import struct
import zlib

import numpy as np

# Characters of 5 x 7 dots; a row is a hexadecimal pair, its five low bits from left to right.
FONT = {
    "A": "0e11111f111111", "B": "1e11111e11111e", "C": "0e11101010110e", "D": "1e11111111111e",
    "E": "1f10101e10101f", "F": "1f10101e101010", "G": "0e11101711110f", "H": "1111111f111111",
    "I": "0e04040404040e", "J": "0702020202120c", "K": "11121418141211", "L": "1010101010101f",
    "M": "111b1515111111", "N": "11191513111111", "O": "0e11111111110e", "P": "1e11111e101010",
    "Q": "0e11111115120d", "R": "1e11111e141211", "S": "0f10100e01011e", "T": "1f040404040404",
    "U": "1111111111110e", "V": "11111111110a04", "W": "11111115151b11", "X": "11110a040a1111",
    "Y": "11110a04040404", "Z": "1f01020408101f",
    "a": "00000e010f110f", "b": "1010161911111e", "c": "00000e1010110e", "d": "01010d1311110f",
    "e": "00000e111f100e", "f": "0609081c080808", "g": "0f1111110f010e", "h": "10101619111111",
    "i": "04000c0404040e", "j": "0200060202120c", "k": "10101214181412", "l": "0c04040404040e",
    "m": "00001a15151111", "n": "00001619111111", "o": "00000e1111110e", "p": "1e1111111e1010",
    "q": "0f1111110f0101", "r": "00001619101010", "s": "00000e100e011e", "t": "08081c08080906",
    "u": "0000111111130d", "v": "00001111110a04", "w": "0000111115150a", "x": "0000110a040a11",
    "y": "111111110f010e", "z": "00001f0204081f",
    "0": "0e11131519110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808",
    "8": "0e11110e11110e", "9": "0e11110f01020c",
    " ": "00000000000000", ".": "00000000000c0c", ",": "000000000c0408", "-": "0000001f000000",
    "+": "0004041f040400", "=": "00001f001f0000", "(": "02040808080402", ")": "08040202020408",
    "/": "00010204081000", ":": "000c0c000c0c00", "|": "04040404040404", "%": "18190204081303",
}  # fmt: skip
DESCENDING = frozenset("gpqy")  # drawn two dots lower
BLACK, GREY, WHITE = (0, 0, 0), (90, 90, 90), (255, 255, 255)

# Colours from low to high at equal steps: dark blue over green to yellow, growing evenly in lightness.
COLOURS = np.array(
    [
        (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141),
        (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37),
    ]
)  # fmt: skip


def blank(height, width):
    """A white raster."""
    return np.full((height, width, 3), 255, dtype=np.uint8)


def colours_of(values, low, high):
    """uint8 [rows, columns, 3]: COLOURS interpolated, for values clipped to low..high."""
    place = np.clip((values - low) / (high - low), 0, 1) * (len(COLOURS) - 1)
    below = np.minimum(place.astype(int), len(COLOURS) - 2)
    part = (place - below)[..., None]
    return np.round(COLOURS[below] * (1 - part) + COLOURS[below + 1] * part).astype(np.uint8)


def stretch(pixels, height, width):
    """The pixels repeated or thinned to a raster of that size; the first row stays at the top."""
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    return pixels[rows[:, None], columns]


def text_width(text, scale):
    """Pixels that `write` needs."""
    return 6 * scale * len(text) - scale


def write(raster, top, left, text, scale=2, colour=BLACK):
    """Draws text with its upper left corner there; 9 * scale pixels high. Unknown characters stay blank."""
    for number, character in enumerate(text):
        dots = glyph(character).repeat(scale, axis=0).repeat(scale, axis=1)
        drop = 2 * scale if character in DESCENDING else 0
        place(raster, dots, top + drop, left + 6 * scale * number, colour)


def write_upwards(raster, bottom, left, text, scale=2, colour=BLACK):
    """Draws text that runs from the bottom up, for the label of a vertical axis."""
    line = blank(9 * scale, text_width(text, scale))
    write(line, 0, 0, text, scale)
    dots = np.rot90(line[..., 0] == 0)
    place(raster, dots, bottom - dots.shape[0], left, colour)


def glyph(character):
    """The dots of a character, bool [7, 5]."""
    rows = bytes.fromhex(FONT.get(character, FONT[" "]))
    return np.array([[row >> bit & 1 for bit in (4, 3, 2, 1, 0)] for row in rows], dtype=bool)


def place(raster, dots, top, left, colour):
    """Colours the pixels where `dots` are set, as far as they lie on the raster."""
    rows, columns = np.nonzero(dots)
    rows, columns = rows + top, columns + left
    on = (rows >= 0) & (rows < raster.shape[0]) & (columns >= 0) & (columns < raster.shape[1])
    raster[rows[on], columns[on]] = colour


def frame(raster, top, left, height, width, colour=GREY):
    """A rectangle one pixel wide around the box."""
    raster[top - 1, left - 1 : left + width + 1] = colour
    raster[top + height, left - 1 : left + width + 1] = colour
    raster[top - 1 : top + height + 1, left - 1] = colour
    raster[top - 1 : top + height + 1, left + width] = colour


def encode(raster):
    """The bytes of a PNG file: 8-bit RGB, every row unfiltered."""
    height, width, _ = raster.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), raster.reshape(height, 3 * width)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def chunk(kind, data):
    """Length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
