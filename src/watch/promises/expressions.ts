/**
 * The expressions of workflow files as far as a schedule decides them: literals, `vars`, `matrix`, `inputs`, the event, comparisons,
 * `&&`, `||`, `!`, and the functions but `toJSON` and `hashFiles` (GitHub Docs, "Evaluate expressions in workflows and actions"). What only a run knows is unknown.
 */

/** A value that only a run knows. */
export const notKnown: unique symbol = Symbol('not known');
export type Value = string | number | boolean | null | object | typeof notKnown;

/** Marks an object of which only some members are known here: the others are not null, but known to a run. */
export const open: unique symbol = Symbol('open');

/** Values by context, such as `vars`; a context that is not among them is unknown. */
export type Contexts = Readonly<Record<string, Value>>;

const token = /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_-]*)|(\|\||&&|==|!=|[!().,[\]*<>]))/y;

/** A text with `${{ }}` in it; unknown as soon as one of its expressions is. */
export function evaluateText(text: string, contexts: Contexts): Value {
  const whole = /^\s*\$\{\{((?:(?!\}\})[\s\S])*)\}\}\s*$/.exec(text);
  if (whole) return evaluate(whole[1] ?? '', contexts);
  let known = true;
  const result = text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_all, expression: string) => {
    const value = evaluate(expression, contexts);
    if (value === notKnown || (typeof value === 'object' && value !== null)) known = false;
    return value === notKnown ? '' : String(value ?? '');
  });
  return known ? result : notKnown;
}

/** An expression without `${{ }}`; what cannot be read is unknown. */
export function evaluate(expression: string, contexts: Contexts): Value {
  try {
    const reader = new Reader(tokensOf(expression), contexts);
    const value = reader.or();
    return reader.done ? value : notKnown;
  } catch {
    return notKnown;
  }
}

/** Whether a condition lets something run: undefined when only a run knows. */
export function isTrue(value: Value): boolean | undefined {
  if (value === notKnown) return undefined;
  return !(value === '' || value === false || value === 0 || value === null);
}

function tokensOf(text: string): readonly string[] {
  const found: string[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) throw new Error('not an expression');
    found.push(match[0].trim());
  }
  return found;
}

class Reader {
  readonly #tokens: readonly string[];
  readonly #contexts: Contexts;
  #at = 0;

  constructor(tokens: readonly string[], contexts: Contexts) {
    this.#tokens = tokens;
    this.#contexts = contexts;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#at] !== text) return false;
    this.#at += 1;
    return true;
  }

  or(): Value {
    let value = this.#and();
    while (this.#take('||')) {
      const right = this.#and();
      const left = isTrue(value);
      value = left === undefined ? (isTrue(right) === true && right === true ? true : notKnown) : left ? value : right;
    }
    return value;
  }

  #and(): Value {
    let value = this.#equal();
    while (this.#take('&&')) {
      const right = this.#equal();
      const left = isTrue(value);
      // Nothing that is false lets the whole be true, whatever a run knows.
      value = left === undefined ? (isTrue(right) === false ? false : notKnown) : left ? right : value;
    }
    return value;
  }

  #equal(): Value {
    const left = this.#unary();
    for (const sign of ['==', '!=']) {
      if (!this.#take(sign)) continue;
      const right = this.#unary();
      if (left === notKnown || right === notKnown) return notKnown;
      return same(left, right) === (sign === '==');
    }
    return left;
  }

  #unary(): Value {
    if (!this.#take('!')) return this.#value();
    const value = isTrue(this.#unary());
    return value === undefined ? notKnown : !value;
  }

  #value(): Value {
    if (this.#take('(')) {
      const value = this.or();
      if (!this.#take(')')) throw new Error('a parenthesis is open');
      return value;
    }
    const text = this.#tokens[this.#at] ?? '';
    this.#at += 1;
    if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(text)) return Number(text);
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    if (!/^[A-Za-z_]/.test(text)) throw new Error('a value is missing');
    return this.#take('(') ? this.#call(text) : this.#path(text);
  }

  #call(name: string): Value {
    const values: Value[] = [];
    while (!this.#take(')')) {
      if (this.done) throw new Error('a parenthesis is open');
      values.push(this.or());
      this.#take(',');
    }
    return this.#members(called(name.toLowerCase(), values));
  }

  #path(name: string): Value {
    return this.#members(name in this.#contexts ? (this.#contexts[name] as Value) : notKnown);
  }

  /** `.name` and `['name']` after a value. What an object does not have is null, and so is what null has. */
  #members(from: Value): Value {
    let value = from;
    for (;;) {
      let key: Value;
      if (this.#take('.')) {
        key = this.#tokens[this.#at] ?? '';
        this.#at += 1;
      } else if (this.#take('[')) {
        key = this.or();
        if (!this.#take(']')) throw new Error('a bracket is open');
      } else return value;
      if (value === notKnown || key === notKnown || key === '*') value = notKnown;
      else value = memberOf(value, String(key));
    }
  }
}

/** Of a run in which nothing fails and nobody cancels: what a schedule promises is such a run. */
const ofGoodRun: Readonly<Record<string, boolean>> = { always: true, success: true, failure: false, cancelled: false };

/** @param name in small letters: GitHub does not look at the case */
function called(name: string, values: readonly Value[]): Value {
  if (values.length === 0) return ofGoodRun[name] ?? notKnown;
  if (values.includes(notKnown)) return notKnown;
  const [first = null, second = null] = values;
  if (name === 'fromjson') return JSON.parse(textOf(first)) as Value;
  if (name === 'format') return formatted(textOf(first), values.slice(1));
  if (name === 'join')
    return Array.isArray(first) ? first.map(textOf).join(second === null ? ',' : textOf(second)) : textOf(first);
  if (name === 'contains' && Array.isArray(first)) return first.some((one: Value) => same(one, second));
  const [text, part] = [textOf(first).toLowerCase(), textOf(second).toLowerCase()];
  if (name === 'contains') return text.includes(part);
  if (name === 'startswith') return text.startsWith(part);
  if (name === 'endswith') return text.endsWith(part);
  return notKnown;
}

/** As functions cast their arguments: null is an empty text. */
function textOf(value: Value): string {
  if (typeof value === 'object' && value !== null) throw new Error('an object is no text');
  return value === null ? '' : String(value);
}

/** `{0}` is the first value; braces that are doubled are text. */
function formatted(text: string, values: readonly Value[]): Value {
  let known = true;
  const result = text.replace(/\{\{|\}\}|\{(\d+)\}/g, (brace: string, at: string | undefined) => {
    if (at === undefined) return brace.slice(1);
    const value = Number(at) < values.length ? values[Number(at)] : notKnown;
    if (value === undefined || value === notKnown || (typeof value === 'object' && value !== null)) known = false;
    return known ? String(value ?? '') : '';
  });
  return known ? result : notKnown;
}

function memberOf(value: Value, key: string): Value {
  if (typeof value !== 'object' || value === null) return null;
  const name = Object.keys(value).find((one) => one.toLowerCase() === key.toLowerCase());
  if (name === undefined) return open in value ? notKnown : null;
  return (value as Record<string, Value>)[name] ?? null;
}

/** GitHub compares texts without their case, and values of different kinds as numbers. */
function same(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase();
  if (typeof a === typeof b) return a === b;
  const number = (value: Value): number => (value === null || value === '' ? 0 : Number(value));
  return number(a) === number(b);
}
