/**
 * Large objects, which pg_dump writes piece by piece: `SELECT pg_catalog.lowrite(0, '\x…');`. What an address may reach
 * across is held back and goes into the next piece; a large object is only a row of bytes, wherever it is cut.
 */

import { Patches } from '../bytes/patches.ts';
import { fromHex, isText, patchBytes } from '../emails/binary.ts';
import { reach } from '../emails/find.ts';
import type { Replace } from '../emails/replacement.ts';
import type { Counts } from './counts.ts';

const write = /^SELECT pg_catalog\.lowrite\((\d+), '\\x([0-9a-fA-F]*)'\);$/;
const close = /^SELECT pg_catalog\.lo_close\((\d+)\);$/;
const label = 'large objects';

export class LargeObjects {
  readonly #replace: Replace;
  readonly #counts: Counts;
  readonly #patches = new Patches();
  #held: Buffer = Buffer.alloc(0);
  #descriptor = '0';
  #text: boolean | undefined;

  constructor(replace: Replace, counts: Counts) {
    this.#replace = replace;
    this.#counts = counts;
  }

  /** @returns what to write instead of the statement; undefined when it is about no large object */
  statement(bytes: Buffer, from: number, to: number): Buffer | undefined {
    // "SELECT pg_catalog.lo…", without looking at every other statement for long.
    if (bytes[from] !== 0x53 || bytes[from + 18] !== 0x6c || bytes[from + 19] !== 0x6f) return undefined;
    const statement = bytes.toString('latin1', from, to);
    const piece = write.exec(statement);
    if (piece) {
      const [, descriptor = '0', digits = ''] = piece;
      this.#descriptor = descriptor;
      const data = fromHex(Buffer.from(digits, 'latin1'), 0, digits.length);
      return this.#statement(this.#take(Buffer.concat([this.#held, data]), false));
    }
    if (!close.test(statement)) return undefined;
    const rest = this.#take(this.#held, true);
    this.#text = undefined;
    return rest.length === 0
      ? undefined
      : Buffer.concat([this.#statement(rest), Buffer.from('\n'), bytes.subarray(from, to)]);
  }

  #statement(data: Buffer): Buffer {
    return Buffer.from(`SELECT pg_catalog.lowrite(${this.#descriptor}, '\\x${data.toString('hex')}');`, 'latin1');
  }

  /** What of the data is decided, patched; the rest is held back. */
  #take(data: Buffer, last: boolean): Buffer {
    this.#text ??= isText(data);
    const decided = last ? data.length : Math.max(0, data.length - reach);
    this.#patches.clear();
    patchBytes(data, this.#text, decided, this.#replace, this.#patches);
    this.#counts.add(label, 'addresses', this.#patches.count);
    const lastEnd = this.#patches.count === 0 ? 0 : (this.#patches.ends[this.#patches.count - 1] as number);
    const used = last ? data.length : Math.min(data.length, Math.max(lastEnd, decided - reach, 0));
    this.#held = Buffer.from(data.subarray(used));
    return this.#patches.apply(data, 0, used);
  }
}
