/** Rules for values inside JSON: found by walking the text, so that everything else stays as it was written. */

import { Arena } from '../../bytes/arena.ts';
import { Patches } from '../../bytes/patches.ts';
import { patchText } from '../../emails/patch-text.ts';
import type { Replace } from '../../emails/replacement.ts';
import type { Transform } from './transform.ts';

/** A step of a path: a key, any element of an array (`[*]`), or any depth before a key (`..`). */
export type PathStep = { readonly key: string } | 'elements' | 'anywhere';

/** @returns undefined when the text is no path such as `$.a.b`, `$.list[*].email` or `$..phone` */
export function parsePath(text: string): readonly PathStep[] | undefined {
  if (!text.startsWith('$') || text === '$') return undefined;
  const steps: PathStep[] = [];
  const part = /\.\.([^.[\]]+)|\.([^.[\]]+)|\["((?:[^"\\]|\\.)*)"\]|\[\*\]/y;
  part.lastIndex = 1;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [whole, deep, plain, quoted] = match;
    if (deep !== undefined) steps.push('anywhere', { key: deep });
    else if (plain !== undefined) steps.push({ key: plain });
    else if (quoted !== undefined) steps.push({ key: JSON.parse(`"${quoted}"`) as string });
    else if (whole === '[*]') steps.push('elements');
  }
  return steps.at(-1) === 'anywhere' ? undefined : steps;
}

function matches(steps: readonly PathStep[], path: readonly (string | number)[], at = 0, from = 0): boolean {
  const step = steps[at];
  if (step === undefined) return from === path.length;
  if (step === 'anywhere') {
    for (let skip = from; skip < path.length; skip += 1) if (matches(steps, path, at + 1, skip)) return true;
    return false;
  }
  const here = path[from];
  if (here === undefined) return false;
  if (step === 'elements' ? typeof here !== 'number' : here !== step.key) return false;
  return matches(steps, path, at + 1, from + 1);
}

export interface JsonRule {
  readonly path: readonly PathStep[];
  readonly transform: Transform | 'keep' | 'addresses';
}

/** The rule of this place, or else of the nearest place that it is under. */
function ruleOf(rules: readonly JsonRule[], path: readonly (string | number)[]): JsonRule | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const above = length === path.length ? path : path.slice(0, length);
    const found = rules.find((one) => matches(one.path, above));
    if (found) return found;
  }
  return undefined;
}

/** Text that is not JSON all the way through cannot be searched for values. */
export class NotJson extends Error {}

/** Strings, numbers and literals under a path become what its rule says; addresses elsewhere what `replace` says. */
export function jsonTransform(rules: readonly JsonRule[], replace: Replace): Transform {
  const addresses = new Patches();
  const changed = new Arena();
  return (bytes, from, to, out) => {
    /** Up to where everything has been written. */
    let done = from;
    const replaceBy = (start: number, end: number, text: Buffer, textFrom: number, textTo: number): void => {
      out.append(bytes, done, start);
      out.append(text, textFrom, textTo);
      done = end;
    };
    new Walk(bytes, from, to, (path, start, end) => {
      const rule = ruleOf(rules, path);
      if (rule?.transform === 'keep') return;
      if (rule === undefined || rule.transform === 'addresses') {
        addresses.clear();
        patchText(bytes, start, end, 0, replace, addresses);
        for (let index = 0; index < addresses.count; index += 1) {
          const text = addresses.text(index);
          replaceBy(addresses.starts[index] as number, addresses.ends[index] as number, text, 0, text.length);
        }
        return;
      }
      changed.clear();
      if (isPlainString(bytes, start, end)) {
        const outcome = rule.transform(bytes, start + 1, end - 1, changed);
        if (outcome === 'null') replaceBy(start, end, nullWord, 0, nullWord.length);
        else if (outcome === 'plain' || isPlain(changed.bytes, changed.begin, changed.end))
          replaceBy(start + 1, end - 1, changed.bytes, changed.begin, changed.end);
        else {
          const text = Buffer.from(JSON.stringify(changed.text().toString('utf8')));
          replaceBy(start, end, text, 0, text.length);
        }
        return;
      }
      const raw = bytes.toString('utf8', start, end);
      if (raw === 'null') return;
      const isString = raw.startsWith('"');
      const value = Buffer.from(isString ? (JSON.parse(raw) as string) : raw);
      const notNull = rule.transform(value, 0, value.length, changed) !== 'null';
      const text = notNull ? Buffer.from(written(changed.text().toString('utf8'), isString)) : nullWord;
      replaceBy(start, end, text, 0, text.length);
    }).value();
    out.append(bytes, done, to);
    return 'text';
  };
}

