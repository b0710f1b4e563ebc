/** Dates and numbers that the definitions compare with each other: a rule that moves one of them may break what they say. */
import type { Catalogue } from '../../schema/catalogue.ts';
import { columnsIn, type Expression, partsOf } from '../../schema/expressions/tree.ts';
import { unknown } from '../../schema/expressions/values.ts';
import { isKeyOf, partitionTree, takes } from '../../schema/partitions.ts';
import type { Column, Table } from '../../schema/table.ts';
import { checksOfTable } from '../addresses/check-expressions.ts';
import { defaultRule, type Rule } from '../file/rule.ts';
import type { TableRules } from '../file/rules-file.ts';
import { ownChecks } from './fitting-values.ts';
import { holdsWhenMoved } from './moved-together.ts';

/** Operators and functions that look at several values together. */
const comparing =
  /^(=|<>|<|>|<=|>=|-|\+|&&|@>|<@|is distinct|overlaps|age|(date|ts|tstz|int4|int8|num)range|greatest|least)$/;
const countsNulls = /^(num_nonnulls|num_nulls|is null)$/;

/** @returns what is wrong, if anything is */
export function checkCompared(
  rule: Rule,
  column: Column,
  table: string,
  rules: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string | undefined {
  if (rule.kind !== 'shift-days' && rule.kind !== 'noise') return undefined;
  const known = catalogue.table(table);
  if (known === undefined) return undefined;
  const own = (rules.get(table) ?? rules.get(catalogue.root(table)))?.columns;
  for (const { expression, what } of expressionsOf(known, catalogue))
    for (const [name, parts] of comparedWith(expression, column.name)) {
      const other = known.columns.find((one) => one.name === name);
      if (other === undefined || other.generated) continue;
      if (!moveTogether(rule, own?.get(name) ?? defaultRule, other)) return message(rule, name, what, catalogue, table);
      const moving = new Set([column.name, name]);
      if (!parts.every((part) => holdsWhenMoved(part, moving)))
        return `${what} compares parts of it with ${name}, which change when both move; allowed: keep for both`;
      // Where no partition takes a date, it moves by other days than the one that it is compared with.
      if ([column.name, name].some((one) => isBoundedKey(catalogue, table, one)))
        return `${what} compares it with ${name}, and ${catalogue.root(table)} has no partition for every date; allowed: keep for both, or a DEFAULT partition`;
    }
  return undefined;
}

/** Days of several weekdays, months and years. */
const someDays = ['1930-02-01', '1999-12-31', '2020-02-29', '2024-06-15', '2026-07-13', '2051-03-31'];

/** Whether a CHECK asks of dates what only the server can compute. @returns what is wrong, if anything is */
export function checkMoved(rule: Rule, column: Column, table: string, catalogue: Catalogue): string | undefined {
  if (rule.kind !== 'shift-days') return undefined;
  const time = column.type.base === 'timestamp' ? ' 12:00:00' : '';
  const beyond = ownChecks(catalogue, table, column).find(({ truth }) =>
    someDays.some((day) => truth(`${day}${time}`) === unknown),
  );
  return (
    beyond &&
    `${beyond.what} may refuse a date that moved, which only the server can compute; allowed: keep${column.notNull ? '' : ', "null"'}, fixed with a date that it takes`
  );
}

function moveTogether(rule: Rule, other: Rule, { type }: Column): boolean {
  if (rule.kind !== 'shift-days' || other.kind !== 'shift-days') return false;
  const isDate = type.base === 'date' || type.base === 'timestamp';
  return isDate && rule.by !== undefined && rule.by === other.by && rule.days === other.days;
}

function message(rule: Rule, other: string, what: string, catalogue: Catalogue, table: string): string {
  if (rule.kind !== 'shift-days')
    return `${what} compares it with ${other}, which ${rule.kind} may break; allowed: keep`;
  const by = rule.by ?? catalogue.primaryColumn(table) ?? 'COLUMN';
  return `${what} compares it with ${other}: both must move by the same number of days; allowed: { shift-days: ${rule.days}, by: ${by} } for both, keep for both`;
}

/** Whether the column decides to which partition a row belongs, and not every value has one. */
function isBoundedKey(catalogue: Catalogue, table: string, column: string): boolean {
  const tree = partitionTree(catalogue.root(table), catalogue);
  if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column)) return false;
  return takes(tree, { column, value: unknown, others: () => unknown, path: [] }) !== 'taken';
}

interface Named {
  readonly expression: Expression;
  readonly what: string;
}

/** CHECKs, generated columns, and what must be unique or must not overlap. */
function expressionsOf(table: Table, catalogue: Catalogue): readonly Named[] {
  return [
    ...checksOfTable(table, catalogue).filter(({ isLax }) => !isLax),
    ...table.columns
      .filter(({ generatedAs = '' }) => /range\s*\(/i.test(generatedAs))
      .map(({ name, generatedAs = '' }) => ({
        expression: catalogue.expression(generatedAs),
        what: `the generated column ${name}`,
      })),
    ...table.uniques.flatMap(({ parts = [], name, kind }) =>
      parts
        .filter((part) => /range\s*\(/i.test(part))
        .map((part) => ({
          expression: catalogue.expression(part.replace(/\s+with\s+\S+\s*$/i, '')),
          what: `${name || kind} (${part})`,
        })),
    ),
  ];
}

/** The other columns that are compared with this one, with the comparisons. */
function comparedWith(expression: Expression, column: string): ReadonlyMap<string, readonly Expression[]> {
  const found = new Map<string, readonly Expression[]>();
  const visit = (part: Expression): void => {
    const isCall = part.kind === 'call';
    if (isCall && countsNulls.test(part.name)) return;
    const names = columnsIn(part);
    if (!names.has(column)) return;
    if ((isCall && comparing.test(part.name)) || part.kind === 'unknown')
      for (const name of namesIn(part)) if (name !== column) found.set(name, [...(found.get(name) ?? []), part]);
    if (isCall || part.kind === 'cast') for (const inner of partsOf(part)) visit(inner);
  };
  visit(expression);
  return found;
}

/** The columns of an expression but those of which it only says whether they are NULL. */
function namesIn(part: Expression): readonly string[] {
  if (part.kind === 'call' && countsNulls.test(part.name)) return [];
  if (part.kind === 'call' || part.kind === 'cast') return partsOf(part).flatMap(namesIn);
  return [...columnsIn(part)];
}
