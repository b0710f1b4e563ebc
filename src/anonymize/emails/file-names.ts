/** Names of files that look like domains: `logo@2x.png` is an image. */

const dot = 0x2e;
const longestExtension = 4;

/**
 * Extensions that are not top-level domains (IANA, root zone database). What is both (`zip`, `sh`, `md`, `rs`) counts as a
 * domain. They are kept as numbers, the last letter first: a string for each address would be garbage.
 */
const extensions = new Set(
  'png jpg jpeg gif webp svg ico bmp tif tiff css scss js mjs json xml html htm txt pdf php'
    .split(' ')
    .map((name) => [...name].reduceRight((packed, letter) => packed * 256 + letter.charCodeAt(0), 0)),
);

/** Whether the domain between `from` and `end` is rather the name of a file, by its last label. */
export function isFileName(bytes: Uint8Array, from: number, end: number): boolean {
  let packed = 0;
  for (let index = end - 1; index >= from && bytes[index] !== dot; index -= 1) {
    if (end - index > longestExtension) return false;
    packed = packed * 256 + ((bytes[index] as number) | 0x20);
  }
  return extensions.has(packed);
}
