/** What each change of the anonymiser is tried with: all forms of addresses, the corpus, and databases of fixed seeds. */
import fc from 'fast-check';
import type { Case } from './case.ts';
import { corpus } from './corpus.ts';
import { caseOf } from './generate/cases.ts';
import { copy, frame } from './generate/dump.ts';
import { everyForm } from './generate/forms.ts';
import { harmlessMysqlCase, mysqlCase } from './generate/mysql.ts';
import { anyDatabase, boundDatabase, harmlessDatabase } from './generate/schema.ts';
import { harmless } from './generate/texts.ts';

/** One table with a value in each row: much faster than as many dumps. */
function together(values: readonly string[], words: readonly string[], isIdentical: boolean): Case {
  const rows = values.map((value) => `${copy(value)}\n`).join('');
  return {
    dump: frame(`CREATE TABLE public.t (\n    a text\n);\n\nCOPY public.t (a) FROM stdin;\n${rows}\\.\n`).split('\n'),
    ...{
      words,
      isIdentical,
      harmless: [...harmless],
      unique: [],
      changed: [],
      mayRefuse: false,
      isPipe: false,
      chunks: 77,
    },
  };
}

/** Every form of an address, and every text without one. */
export function formTrials(): readonly Case[] {
  const planted = [...everyForm()].filter(({ one }) => !one.isIdentical);
  const words = [...new Set(planted.flatMap(({ one }) => one.words))];
  const values = [...new Set(planted.map(({ value }) => value))];
  return [together(harmless, [], true), together(values, words, false)];
}

/** Databases of fixed seeds. */
export function seededTrials(): readonly Case[] {
  return [
    ...fc.sample(harmlessDatabase, { seed: 1, numRuns: 10 }).map((one) => caseOf(one, true)),
    ...fc.sample(anyDatabase, { seed: 2, numRuns: 40 }).map((one) => caseOf(one, false)),
    ...fc.sample(boundDatabase, { seed: 3, numRuns: 10 }).map((one) => caseOf(one, false)),
    ...fc.sample(mysqlCase, { seed: 4, numRuns: 10 }),
    ...fc.sample(harmlessMysqlCase, { seed: 5, numRuns: 5 }),
  ];
}

export function trials(): readonly Case[] {
  return [...formTrials(), ...corpus().map(({ one }) => one), ...seededTrials()];
}
