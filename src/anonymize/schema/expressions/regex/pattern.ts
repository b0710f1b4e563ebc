/** The source of a regular expression while it is read. */
import type { Regex } from './syntax.ts';

export interface Pattern {
  readonly regex: Regex;
  /** Parentheses that capture. */
  readonly groups: number;
  /** Whether every part matches as much as it can: then the end of a match is known. */
  readonly isGreedy: boolean;
}

/** Thrown where a pattern holds what is not read. */
export class Unsupported extends Error {}

/** Levels of parentheses that are followed. */
const maxDepth = 100;

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  B: '\\',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export class Text {
  readonly flavour: 'postgresql' | 'mysql';
  ignoresCase: boolean;
  /** `(?q)` and `***=`: whether the rest stands for itself. */
  isLiteral = false;
  isGreedy = true;
  groups = 0;
  /** Whether ^ and $ also match at line ends, and whether a dot matches none. */
  linesCount = false;
  dotStops: boolean;
  /** Whether blanks and comments between the parts do not count. */
  #isExpanded = false;
  #depth = 0;
  #at = 0;
  readonly #source: string;

  constructor(source: string, { ignoresCase, flavour }: { ignoresCase: boolean; flavour: 'postgresql' | 'mysql' }) {
    this.#source = source;
    this.ignoresCase = ignoresCase;
    this.flavour = flavour;
    this.dotStops = flavour === 'mysql';
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  get next(): string | undefined {
    return this.#source[this.#at];
  }

  rest(): string {
    return this.#source.slice(this.#at);
  }

  accept(sign: string): boolean {
    if (!this.#source.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  /** @param pattern sticky */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  character(): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw new Unsupported();
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new Unsupported();
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** What a pattern may begin with: `***:`, `***=`, `(?i)`. */
  readOptions(): void {
    if (this.flavour === 'postgresql') {
      if (this.accept('***=')) this.isLiteral = true;
      else this.accept('***:');
    }
    const options = this.take(/\(\?([a-z]+)\)/y)?.[1] ?? '';
    for (const option of options) this.#option(option);
  }

  #option(option: string): void {
    if (option === 'i') this.ignoresCase = true;
    else if (option === 'c' && this.flavour === 'postgresql') this.ignoresCase = false;
    else if (option === 'x') this.#isExpanded = true;
    else if (option === 's') {
      this.dotStops = false;
      this.linesCount = false;
    } else if (option === 'm' || option === 'n') {
      this.linesCount = true;
      this.dotStops = true;
    } else if (option === 'w' && this.flavour === 'postgresql') this.linesCount = true;
    else if (option === 'p' && this.flavour === 'postgresql') this.dotStops = true;
    else if (option === 'q' && this.flavour === 'postgresql') this.isLiteral = true;
    else if (option !== 't' && option !== 'e') throw new Unsupported();
  }

  /** Moves past comments, and in expanded patterns past blanks. */
  skip(): void {
    while (this.take(/\(\?#[^)]*\)/y) || (this.#isExpanded && this.take(/\s+|#[^\n]*/y)));
  }

  /** The character of an escape, behind its backslash. */
  escaped(): string {
    const code = this.take(/x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})/y);
    if (code) return this.#codePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16));
    const control = this.take(/c([\s\S])/y);
    if (control) return String.fromCharCode((control[1] as string).charCodeAt(0) & 31);
    if (this.take(/0/y)) return '\0';
    const character = this.character();
    // Digits are back references; other letters are none of PostgreSQL's.
    if (/[1-9]/.test(character)) throw new Unsupported();
    if (/[A-Za-z0-9]/.test(character)) {
      const known = controls[character];
      if (known === undefined) throw new Unsupported();
      return known;
    }
    return character;
  }

  #codePoint(code: number): string {
    if (code > 0x10ffff) throw new Unsupported();
    return String.fromCodePoint(code);
  }
}
