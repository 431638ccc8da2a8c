"""A screenshot with a palette of 256 colours: a third of its weight, and the eye sees no difference on pages."""

import struct
import zlib
from base64 import b64decode, b64encode

from playwright.sync_api import Page

# Colours alike in their five high bits share the commonest of them; the 256 commonest groups are kept, the rest take the nearest.
REDUCE = """
async (png) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const groups = new Map();
  for (const [colour, count] of counts) {
    const group = groups.get(colour & 0xf8f8f8) ?? { sum: 0, most: 0, colour };
    if (count > group.most) Object.assign(group, { most: count, colour });
    group.sum += count;
    groups.set(colour & 0xf8f8f8, group);
  }
  const palette = [...groups.values()].sort((a, b) => b.sum - a.sum).slice(0, 256).map((group) => group.colour);
  const far = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  const nearest = new Map();
  for (const colour of counts.keys()) {
    let best = 0;
    palette.forEach((one, index) => { if (far(one, colour) < far(palette[best], colour)) best = index; });
    nearest.set(colour, best);
  }
  let text = "";
  for (let at = 0; at < data.length; at += 4) {
    text += String.fromCharCode(nearest.get((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]));
  }
  return { width: image.width, height: image.height, palette, pixels: btoa(text) };
}
"""


def small_png(page: Page, png: bytes) -> bytes:
    """The same picture with at most 256 colours; `page` does the counting and may be any."""
    picture = page.evaluate(REDUCE, b64encode(png).decode())
    width, pixels = picture["width"], b64decode(picture["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    palette = b"".join(colour.to_bytes(3, "big") for colour in picture["palette"])
    head = struct.pack(">IIBBBBB", width, picture["height"], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
