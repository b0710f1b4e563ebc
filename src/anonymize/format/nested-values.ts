/**
 * What PostgreSQL writes of an array, a composite value, a range or a multirange: its parts, without the quotes and backslashes that each
 * level adds (PostgreSQL manual, "Array Input and Output Syntax", "Composite Type Input and Output Syntax", "Range Types").
 */

/** One part, and where each of its bytes stands in the whole. */
export interface NestedPart {
  readonly text: Buffer;
  /** One more than there are bytes: the last is where the part ends. */
  readonly at: readonly number[];
  readonly isNull: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

class PartReader {
  readonly #text: Buffer;
  at: number;

  constructor(text: Buffer, at: number) {
    this.#text = text;
    this.at = at;
  }

  get byte(): number | undefined {
    return this.#text[this.at];
  }

  /** Reads up to one of these signs outside of quotes. @returns undefined when the text ends before */
  until(stops: readonly number[], word?: string): NestedPart | undefined {
    const bytes: number[] = [];
    const places: number[] = [];
    let quoted = false;
    let wasQuoted = false;
    const take = (): void => {
      bytes.push(this.#text[this.at] as number);
      places.push(this.at);
      this.at += 1;
    };
    for (;;) {
      const byte = this.byte;
      if (byte === undefined) return undefined;
      if (byte === backslash) {
        this.at += 1;
        if (this.byte === undefined) return undefined;
        take();
      } else if (byte === quote) {
        this.at += 1;
        // Doubled, it stands for itself.
        if (quoted && this.byte === quote) take();
        else {
          quoted = !quoted;
          wasQuoted = true;
        }
      } else if (!quoted && stops.includes(byte)) break;
      else take();
    }
    const text = Buffer.from(bytes);
    places.push(this.at);
    return { text, at: places, isNull: !wasQuoted && text.toString('latin1').toUpperCase() === (word ?? '') };
  }
}

/** The elements of an array, of any number of dimensions; undefined for what is no array. */
export function arrayParts(text: Buffer, delimiter = comma): NestedPart[] | undefined {
  const begin = text[0] === openBrace ? 0 : text.indexOf('={') + 1;
  if (text[begin] !== openBrace) return undefined;
  const parts: NestedPart[] = [];
  const reader = new PartReader(text, begin);
  let depth = 0;
  while (reader.at < text.length) {
    const { byte } = reader;
    if (byte === openBrace) depth += 1;
    else if (byte === closeBrace) depth -= 1;
    else if (byte !== delimiter && byte !== 0x20) {
      if (depth === 0) return undefined;
      const part = reader.until([delimiter, closeBrace], 'NULL');
      if (part === undefined) return undefined;
      parts.push(part);
      continue;
    }
    reader.at += 1;
  }
  return depth === 0 ? parts : undefined;
}

/** The fields of a composite value; undefined for what is none. */
export function compositeParts(text: Buffer): NestedPart[] | undefined {
  return between(text, '(', ')');
}

/** The bounds of a range: none of an empty one; undefined for what is no range. */
export function rangeParts(text: Buffer): NestedPart[] | undefined {
  if (text.toString('latin1').trim().toLowerCase() === 'empty') return [];
  const parts = between(text, '[(', '])');
  return parts?.length === 2 ? parts : undefined;
}

/** The ranges of a multirange; undefined for what is none. */
export function multirangeParts(text: Buffer): NestedPart[] | undefined {
  if (text[0] !== openBrace || text[text.length - 1] !== closeBrace) return undefined;
  const parts: NestedPart[] = [];
  let depth = 0;
  let begin = -1;
  let quoted = false;
  for (let at = 1; at < text.length - 1; at += 1) {
    const byte = text[at] as number;
    if (byte === backslash) at += 1;
    else if (byte === quote) quoted = !quoted;
    else if (!quoted && (byte === 0x5b || byte === 0x28)) {
      begin = at;
      depth += 1;
    } else if (!quoted && (byte === 0x5d || byte === 0x29)) {
      depth -= 1;
      if (depth !== 0) return undefined;
      const places = Array.from({ length: at + 2 - begin }, (_, index) => begin + index);
      parts.push({ text: text.subarray(begin, at + 1), at: places, isNull: false });
    }
  }
  return depth === 0 ? parts : undefined;
}

function between(text: Buffer, opening: string, closing: string): NestedPart[] | undefined {
  const stops = [comma, ...Buffer.from(closing)];
  if (!Buffer.from(opening).includes(text[0] ?? 0)) return undefined;
  const parts: NestedPart[] = [];
  const reader = new PartReader(text, 1);
  for (;;) {
    const part = reader.until(stops);
    if (part === undefined) return undefined;
    parts.push(part);
    const last = reader.byte !== comma;
    reader.at += 1;
    if (last) return reader.at === text.length ? parts : undefined;
  }
}
