/**
 * Large objects, which pg_dump writes in pieces: `SELECT pg_catalog.lowrite(0, '\x…');`. The end of a piece, across which an
 * address may reach, is held back and written with the next: where a large object is cut does not matter. Of an object in one
 * piece, everything is written with its end: in the same place. Objects with encoded texts are held back whole, up to a bound.
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

/** Signs of what can be decoded only as a whole: bodies of mails, encoded words, `data:` URLs, folded lines. */
const encoded = /base64|quoted-printable|begin:v|\?[bq]\?/i;
/** Bytes of an object that are held back for it: as digits in one statement, twice as many. */
const mostHeld = 4 * 1024 * 1024;

export class LargeObjects {
  readonly #replace: Replace;
  readonly #counts: Counts;
  readonly #patches = new Patches();
  /** What is held back, and its length. */
  #pieces: Buffer[] = [];
  #length = 0;
  /** Whether something in the object is encoded, so that it is read whole. */
  #isEncoded = false;
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
      this.#pieces.push(data);
      this.#length += data.length;
      this.#isEncoded ||= this.#isTextSoFar(data) && encoded.test(data.toString('latin1'));
      if (this.#isEncoded && this.#length < mostHeld) return Buffer.alloc(0);
      const decided = this.#decided(false);
      return decided.length === 0 ? decided : this.#lowrite(decided);
    }
    if (!loClose.test(statement)) return undefined;
    const last = this.#decided(true);
    this.#isText = undefined;
    this.#isEncoded = false;
    if (last.length === 0) return undefined;
    return Buffer.concat([this.#lowrite(last), Buffer.from('\n'), bytes.subarray(from, to)]);
  }

  #lowrite(data: Buffer): Buffer {
    return Buffer.from(`SELECT pg_catalog.lowrite(${this.#descriptor}, '\\x${data.toString('hex')}');`, 'latin1');
  }

  /** What the first piece says. */
  #isTextSoFar(data: Buffer): boolean {
    this.#isText ??= isText(data);
    return this.#isText;
  }

  /** The part of the data whose addresses are certain, with these replaced. The rest is held back. */
  #decided(last: boolean): Buffer {
    const data = Buffer.concat(this.#pieces);
    this.#isText ??= isText(data);
    const decided = last ? data.length : Math.max(0, data.length - reach);
    const patches = this.#patches;
    patches.clear();
    const replaced = patchBytes(data, this.#isText, decided, this.#replace, patches);
    this.#counts.add(table, labels.emails, replaced);
    if (patches.count > 0) this.#counts.largeObjectsChanged = true;
    const used = last ? data.length : Math.min(data.length, Math.max(patches.lastEnd(0), decided - reach));
    this.#pieces = [Buffer.from(data.subarray(used))];
    this.#length = data.length - used;
    return patches.apply(data, 0, used);
  }
}
