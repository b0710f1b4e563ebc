/** Rules derived from the definitions alone: each kind of rule in turn, on every column that nothing binds. */
import { stringify } from 'yaml';
import type { WrittenRule } from '../../src/anonymize/rules/file/document.ts';
import { ruledName, type TriedColumn, type TriedTable } from './columns.ts';

/** Longer than every invented value. */
const roomForFakes = 60;
const roomForHashes = 16;

type RuleMaker = (column: TriedColumn) => WrittenRule | undefined;

const room = ({ length }: TriedColumn): number => length ?? Number.POSITIVE_INFINITY;
const nothing: RuleMaker = ({ nullable }) => (nullable ? 'null' : undefined);

const forText: readonly RuleMaker[] = [
  () => 'mask',
  (column) => (room(column) >= roomForFakes ? { fake: 'name' } : undefined),
  (column) => (room(column) >= roomForHashes ? 'hash' : undefined),
  () => 'emails',
  (column) => (room(column) >= roomForHashes ? 'pseudonym' : undefined),
  (column) => (room(column) >= roomForFakes ? { fake: 'address' } : undefined),
  (column) => (room(column) >= roomForHashes ? { fixed: 'fixed text' } : undefined),
  nothing,
  () => 'keep',
];

const makers: Readonly<Record<string, readonly RuleMaker[]>> = {
  text: forText,
  varchar: forText,
  bpchar: [() => 'mask', nothing],
  citext: forText,
  int2: [() => ({ noise: '10%' }), nothing],
  int4: [() => ({ noise: '10%' }), () => 'pseudonym', nothing],
  int8: [() => ({ noise: '20%' }), () => 'pseudonym'],
  numeric: [() => ({ noise: '10%' }), () => 'keep'],
  float8: [() => ({ noise: '10%' })],
  date: [() => ({ 'shift-days': 30 })],
  timestamp: [() => ({ 'shift-days': 30 })],
  timestamptz: [() => ({ 'shift-days': 30 })],
  uuid: [() => 'hash', () => 'pseudonym'],
  bool: [() => 'keep', nothing],
  json: [() => ({ json: { '$..name': 'mask', '$..email': 'emails' } }), () => 'emails'],
  jsonb: [() => ({ json: { '$..name': { fake: 'name' }, '$..id': 'hash' } }), nothing],
};

export function derivedRules(tables: readonly TriedTable[]): string {
  let turn = 0;
  const byTable: Record<string, { columns: Record<string, WrittenRule> }> = {};
  for (const { ruled, columns } of tables) {
    const rules: Record<string, WrittenRule> = {};
    for (const column of columns) {
      if (column.bound || column.special) continue;
      const able = (makers[column.base] ?? []).map((make) => make(column)).filter((rule) => rule !== undefined);
      if (able.length > 0) rules[ruledName(column.name)] = able[turn++ % able.length] as WrittenRule;
    }
    if (Object.keys(rules).length > 0) byTable[ruled] = { columns: rules };
  }
  // What other columns hold is not the question here.
  const leakCheck = { 'replaced-values': 'off', phones: 'off', ibans: 'off', cards: 'off' };
  return stringify({ version: 1, 'leak-check': leakCheck, tables: byTable });
}
