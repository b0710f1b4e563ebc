/** LIKE, SIMILAR TO and regular expressions, as functions of texts. */
import { Matcher } from './regex/match.ts';
import { parseRegex } from './regex/parse.ts';
import { type Pattern, Unsupported } from './regex/pattern.ts';
import { type SqlValue, unknown } from './values.ts';

interface RegexOptions {
  readonly ignoresCase: boolean;
  readonly flavour: 'postgresql' | 'mysql';
}

/** Patterns that were read before: a condition is tried with many values. */
const read = new Map<string, Pattern | undefined>();
const maxRead = 1000;

function patternOf(source: string, options: RegexOptions): Pattern | undefined {
  const key = `${options.flavour} ${options.ignoresCase} ${source}`;
  if (!read.has(key)) {
    if (read.size >= maxRead) read.clear();
    read.set(
      key,
      tried(() => parseRegex(source, options)),
    );
  }
  return read.get(key);
}

function tried<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/** A pattern that is read, for samples of it. */
export function readPattern(source: string, flavour: 'postgresql' | 'mysql' = 'postgresql'): Pattern | undefined {
  return patternOf(source, { ignoresCase: false, flavour });
}

export function matches(text: string, source: string, options: RegexOptions): boolean | typeof unknown {
  const pattern = patternOf(source, options);
  const found = pattern && tried(() => new Matcher(pattern, text).test());
  return found === undefined ? unknown : found;
}

/** The text that matches, or what its first parentheses captured; NULL when none does. */
export function matchIn(text: string, source: string, options: RegexOptions): SqlValue {
  return groupsIn(text, source, options, (whole, groups) => groups[0] ?? whole);
}

/** What regexp_match gives: all that parentheses captured, or the whole match. */
export function groupsOf(text: string, source: string, options: RegexOptions): SqlValue {
  return groupsIn(text, source, options, (whole, groups) => (groups.length > 0 ? groups : [whole]));
}

function groupsIn(
  text: string,
  source: string,
  options: RegexOptions,
  give: (whole: string, groups: readonly string[]) => SqlValue,
): SqlValue {
  const pattern = patternOf(source, options);
  if (pattern === undefined) return unknown;
  const found = tried((): { readonly value: SqlValue } => {
    const matcher = new Matcher(pattern, text);
    const match = matcher.find(0);
    return {
      value:
        match === undefined
          ? null
          : give(matcher.text(match.start, match.end), pattern.groups > 0 ? matcher.captured(match) : []),
    };
  });
  return found === undefined ? unknown : found.value;
}

/** @param all whether every match is replaced, and not only the first one */
export function replaceIn(text: string, source: string, by: string, all: boolean, options: RegexOptions): SqlValue {
  const pattern = patternOf(source, options);
  if (pattern === undefined) return unknown;
  const replaced = tried(() => {
    const matcher = new Matcher(pattern, text);
    let result = '';
    let from = 0;
    for (
      let match = matcher.find(0);
      match !== undefined;
      match = matcher.find(match.end > match.start ? match.end : match.end + 1)
    ) {
      const groups = pattern.groups > 0 && /\\\d/.test(by) ? matcher.captured(match) : [];
      const whole = matcher.text(match.start, match.end);
      result +=
        matcher.text(from, match.start) +
        by.replace(/\\([\d&\\])/g, (_, sign: string) =>
          sign === '&' ? whole : sign === '\\' ? '\\' : (groups[Number(sign) - 1] ?? ''),
        );
      from = match.end;
      if (!all) break;
    }
    return result + matcher.text(from, text.length);
  });
  return replaced ?? unknown;
}

/** Without a way back: each `%` takes as little as it can. */
export function isLike(
  text: string,
  pattern: string,
  escaping: string,
  ignoresCase: boolean,
): boolean | typeof unknown {
  const parts = likeParts(ignoresCase ? pattern.toLowerCase() : pattern, escaping);
  if (parts === undefined) return unknown;
  const characters = [...(ignoresCase ? text.toLowerCase() : text)];
  let [at, part, star, mark] = [0, 0, -1, 0];
  while (at < characters.length) {
    const next = parts[part];
    if (next === many) {
      star = part;
      mark = at;
      part += 1;
    } else if (next === one || (next !== undefined && next === characters[at])) {
      at += 1;
      part += 1;
    } else if (star >= 0) {
      part = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (parts[part] === many) part += 1;
  return part === parts.length;
}

const many = Symbol('many');
const one = Symbol('one');

/** undefined for a pattern that ends with the sign that escapes. */
export function likeParts(
  pattern: string,
  escaping: string,
): readonly (string | typeof many | typeof one)[] | undefined {
  const parts: (string | typeof many | typeof one)[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] as string;
    if (character === escaping && escaping !== '') {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return undefined;
      parts.push(escaped);
    } else parts.push(character === '%' ? many : character === '_' ? one : character);
  }
  return parts;
}

/** What PostgreSQL makes of a pattern of SIMILAR TO (its manual, "SIMILAR TO Regular Expressions"); undefined for one that it splits. */
export function regexOfSimilar(pattern: string, escaping: string): string | undefined {
  let regex = '^(?:';
  let inBrackets = false;
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] as string;
    if (character === escaping && escaping !== '') {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined || escaped === '"') return undefined;
      regex += `\\${escaped}`;
    } else if (inBrackets) {
      regex += character === '\\' ? '\\\\' : character;
      inBrackets = character !== ']';
    } else if (character === '[') {
      regex += '[';
      inBrackets = true;
      if (characters[at + 1] === '^') {
        regex += '^';
        at += 1;
      }
    } else if (character === '%') regex += '.*';
    else if (character === '_') regex += '.';
    else if (character === '(') regex += '(?:';
    else regex += /[\\.^$]/.test(character) ? `\\${character}` : character;
  }
  return `${regex})$`;
}
