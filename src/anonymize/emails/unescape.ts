/**
 * Takes the escapes out of a piece of text, whatever wrote them and however often: JSON, JavaScript, Python, C, Markdown, regular
 * expressions, URLs, HTML, quoted-printable, bytea in escape format. Each pass takes out one level, so that HTML in a URL in JSON
 * is read, too. For every byte of the result it is known where it began in the source.
 */
import { escapeBegins, escaped, foldBegins, readEscape, type Writing } from './escapes.ts';
import { putPoint } from './utf8.ts';

/** Levels of escapes that are taken out. */
const mostPasses = 6;

const equalsSign = 0x3d;

/** The source must be shorter than this. */
const room = 4096;

/** The result; valid until the next call. */
export class Unescaped {
  /** The text without escapes: from `from` to `to` of these bytes. Where the source holds none, these are its own. */
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  /** Whether anything was taken out. */
  changed = false;
  readonly #texts = [new Uint8Array(room), new Uint8Array(room)] as const;
  readonly #places = [new Int32Array(room), new Int32Array(room)] as const;
  #place: Int32Array = this.#places[0];
  #tookQuotedPrintable = false;

  /** @param hasEscapes whether any byte between `from` and `to` begins an escape */
  read(bytes: Uint8Array, from: number, to: number, hasEscapes: boolean, writing: Writing): void {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.changed = false;
    if (!hasEscapes) return;
    this.#tookQuotedPrintable = false;
    for (let pass = 0, left = writing; pass < mostPasses && this.#pass(left, pass & 1); pass += 1)
      // Mails are encoded once: behind `SRS0=3Dab1c`, `=ab` is no byte.
      if (this.#tookQuotedPrintable && left.quotedPrintable) left = { ...left, quotedPrintable: false };
  }

  /** Where in the source the byte at this position of the result began. */
  sourceOf(position: number): number {
    return this.changed ? (this.#place[position] as number) : position;
  }

  /** One level. @returns whether there was one */
  #pass(writing: Writing, which: number): boolean {
    const { bytes, from, to } = this;
    const begins = writing.folded ? foldBegins : escapeBegins;
    const [out, place] = [this.#texts[which] as Uint8Array, this.#places[which] as Int32Array];
    let length = 0;
    let took = false;
    let at = from;
    while (at < to) {
      const byte = bytes[at] as number;
      const taken = begins[byte] === 1 ? readEscape(bytes, at, from, to, writing) : 0;
      const source = this.sourceOf(at);
      const before = length;
      if (taken === 0) {
        out[length] = byte;
        length += 1;
      } else {
        took = true;
        if (byte === equalsSign) this.#tookQuotedPrintable = true;
        if (escaped.isByte) {
          out[length] = escaped.value;
          length += 1;
        } else length = putPoint(escaped.value, out, length);
      }
      for (let index = before; index < length; index += 1) place[index] = source;
      at += Math.max(1, taken);
    }
    if (!took) return false;
    place[length] = this.sourceOf(to);
    this.#place = place;
    this.changed = true;
    this.bytes = out;
    this.from = 0;
    this.to = length;
    return true;
  }
}
