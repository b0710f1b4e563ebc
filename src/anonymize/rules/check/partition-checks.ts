/** Whether the partitions of a table take what a rule makes of the column that decides to which of them a row belongs. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { SqlValue } from '../../schema/expressions/values.ts';
import { isKeyOf, leavesOf, othersIn, type PartitionNode, takes } from '../../schema/partitions.ts';
import type { Column } from '../../schema/table.ts';
import type { Rule } from '../file/rule.ts';
import { widthsOf } from '../transforms/column-transform.ts';
import { bitsTaken } from '../transforms/integer-permutation.ts';
import { fittingNumbers } from './fitting-values.ts';

/** Texts from all parts of the alphabet, for rules whose results are not known beforehand. */
const anyTexts = [
  '',
  '0',
  '0000',
  '5',
  '9999',
  'A',
  'Alex Berg',
  'M',
  'Zoe',
  'a',
  'm',
  'x',
  'xxxx xxxx',
  'zz',
  '~',
  'é',
  '漢',
];
const digitsOfHash = 64;

/** Numbers that are tried, and how many of them the definitions must take: the way to a pseudonym that they take is long otherwise. */
const triedNumbers = 512;
const fewestTaken = 4;

/** Whether enough numbers pass what CHECKs and partitions ask of a pseudonym. @returns what is wrong, if anything is */
export function checkNumbers(rule: Rule, column: Column, table: string, catalogue: Catalogue): string | undefined {
  if (rule.kind !== 'pseudonym' || column.type.base !== 'integer') return undefined;
  const classes = fittingNumbers(catalogue, table, column.name);
  if (classes.length === 0) return undefined;
  const [bits = 63] = widthsOf(column.type);
  const taken = (['', '-'] as const).some((sign) => {
    const range = 2 ** bitsTaken(classes, sign, bits);
    const numbers = Array.from({ length: triedNumbers }, (_, index) =>
      Math.floor((range * (index + 0.5)) / triedNumbers),
    );
    return numbers.filter((number) => classes.every((test) => test(`${sign}${number}`))).length >= fewestTaken;
  });
  return taken
    ? undefined
    : 'its CHECKs or partitions take too few numbers for pseudonyms; allowed: keep, noise where it need not be unique, or a DEFAULT partition';
}

/** @param tree the partitions of the topmost table, as the result defines them. @returns what is wrong, if anything is */
export function checkPartitionKey(rule: Rule, column: Column, tree: PartitionNode | undefined): string | undefined {
  if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column.name)) return undefined;
  const root = tree.table.name;
  if (rule.kind === 'shift-days' && isBeyond(tree, column.name))
    return `only the server can compute to which partition of ${root} a date belongs; allowed: keep, or a DEFAULT partition`;
  const values = valuesOf(rule, column);
  const isTaken = (path: readonly PartitionNode[], value: SqlValue): boolean =>
    takes(tree, { column: column.name, value, others: othersIn(path, column.name), path }) === 'taken';
  const leaves = leavesOf(tree);
  if (values.every((value) => leaves.every((path) => isTaken(path, value)))) return undefined;
  return `${rule.kind} makes values for which ${root} has no partition; allowed: keep, ${rule.kind === 'fixed' ? 'another text, ' : ''}or a DEFAULT partition`;
}

/** Whether nobody can tell which partition takes a date, and not every date has one. */
function isBeyond(tree: PartitionNode, column: string): boolean {
  const taken = (value: SqlValue): boolean =>
    leavesOf(tree).every((path) => takes(tree, { column, value, others: othersIn(path, column), path }) === 'unknown');
  return taken('2020-01-01') && taken('2020-01-01 00:00:00');
}

/** Values that the rule may make: all of them, or the first and the last in every order. */
function valuesOf(rule: Rule, { type }: Column): readonly SqlValue[] {
  const isNumber = type.base === 'integer' || type.base === 'number';
  switch (rule.kind) {
    case 'null':
      return [null];
    case 'fixed':
      return [isNumber && rule.text.trim() !== '' ? Number(rule.text) : rule.text];
    case 'hash':
      return type.base === 'uuid'
        ? ['00000000-0000-8000-8000-000000000000', 'ffffffff-ffff-8fff-bfff-ffffffffffff']
        : ['0', '9', 'a', 'f'].map((digit) => digit.repeat(rule.length ?? type.maxCharacters ?? digitsOfHash));
    case 'pseudonym':
      if (type.base === 'uuid') return ['00000000-0000-8000-8000-000000000000', 'ffffffff-ffff-8fff-bfff-ffffffffffff'];
      return type.base === 'text' ? ['2', '7', 'a', 'z'].map((letter) => `p${letter.repeat(16)}`) : [];
    case 'mask':
    case 'fake':
    case 'json':
      return anyTexts;
    default:
      return [];
  }
}
