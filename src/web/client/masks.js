// Masks as they come from the server, and how they are drawn.

/** The colours of PASCAL VOC by class, as [red, green, blue]: the bits of the index, spread. */
const colours = Array.from({ length: 256 }, (_, index) => {
  const colour = [0, 0, 0];
  for (let bit = 0; bit < 8; bit++) {
    colour[bit % 3] |= ((index >> bit) & 1) << (7 - Math.floor(bit / 3));
  }
  return colour;
});
/** Brighter than the palette, whose dark colours are not seen on photographs; void is grey. */
const shownColour = (index) => {
  if (index === 255) return [150, 150, 150];
  const top = Math.max(...colours[index], 1);
  return colours[index].map((value) => Math.round(70 + value * 185 / top));
};
const cssColour = (index) => index === 0 ? "transparent" : `rgb(${shownColour(index).join(" ")})`;

/** At most so many masks and pictures are kept. */
const KEPT = 120;
const kept = new Map();

/** What `load` gives for an address, kept while it is among the last that were asked for. */
function remembered(address, load) {
  const found = kept.get(address) ?? load(address);
  kept.delete(address);
  kept.set(address, found);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  found.catch(() => kept.delete(address));
  return found;
}

/** A mask: width and height, 32 bits each, then one byte a pixel; nothing where there is none. */
const loadMask = (address) =>
  remembered(address, async () => {
    const answer = await fetch(address);
    if (!answer.ok) return undefined;
    const buffer = await answer.arrayBuffer();
    const [width, height] = new Uint32Array(buffer, 0, 2);
    return { width, height, data: new Uint8Array(buffer, 8) };
  });

/** A photograph, decoded; nothing where there is none. */
const loadPhotograph = (address) =>
  remembered(address, async () => {
    const answer = await fetch(address);
    return answer.ok ? await createImageBitmap(await answer.blob()) : undefined;
  });

/** A mask as a canvas that is transparent where it shows background, `shrink` pixels as one. */
function painted(mask, shrink = 1) {
  const [width, height] = [mask.width, mask.height].map((n) => Math.max(1, Math.floor(n / shrink)));
  const canvas = new OffscreenCanvas(width, height);
  const picture = new ImageData(width, height);
  const words = new Uint32Array(picture.data.buffer);
  const table = Uint32Array.from({ length: 256 }, (_, c) => {
    const [r, g, b] = shownColour(c);
    return c === 0 ? 0 : (c === 255 ? 0x80000000 : 0xff000000) | b << 16 | g << 8 | r;
  });
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y + 0.5) * mask.height / height) * mask.width;
    for (let x = 0; x < width; x++) {
      words[y * width + x] = table[mask.data[row + Math.floor((x + 0.5) * mask.width / width)]];
    }
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
  return canvas;
}

/** The outlines of each class but the background, as paths along the edges of pixels. */
function outlines({ width, height, data }) {
  const paths = new Map();
  const pathOf = (c) => paths.get(c) ?? paths.set(c, new Path2D()).get(c);
  const at = (x, y) => x < 0 || y < 0 || x >= width || y >= height ? -1 : data[y * width + x];
  // Edges of a row or column that go on are one line.
  const trace = (count, length, own, other, line) => {
    for (let i = 0; i <= count; i++) {
      for (let side = 0; side < 2; side++) {
        for (let j = 0; j < length; j++) {
          const c = own(i - side, j);
          if (c <= 0 || c === other(i - 1 + side, j)) continue;
          const start = j;
          while (j + 1 < length && own(i - side, j + 1) === c && other(i - 1 + side, j + 1) !== c) {
            j++;
          }
          line(pathOf(c), i, start, j + 1);
        }
      }
    }
  };
  const row = (y, x) => at(x, y);
  trace(height, width, row, row, (path, y, from, to) => {
    path.moveTo(from, y);
    path.lineTo(to, y);
  });
  trace(width, height, at, at, (path, x, from, to) => {
    path.moveTo(x, from);
    path.lineTo(x, to);
  });
  return paths;
}

/** The classes of a mask, ascending. */
function classesOf({ data }) {
  const seen = new Uint8Array(256);
  for (const c of data) seen[c] = 1;
  return [...seen.keys()].filter((c) => seen[c]);
}
