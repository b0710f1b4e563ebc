/** Every form of an address, every text around one, and every text without one, each in a dump of its own. */
import type { Case } from '../case.ts';
import { addressOf, domains, locals, type Planted } from './addresses.ts';
import { copy, frame } from './dump.ts';
import { formats } from './formats.ts';
import { embeds, harmless } from './texts.ts';

export interface NamedCase {
  readonly name: string;
  readonly value: string;
  readonly one: Case;
}

export function caseOfValue(value: string, words: readonly string[], isIdentical = false): Case {
  const table = `CREATE TABLE public.t (\n    a text\n);\n\nCOPY public.t (a) FROM stdin;\n${copy(value)}\n\\.\n`;
  return {
    dump: frame(table).split('\n'),
    words,
    harmless: [...harmless],
    ...{ isIdentical, unique: [], changed: [], mayRefuse: false, isPipe: false, chunks: value.length },
  };
}

function* planted(name: string, { text, words }: Planted): Generator<NamedCase> {
  for (const value of [text, `x ${text} y`, `(${text})`, `${text}, z`])
    yield { name, value, one: caseOfValue(value, words) };
}

export function* everyForm(): Generator<NamedCase> {
  for (const local of new Set(locals)) yield* planted(`local part ${local}`, addressOf(local, 'D.example', 1, 0));
  for (const domain of new Set(domains)) yield* planted(`domain ${domain}`, addressOf('A.B', domain, 1, 0));
  for (const [name, embed] of Object.entries({ ...embeds, ...formats }))
    for (const local of ['A', 'A.B', 'A_B', 'A+B', 'A-B', "o'A", 'Aé']) {
      const { text, words } = addressOf(local, 'D.E.example', 1, 0);
      const value = embed(text);
      yield { name: `${name}, ${local}`, value, one: caseOfValue(value, words) };
    }
  for (const value of harmless) yield { name: 'harmless', value, one: caseOfValue(value, [], true) };
}
