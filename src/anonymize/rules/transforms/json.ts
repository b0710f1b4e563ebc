/** The rule `json`: rules for values inside JSON. Everything else stays as it was written. */
import { BackupError } from '../../../runtime/errors.ts';
import { Arena } from '../../bytes/arena.ts';
import { Patches } from '../../bytes/patches.ts';
import { patchText } from '../../emails/patch-text.ts';
import type { Replace } from '../../emails/replacement.ts';
import { type JsonPlace, leadsTo, type PathStep } from './json-path.ts';
import { isPlain, isPlainString, NotJson, parseString, walkJson } from './json-walk.ts';
import type { Transform } from './transform.ts';

export interface JsonRule {
  readonly path: readonly PathStep[];
  readonly transform: Transform | 'keep' | 'emails';
}

/**
 * @param replace for addresses in values without a rule, and in keys
 * @param place the column, for errors: `shop.users.profile`. The transform throws BackupError for a value that is not JSON
 */
export function jsonTransform(rules: readonly JsonRule[], replace: Replace, place: string): Transform {
  const context: Context = { rules, replace, emails: new Patches(), changed: new Arena() };
  return (bytes, from, to, out) => {
    try {
      new JsonRewrite(context, bytes, from, out).write(to);
    } catch (error) {
      throw error instanceof NotJson ? notJson(place) : error;
    }
    return 'text';
  };
}

function notJson(place: string): BackupError {
  return new BackupError({
    what: `${place} has the rule json, and a value that is not JSON`,
    likelyCause:
      'the column has another type; without definitions before its rows (from a pipe) this shows only at the value',
    fix: 'give the column another rule, or null',
  });
}

/** What all values of a column share; buffers are reused. */
interface Context {
  readonly rules: readonly JsonRule[];
  readonly replace: Replace;
  readonly emails: Patches;
  readonly changed: Arena;
}

const nullWord = Buffer.from('null');

/** Rewrites one JSON text. */
class JsonRewrite {
  readonly #context: Context;
  readonly #bytes: Buffer;
  readonly #from: number;
  readonly #out: Arena;
  /** Everything before this position has been written. */
  #done: number;

  constructor(context: Context, bytes: Buffer, from: number, out: Arena) {
    this.#context = context;
    this.#bytes = bytes;
    this.#from = from;
    this.#out = out;
    this.#done = from;
  }

  write(to: number): void {
    walkJson(this.#bytes, this.#from, to, (place, start, end) => this.#value(place, start, end));
    this.#out.append(this.#bytes, this.#done, to);
  }

  #value(place: JsonPlace, start: number, end: number): void {
    const transform = this.#ruleAt(place)?.transform ?? 'emails';
    if (transform === 'keep') return;
    if (transform === 'emails') this.#replaceEmails(start, end);
    else if (isPlainString(this.#bytes, start, end)) this.#plainString(transform, start, end);
    else this.#anyValue(transform, start, end);
  }

  /** The rule for this place, or else for the nearest place above it. */
  #ruleAt(place: JsonPlace): JsonRule | undefined {
    for (let length = place.length; length > 0; length -= 1) {
      const above = length === place.length ? place : place.slice(0, length);
      const rule = this.#context.rules.find((one) => leadsTo(one.path, above));
      if (rule) return rule;
    }
    return undefined;
  }

  #replaceEmails(start: number, end: number): void {
    const { emails, replace } = this.#context;
    emails.clear();
    patchText(this.#bytes, start, end, 0, replace, emails);
    for (let index = 0; index < emails.count; index += 1) {
      const text = emails.text(index);
      this.#patch(emails.starts[index] as number, emails.ends[index] as number, text, 0, text.length);
    }
  }

  /** A string without escapes: its content is transformed in place. */
  #plainString(transform: Transform, start: number, end: number): void {
    const { changed } = this.#context;
    changed.clear();
    const outcome = transform(this.#bytes, start + 1, end - 1, changed);
    if (outcome === 'null') this.#patch(start, end, nullWord, 0, nullWord.length);
    else if (outcome === 'plain' || isPlain(changed.bytes, changed.begin, changed.end))
      this.#patch(start + 1, end - 1, changed.bytes, changed.begin, changed.end);
    else this.#patchWith(start, end, JSON.stringify(changed.text().toString('utf8')));
  }

  /** A string with escapes, a number or a literal. */
  #anyValue(transform: Transform, start: number, end: number): void {
    const raw = this.#bytes.toString('utf8', start, end);
    if (raw === 'null') return;
    const isString = raw.startsWith('"');
    const value = Buffer.from(isString ? parseString(raw) : raw);
    const { changed } = this.#context;
    changed.clear();
    const outcome = transform(value, 0, value.length, changed);
    const text = changed.text().toString('utf8');
    this.#patchWith(start, end, outcome === 'null' ? 'null' : written(text, isString));
  }

  #patchWith(start: number, end: number, text: string): void {
    const bytes = Buffer.from(text);
    this.#patch(start, end, bytes, 0, bytes.length);
  }

  #patch(start: number, end: number, text: Buffer, textFrom: number, textTo: number): void {
    this.#out.append(this.#bytes, this.#done, start);
    this.#out.append(text, textFrom, textTo);
    this.#done = end;
  }
}

/** A number or a boolean stays one where the new text allows it. */
function written(text: string, wasString: boolean): string {
  return !wasString && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(text) ? text : JSON.stringify(text);
}