const nullWord = Buffer.from('null');

/** Whether these bytes stand for themselves between the quotes of JSON: ASCII without quotes, backslashes and control codes. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte >= 0x80 || byte === 0x22 || byte === 0x5c) return false;
  }
  return true;
}

function isPlainString(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes[from] === 0x22 && to - from >= 2 && isPlain(bytes, from + 1, to - 1);
}

/** A number stays a number where what replaces it is one. */
function written(text: string, wasString: boolean): string {
  return !wasString && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(text) ? text : JSON.stringify(text);
}

type Visit = (path: readonly (string | number)[], start: number, end: number) => void;

/** Bytes that end a number or a literal. */
const endsWord = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) if (/[\s,\]}]/.test(String.fromCharCode(byte))) endsWord[byte] = 1;

class Walk {
  readonly #bytes: Buffer;
  readonly #to: number;
  readonly #visit: Visit;
  readonly #path: (string | number)[] = [];
  #at: number;

  constructor(bytes: Buffer, from: number, to: number, visit: Visit) {
    this.#bytes = bytes;
    this.#at = from;
    this.#to = to;
    this.#visit = visit;
  }

  value(): void {
    this.#blank();
    const byte = this.#bytes[this.#at];
    if (this.#at >= this.#to) throw new NotJson();
    if (byte === 0x7b) {
      this.#object();
      return;
    }
    if (byte === 0x5b) {
      this.#array();
      return;
    }
    const start = this.#at;
    if (byte === 0x22) this.#string();
    else while (this.#at < this.#to && endsWord[this.#bytes[this.#at] as number] === 0) this.#at += 1;
    if (this.#at === start) throw new NotJson();
    this.#visit(this.#path, start, this.#at);
  }

  #object(): void {
    this.#at += 1;
    this.#blank();
    if (this.#take(0x7d)) return;
    do {
      this.#blank();
      const start = this.#at;
      this.#string();
      const key = isPlainString(this.#bytes, start, this.#at)
        ? this.#bytes.toString('latin1', start + 1, this.#at - 1)
        : (JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string);
      // No rule speaks of keys, but an address may stand there too.
      this.#visit([], start, this.#at);
      this.#blank();
      if (!this.#take(0x3a)) throw new NotJson();
      this.#path.push(key);
      this.value();
      this.#path.pop();
      this.#blank();
    } while (this.#take(0x2c));
    if (!this.#take(0x7d)) throw new NotJson();
  }

  #array(): void {
    this.#at += 1;
    this.#blank();
    if (this.#take(0x5d)) return;
    let index = 0;
    do {
      this.#path.push(index);
      this.value();
      this.#path.pop();
      index += 1;
      this.#blank();
    } while (this.#take(0x2c));
    if (!this.#take(0x5d)) throw new NotJson();
  }

  #string(): void {
    if (!this.#take(0x22)) throw new NotJson();
    while (this.#at < this.#to) {
      const byte = this.#bytes[this.#at];
      this.#at += byte === 0x5c ? 2 : 1;
      if (byte === 0x22) return;
    }
    throw new NotJson();
  }

  #take(byte: number): boolean {
    if (this.#at >= this.#to || this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #blank(): void {
    while (this.#at < this.#to && (this.#bytes[this.#at] as number) <= 0x20) this.#at += 1;
  }
}
