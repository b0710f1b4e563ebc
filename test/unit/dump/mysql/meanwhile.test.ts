/** What comes, goes or is altered while MySQL is dumped is told, and not called bad. */
import { expect, test } from '@jest/globals';
import type { DumpFingerprint, HeldByDump, TableFingerprint } from '../../../../src/domain/dump.ts';
import { compareDatabases } from '../../../../src/dump/engines/mysql/compare/compare.ts';
import { heldBy } from '../../../../src/dump/engines/mysql/sql/archived.ts';

type Definitions = Readonly<Record<string, string>>;

interface Print {
  readonly definitions: Definitions;
  /** Names of tables of one row. */
  readonly tables?: readonly string[];
  readonly after?: Definitions;
  readonly held?: HeldByDump | undefined;
}

const rows = (names: readonly string[]): readonly TableFingerprint[] =>
  names.map((name) => ({ name, rows: '1', checksum: '1' }));

const print = ({ definitions, tables = [], after, held }: Print): DumpFingerprint => ({
  takenAt: '',
  seconds: 0,
  serverVersion: '',
  tables: rows(tables),
  sequences: {},
  extensions: {},
  objects: {},
  definitions,
  ...(after ? { after: { takenAt: '', tables: [], definitions: after } } : {}),
  ...(held ? { held } : {}),
});

const archive = (...ids: readonly string[]) => ({ definitions: new Map(ids.map((id) => [id, 'text'])) });
const still = { 'TABLE s.t': 'a' };

test('what came and went, so that the dump alone has it, is a note', () => {
  const source = print({ definitions: still, tables: ['s.t'] });
  const held = heldBy(archive('TABLE s.t', 'TABLE s.passing', 'TRIGGER s.passing'), source);
  const copied = { ...still, 'TABLE s.passing': 'b', 'TRIGGER s.passing': 'c' };
  const copy = print({ definitions: copied, tables: ['s.t', 's.passing'] });
  const { differences, notes } = compareDatabases({ ...source, ...(held ? { held } : {}) }, copy);
  expect(differences).toEqual([]);
  expect(notes).toEqual(['there only while the dump was made, and in it: TABLE s.passing, TRIGGER s.passing']);
  // Without the dump's word, it is something that the source never had.
  expect(compareDatabases(source, copy).differences.map(({ what }) => what)).toEqual([
    'table s.passing',
    'TABLE s.passing',
    'TRIGGER s.passing',
  ]);
});

test('a table that was dropped meanwhile may be in the dump or not', () => {
  const source = print({ definitions: { ...still, 'TABLE s.old': 'b' }, tables: ['s.t', 's.old'], after: still });
  const unread = print({ definitions: { ...still, 'TABLE s.old': 'b' }, tables: ['s.t'], after: still });
  for (const copy of [
    print({ definitions: still, tables: ['s.t'] }),
    print({ definitions: { ...still, 'TABLE s.old': 'b' }, tables: ['s.t', 's.old'] }),
  ])
    for (const one of [source, unread]) expect(compareDatabases(one, copy).differences).toEqual([]);
});

test('what was made anew meanwhile is compared only if it is the same', () => {
  const source = print({ definitions: still, after: { 'TABLE s.t': 'a, made anew' } });
  expect(compareDatabases(source, print({ definitions: { 'TABLE s.t': 'z' } }))).toMatchObject({
    differences: [],
    notes: ['changed while the dump ran, and not compared: TABLE s.t'],
  });
  expect(compareDatabases(source, print({ definitions: still }))).toMatchObject({ differences: [], notes: [] });
});

test('a view that both readings have and the dump lacks is a doubt; anything else that it lacks is bad', () => {
  const source = print({ definitions: { ...still, 'VIEW s.v': 'b', 'TRIGGER s.r': 'c' } });
  const held = heldBy(archive('TABLE s.t'), source);
  expect(held).toEqual({ tables: [], only: [], lacks: ['VIEW s.v'] });
  const { differences } = compareDatabases({ ...source, ...(held ? { held } : {}) }, print({ definitions: still }));
  expect(differences.map(({ what, doubt }) => [what, doubt !== undefined])).toEqual([
    ['VIEW s.v', true],
    ['TRIGGER s.r', false],
  ]);
  expect(heldBy(archive('TABLE s.t', 'VIEW s.v', 'TRIGGER s.r'), source)).toBeUndefined();
});
