/** Addresses in UTF-16 and UTF-32, in either order of bytes: ASCII letters with zero bytes between them. */
import type { Patches } from '../bytes/patches.ts';
import type { Replace } from './replacement.ts';

interface Encoding {
  /** Bytes of a character, and where in them its letter is. */
  readonly width: number;
  readonly place: number;
  readonly address: RegExp;
}

function encoding(width: number, place: number): Encoding {
  const [before, after] = ['\\0'.repeat(place), '\\0'.repeat(width - 1 - place)];
  const some = (letters: string, count: string): string => `(?:${before}[${letters}]${after})${count}`;
  const label = `${some('.', '')}${some('A-Za-z0-9-', '{1,63}')}`;
  const domain = `${some('A-Za-z0-9-', '{1,63}')}(?:${label})*${some('.', '')}${some('A-Za-z', '{2,24}')}`;
  return { width, place, address: new RegExp(`${some('A-Za-z0-9._%+-', '{1,64}')}${some('@', '')}${domain}`, 'g') };
}

const encodings = [encoding(4, 0), encoding(4, 3), encoding(2, 0), encoding(2, 1)];

/**
 * Adds patches for the addresses whose at sign is before `decided`.
 * @returns whether there are any
 */
export function patchWide(bytes: Buffer, decided: number, replace: Replace, patches: Patches): boolean {
  if (!bytes.includes(0) || !bytes.includes(0x40)) return false;
  const text = bytes.toString('latin1');
  for (const { width, place, address } of encodings) {
    // Characters are whole from the beginning: two bytes further, each is half of one and half of the next.
    const found = [...text.matchAll(address)].filter(({ index }) => index % width === 0);
    if (found.length === 0) continue;
    for (const match of found) {
      const narrow = Buffer.from(match[0].replaceAll('\0', ''), 'latin1');
      if (match.index + match[0].indexOf('@') >= decided) break;
      const written = replace(narrow, 0, narrow.length);
      if (written) patches.add(match.index, match.index + match[0].length, widened(written, width, place));
    }
    return true;
  }
  return false;
}

function widened(text: Buffer, width: number, place: number): Buffer {
  const out = Buffer.alloc(text.length * width);
  for (let index = 0; index < text.length; index += 1) out[index * width + place] = text[index] as number;
  return out;
}
