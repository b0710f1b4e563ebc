/** Values that columns may hold under a CHECK, and what a rule writes instead of them. */
import { Arena } from '../../bytes/arena.ts';
import { likeParts, readPattern } from '../../schema/expressions/patterns.ts';
import { samplesOf } from '../../schema/expressions/regex/samples.ts';
import { type Expression, stringsIn, walk } from '../../schema/expressions/tree.ts';
import type { SqlValue } from '../../schema/expressions/values.ts';
import type { Column } from '../../schema/table.ts';
import type { Transform } from '../transforms/transform.ts';

/** Texts of several lengths, kinds and cases. */
const usual = [
  'a',
  'abc',
  'Maria Weber',
  '4711',
  '+49 30 901820',
  'ann.smith@mail.example',
  'B12-x',
  'some words of a longer text, 40 in all',
];
const most = 40;

/** Values that a column may hold, NULL among them where it may be. */
export function samplesOfColumn({ type, notNull }: Column, expression: Expression): readonly SqlValue[] {
  const nothing = notNull ? [] : [null];
  if (type.array || type.composite !== undefined) return nothing;
  if (type.base === 'boolean') return [true, false, ...nothing];
  if (type.base === 'integer' || type.base === 'number') return [...numbersIn(expression), ...nothing];
  if (type.enumeration) return [...type.enumeration, ...nothing];
  if (type.base !== 'text') return nothing;
  const strings = stringsIn(expression).filter((text) => text.length <= 1000);
  const made = strings.flatMap((text) => [text, ...fromPattern(text)]);
  const fitting = [...new Set([...made, ...usual])].filter(
    (text) => text.length <= (type.maxCharacters ?? text.length),
  );
  return [...fitting.slice(0, most), ...nothing];
}

function fromPattern(text: string): readonly string[] {
  const like = /[%_]/.test(text)
    ? [(likeParts(text, '\\') ?? []).map((part) => (typeof part === 'symbol' ? 'n' : part)).join('')]
    : [];
  const pattern = /[\\[\]().*+?^$|{}]/.test(text) ? readPattern(text) : undefined;
  return [...like, ...(pattern ? samplesOf(pattern) : [])];
}

function numbersIn(expression: Expression): readonly number[] {
  const found = new Set<number>([1, 7]);
  walk(expression, (part) => {
    if (part.kind === 'literal' && typeof part.value === 'number')
      for (const by of [-1, 0, 1]) found.add(part.value + by);
  });
  return [...found].slice(0, most);
}

const arena = new Arena();

/** What a rule writes instead of a value: NULL stays NULL. */
export function transformed(transform: Transform, value: SqlValue): SqlValue {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const bytes = Buffer.from(String(value));
  arena.clear();
  arena.next();
  const outcome = transform(bytes, 0, bytes.length, arena);
  return outcome === 'null' ? null : arena.bytes.toString('utf8', arena.begin, arena.end);
}
