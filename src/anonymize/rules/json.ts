/** Rules for values inside JSON: found by walking the text, so that everything else stays as it was written. */
import { Patches } from '../patches.ts';
import type { Replace } from '../text/replacement.ts';
import { patchText } from '../text/rewrite.ts';
import { sqlNull, type Transform } from './transforms.ts';

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

/** Text that is not JSON all the way through cannot be searched for values. */
export class NotJson extends Error {}

/** Strings, numbers and literals under a path become what its rule says; addresses elsewhere what `replace` says. */
export function jsonTransform(rules: readonly JsonRule[], replace: Replace): Transform {
  const patches = new Patches();
  const string = new Patches();
  return (bytes, from, to) => {
    patches.clear();
    new Walk(bytes, from, to, (path, start, end) => {
      const rule = rules.find((one) => matches(one.path, path));
      if (rule?.transform === 'keep') return;
      if (rule === undefined || rule.transform === 'addresses') {
        string.clear();
        patchText(bytes, start, end, 0, replace, string);
        for (let index = 0; index < string.count; index += 1)
          patches.add(string.starts[index] as number, string.ends[index] as number, string.texts[index] as Buffer);
        return;
      }
      const raw = bytes.toString('utf8', start, end);
      if (raw === 'null') return;
      const isString = raw.startsWith('"');
      const text = Buffer.from(isString ? (JSON.parse(raw) as string) : raw);
      const outcome = rule.transform(text, 0, text.length);
      if (outcome === sqlNull) patches.add(start, end, Buffer.from('null'));
      else patches.add(start, end, Buffer.from(written(outcome.toString('utf8'), isString)));
    }).value();
    return patches.count === 0 ? bytes.subarray(from, to) : patches.apply(bytes, from, to);
  };
}

/** A number stays a number where what replaces it is one. */
function written(text: string, wasString: boolean): string {
  return !wasString && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(text) ? text : JSON.stringify(text);
}

type Visit = (path: readonly (string | number)[], start: number, end: number) => void;

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
    else
      while (this.#at < this.#to && !/[\s,\]}]/.test(String.fromCharCode(this.#bytes[this.#at] as number)))
        this.#at += 1;
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
      const key = JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string;
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
