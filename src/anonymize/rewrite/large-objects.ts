/**
 * Large objects, which pg_dump writes in pieces: `SELECT pg_catalog.lowrite(0, '\x…');`. The end of a piece, across which an
 * address may reach, is held back and written with the next: where a large object is cut does not matter. Of an object in one
 * piece, everything is written with its end: in the same place.
 */
import { Patches } from '../bytes/patches.ts';
import { isText } from '../emails/binary.ts';
import { reach } from '../emails/find.ts';
import { fromHex } from '../emails/hex-bytes.ts';
import { patchBytes } from '../emails/patch-text.ts';
import type { Replace } from '../emails/replacement.ts';
import { labels } from '../rules/plan/plan.ts';
import type { Counts } from './counts.ts';

const lowrite = /^SELECT pg_catalog\.lowrite\((\d+), '\\x([0-9a-fA-F]*)'\);$/;
const loClose = /^SELECT pg_catalog\.lo_close\((\d+)\);$/;
/** The name under which reports list them. */
const table = 'large objects';

export class LargeObjects {
  readonly #replace: Replace;
  readonly #counts: Counts;
  readonly #patches = new Patches();
  /** The end of the last piece. */
  #held: Buffer = Buffer.alloc(0);
  #descriptor = '0';
  /** Whether the object is text; undefined before its first piece. */
  #isText: boolean | undefined;

  constructor(replace: Replace, counts: Counts) {
    this.#replace = replace;
    this.#counts = counts;
  }

  /** @returns what to write instead of the statement, which may be nothing; undefined when it stays as it is */
  statement(bytes: Buffer, from: number, to: number): Buffer | undefined {
    // "SELECT pg_catalog.lo…": recognised from two bytes, so that other statements cost nothing.
    if (bytes[from] !== 0x53 || bytes[from + 18] !== 0x6c || bytes[from + 19] !== 0x6f) return undefined;
    const statement = bytes.toString('latin1', from, to);
    const piece = lowrite.exec(statement);
    if (piece) {
      const [, descriptor = '0', digits = ''] = piece;
      this.#descriptor = descriptor;
      const data = fromHex(Buffer.from(digits, 'latin1'), 0, digits.length);
      const decided = this.#decided(Buffer.concat([this.#held, data]), false);
      return decided.length === 0 ? decided : this.#lowrite(decided);
    }
    if (!loClose.test(statement)) return undefined;
    const last = this.#decided(this.#held, true);
    this.#isText = undefined;
    if (last.length === 0) return undefined;
    return Buffer.concat([this.#lowrite(last), Buffer.from('\n'), bytes.subarray(from, to)]);
  }

  #lowrite(data: Buffer): Buffer {
    return Buffer.from(`SELECT pg_catalog.lowrite(${this.#descriptor}, '\\x${data.toString('hex')}');`, 'latin1');
  }

  /** The part of the data whose addresses are certain, with these replaced. The rest is held back. */
  #decided(data: Buffer, last: boolean): Buffer {
    this.#isText ??= isText(data);
    const decided = last ? data.length : Math.max(0, data.length - reach);
    const patches = this.#patches;
    patches.clear();
    const replaced = patchBytes(data, this.#isText, decided, this.#replace, patches);
    this.#counts.add(table, labels.emails, replaced);
    if (patches.count > 0) this.#counts.largeObjectsChanged = true;
    const used = last ? data.length : Math.min(data.length, Math.max(patches.lastEnd(0), decided - reach));
    this.#held = Buffer.from(data.subarray(used));
    return patches.apply(data, 0, used);
  }
}
