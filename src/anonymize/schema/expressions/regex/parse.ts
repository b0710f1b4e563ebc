/**
 * Reads regular expressions: PostgreSQL's advanced ones (its manual, "Regular Expression Details"), and of MySQL's and MariaDB's (ICU and
 * PCRE) what is written alike.
 */
import { readBrackets } from './brackets.ts';
import { type Pattern, Text, Unsupported } from './pattern.ts';
import { type CharacterSet, classes, type Edge, type Regex } from './syntax.ts';

/** The most repetitions that PostgreSQL takes (DUPMAX). */
const mostRepetitions = 255;
const special = /[|*+?()[\]{}^$.\\]/;

/** @throws Unsupported for what is not read here: back references, and mistakes */
export function parseRegex(
  source: string,
  options: { readonly ignoresCase: boolean; readonly flavour: 'postgresql' | 'mysql' },
): Pattern {
  const text = new Text(source, options);
  text.readOptions();
  if (text.isLiteral)
    return { regex: sequence([...text.rest()].map((one) => literal(one, text))), groups: 0, isGreedy: true };
  const regex = readChoice(text);
  if (!text.done) throw new Unsupported();
  return { regex, groups: text.groups, isGreedy: text.isGreedy };
}

function readChoice(text: Text): Regex {
  const parts = [readSequence(text)];
  while (text.accept('|')) parts.push(readSequence(text));
  return parts.length === 1 ? (parts[0] as Regex) : { kind: 'choice', parts };
}

function sequence(parts: readonly Regex[]): Regex {
  return parts.length === 1 ? (parts[0] as Regex) : { kind: 'sequence', parts };
}

function readSequence(text: Text): Regex {
  const parts: Regex[] = [];
  for (text.skip(); !text.done && text.next !== '|' && text.next !== ')'; text.skip()) parts.push(readRepeated(text));
  return sequence(parts);
}

function readRepeated(text: Text): Regex {
  const part = readAtom(text);
  text.skip();
  const counts = readCounts(text);
  if (counts === undefined) return part;
  if (part.kind === 'edge' || part.kind === 'look') throw new Unsupported();
  // Whether fewer repetitions are tried first only matters for where a match ends.
  if (text.accept('?')) text.isGreedy = false;
  else if (text.flavour === 'mysql' && text.accept('+')) throw new Unsupported();
  text.skip();
  if (readCounts(text) !== undefined) throw new Unsupported();
  return { kind: 'repeat', part, ...counts };
}

function readCounts(text: Text): { readonly min: number; readonly max: number } | undefined {
  if (text.accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (text.accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (text.accept('?')) return { min: 0, max: 1 };
  const bounds = text.take(/\{(\d+)(,(\d*))?\}/y);
  if (bounds === undefined) return undefined;
  const min = Number(bounds[1]);
  const max = bounds[2] === undefined ? min : bounds[3] === '' ? Number.POSITIVE_INFINITY : Number(bounds[3]);
  if (min > mostRepetitions || (max > mostRepetitions && max < Number.POSITIVE_INFINITY) || min > max)
    throw new Unsupported();
  return { min, max };
}

const edge = (name: Edge): Regex => ({ kind: 'edge', edge: name });

function readAtom(text: Text): Regex {
  if (text.accept('(')) return readGroup(text);
  if (text.accept('[')) {
    // The borders of words in older notation.
    if (text.take(/\[:<:\]\]/y)) return edge('word-begin');
    if (text.take(/\[:>:\]\]/y)) return edge('word-end');
    return { kind: 'set', set: readBrackets(text) };
  }
  if (text.accept('^')) return edge(text.linesCount ? 'line-start' : 'start');
  if (text.accept('$')) return edge(text.linesCount ? 'line-end' : text.flavour === 'mysql' ? 'end' : 'end');
  if (text.accept('.'))
    return { kind: 'set', set: { ...none(text), negated: true, ranges: text.dotStops ? [[10, 10]] : [] } };
  if (text.accept('\\')) return readEscape(text);
  const character = text.character();
  // A brace that begins no bounds stands for itself.
  if (special.test(character) && character !== '{' && character !== '}' && character !== ']') throw new Unsupported();
  return literal(character, text);
}

function readGroup(text: Text): Regex {
  const look = text.take(/\?(<?)([=!])/y);
  const captures = look === undefined && text.take(/\?:/y) === undefined;
  if (captures && text.next === '?') throw new Unsupported();
  const index = captures ? ++text.groups : undefined;
  const part = text.deeper(() => readChoice(text));
  if (!text.accept(')')) throw new Unsupported();
  if (look) return { kind: 'look', part, behind: look[1] === '<', negative: look[2] === '!' };
  return { kind: 'group', part, index };
}

const none = ({ ignoresCase }: Text): CharacterSet => ({ negated: false, ranges: [], classes: [], ignoresCase });

function literal(character: string, text: Text): Regex {
  const code = character.codePointAt(0) as number;
  return { kind: 'set', set: { ...none(text), ranges: [[code, code]] } };
}

const edges: Readonly<Record<string, Edge>> = {
  A: 'start',
  Z: 'end',
  m: 'word-begin',
  M: 'word-end',
  y: 'word-border',
  Y: 'no-border',
};
const edgesOfMysql: Readonly<Record<string, Edge>> = {
  A: 'start',
  Z: 'end',
  z: 'end',
  b: 'word-border',
  B: 'no-border',
};

function readEscape(text: Text): Regex {
  const character = text.next;
  if (character === undefined) throw new Unsupported();
  const named = (text.flavour === 'mysql' ? edgesOfMysql : edges)[character];
  if (named) {
    text.character();
    return edge(named);
  }
  const shorthand = { d: 'digit', s: 'space', w: 'word' }[character.toLowerCase()];
  if (shorthand) {
    text.character();
    const isNegative = character !== character.toLowerCase();
    return {
      kind: 'set',
      set: { ...none(text), negated: isNegative, classes: [classes[shorthand] as (one: string) => boolean] },
    };
  }
  return literal(text.escaped(), text);
}
