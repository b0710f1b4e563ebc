/** Whether a column allows its rule. Each check says what is wrong and what is allowed instead. */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { PartitionNode } from '../../schema/partitions.ts';
import type { Column, Unique } from '../../schema/table.ts';
import type { TypeClass } from '../../schema/types.ts';
import { defaultRule, type Rule, type RuleKind, sameRule } from '../file/rule.ts';
import type { TableRules } from '../file/rules-file.ts';
import { longestFake } from '../transforms/fakes.ts';
import { parsePath } from '../transforms/json-path.ts';
import { checkCompared, checkMoved } from './compared-values.ts';
import { checkFixed } from './fixed-value.ts';
import { checkNumbers, checkPartitionKey } from './partition-checks.ts';

export interface ColumnCase {
  readonly rule: Rule;
  readonly column: Column;
  /** Canonical name of the column's table. */
  readonly table: string;
  /** All rules, by canonical name of the table. */
  readonly rules: ReadonlyMap<string, TableRules>;
  readonly catalogue: Catalogue;
  /** The partitions of a topmost table, as the result defines them. */
  readonly partitions: (root: string) => PartitionNode | undefined;
}

/** @returns what is wrong, if anything is */
type ColumnCheck = (checked: ColumnCase) => string | undefined;

/** Rules that turn equal values into equal ones, and different values into different ones. */
const keepsDistinct: ReadonlySet<RuleKind> = new Set<RuleKind>(['keep', 'emails', 'hash', 'pseudonym']);

/** The classes of types that a rule is for; other rules are for any type. */
const typesOf: Readonly<Partial<Record<RuleKind, readonly TypeClass[]>>> = {
  mask: ['text'],
  hash: ['text', 'uuid', 'bytes'],
  pseudonym: ['text', 'uuid', 'integer'],
  fake: ['text'],
  'shift-days': ['date', 'timestamp'],
  noise: ['integer', 'number'],
  json: ['json'],
};

/** Digits of the shortest hash, and of the shortest that keeps unique values distinct. */
const shortestHash = 8;
const shortestUniqueHash = 16;
const longestHash = 64;
/** Characters of the shortest pseudonym, and of the shortest that keeps unique values distinct. */
const shortestPseudonym = 8;
const shortestUniquePseudonym = 13;

/** @returns every mistake, without the column's name */
export function checkColumn(checked: ColumnCase): readonly string[] {
  const { rule, column } = checked;
  if (rule.kind === 'keep') return [];
  if (column.generated)
    return [
      'the column is generated, so its values are not in the dump; allowed: keep, or rules for the columns in its expression',
    ];
  // Replacing addresses suits every column: where they must stay distinct, each gets an address of its own.
  if (rule.kind === 'emails') return [];
  return columnChecks.flatMap((check) => check(checked) ?? []);
}

const allowsNull: ColumnCheck = ({ rule, column }) =>
  rule.kind === 'null' && column.notNull ? 'the column is NOT NULL; allowed: any rule but null' : undefined;

const isForType: ColumnCheck = (checked) => {
  const { rule, column } = checked;
  const { type } = column;
  const types = typesOf[rule.kind];
  if (types === undefined) return undefined;
  if (isSingle(column) && types.includes(type.base)) return undefined;
  return `${rule.kind} is not for the type ${type.written}; allowed: ${rule.kind} for ${types.join(', ')}; ${allowedHere(checked, 'null', 'fixed', 'keep')} or emails here`;
};

const allowsManyNulls: ColumnCheck = (checked) => {
  const { rule, column, table, catalogue } = checked;
  if (rule.kind !== 'null') return undefined;
  const unique = catalogue.uniquesWith(table, column.name).find((one) => one.nullsNotDistinct);
  return (
    unique &&
    `must be unique, NULL too (${nameOf(unique)}); allowed: ${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'keep')}`
  );
};

const fixedFits: ColumnCheck = ({ rule, column, catalogue }) =>
  rule.kind === 'fixed' ? checkFixed(rule.text, column.type, catalogue.dialect.name) : undefined;

const hasRoom: ColumnCheck = (checked) => {
  const { rule, column } = checked;
  const { type } = column;
  const shortest = shortestValue(rule);
  if (type.maxCharacters === undefined || type.maxCharacters >= shortest) return undefined;
  return `${rule.kind} needs ${shortest} characters, the column takes ${type.maxCharacters}; allowed: ${allowedHere(checked, 'null', 'fixed', 'mask', 'pseudonym', 'hash') || 'keep'}`;
};

function shortestValue(rule: Rule): number {
  if (rule.kind === 'hash') return shortestHash;
  if (rule.kind === 'pseudonym') return shortestPseudonym;
  return rule.kind === 'fake' ? longestFake(rule.fake) : 0;
}

const hashFits: ColumnCheck = ({ rule, column: { type } }) => {
  if (rule.kind !== 'hash' || rule.length === undefined || rule.length <= (type.maxCharacters ?? longestHash))
    return undefined;
  return `a hash of ${rule.length} characters does not fit ${type.written}; allowed: at most ${type.maxCharacters}`;
};

const pathsParse: ColumnCheck = ({ rule }) => {
  if (rule.kind !== 'json') return undefined;
  const wrong = rule.paths.map(([path]) => path).filter((path) => parsePath(path) === undefined);
  if (wrong.length === 0) return undefined;
  const listed = wrong.map((path) => `"${path}"`).join(', ');
  return `${listed} ${wrong.length === 1 ? 'is not a path' : 'are not paths'}; allowed: paths such as $.email, $.list[*].name or $..phone`;
};

const byExists: ColumnCheck = ({ rule, table, catalogue }) => {
  if (rule.kind !== 'shift-days' || rule.by === undefined || catalogue.column(table, rule.by)) return undefined;
  return `by: the table has no column ${rule.by}; allowed: a column of the table`;
};

const hashStaysUnique: ColumnCheck = ({ rule, column, table, catalogue }) => {
  if (rule.kind !== 'hash' || catalogue.uniquesWith(table, column.name).length === 0) return undefined;
  const digits = Math.min(rule.length ?? longestHash, column.type.maxCharacters ?? longestHash);
  if (digits >= shortestUniqueHash) return undefined;
  return `must be unique, for which a hash needs ${shortestUniqueHash} digits; allowed: a longer one, keep`;
};

const pseudonymStaysUnique: ColumnCheck = (checked) => {
  const { rule, column, table, catalogue } = checked;
  const { name, type } = column;
  if (rule.kind !== 'pseudonym' || type.base !== 'text' || catalogue.uniquesWith(table, name).length === 0)
    return undefined;
  if ((type.maxCharacters ?? Number.POSITIVE_INFINITY) >= shortestUniquePseudonym) return undefined;
  return `must be unique, for which a pseudonym needs ${shortestUniquePseudonym} characters; allowed: ${allowedHere(checked, 'null', 'keep')}`;
};

const staysUniqueTogether: ColumnCheck = (checked) => {
  const { rule, column, table, catalogue } = checked;
  if (keepsDistinct.has(rule.kind) || rule.kind === 'null') return undefined;
  const by = rule.kind === 'shift-days' ? rule.by : undefined;
  const unique = catalogue
    .uniquesWith(table, column.name)
    // Dates that are shifted by the same number of days stay distinct.
    .find((one) => one.columns.length > 1 && !(by !== undefined && one.columns.includes(by)));
  if (unique === undefined) return undefined;
  const shiftBy = rule.kind === 'shift-days' ? 'shift-days with by: one of the others, ' : '';
  return `must be unique together with other columns (${nameOf(unique)}), which ${rule.kind} may break; allowed: ${shiftBy}${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'null', 'keep')}`;
};

const staysUniqueAlone: ColumnCheck = (checked) => {
  const { rule, column, table, catalogue } = checked;
  if (keepsDistinct.has(rule.kind) || rule.kind === 'null') return undefined;
  const unique = catalogue.uniquesWith(table, column.name).find((one) => one.columns.length === 1);
  return (
    unique &&
    `must be unique (${nameOf(unique)}), which ${rule.kind} would break; allowed: ${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'keep')}`
  );
};

/** Columns that foreign keys link must change alike, or not at all. */
const linkedColumnsAgree: ColumnCheck = ({ rule, column, table, rules, catalogue }) => {
  const others = catalogue
    .referringColumns(table, column.name)
    .filter((one) => catalogue.root(one.table) !== catalogue.root(table) || one.column !== column.name);
  if (others.length === 0 || rule.kind === 'null') return undefined;
  const agree = others.every((one) => {
    const other = (rules.get(one.table) ?? rules.get(catalogue.root(one.table)))?.columns.get(one.column);
    return sameRule(other ?? defaultRule, rule) || other?.kind === 'null';
  });
  if (agree && keepsDistinct.has(rule.kind)) return undefined;
  const names = others.map((one) => `${one.table}.${one.column}`).join(', ');
  return `foreign keys link it to ${names}; allowed: the same rule for all of them, pseudonym or hash`;
};

/** Those of the rules that the column takes: advice that the next run would refuse helps nobody. */
function allowedHere({ column, table, catalogue }: ColumnCase, ...rules: readonly RuleKind[]): string {
  const uniques = catalogue.uniquesWith(table, column.name);
  const room = column.type.maxCharacters ?? Number.POSITIVE_INFINITY;
  const suits = (kind: RuleKind): boolean =>
    typesOf[kind] === undefined || (isSingle(column) && typesOf[kind].includes(column.type.base));
  const takes = (kind: RuleKind): boolean => {
    if (kind === 'null') return !column.notNull && !uniques.some((unique) => unique.nullsNotDistinct);
    if (kind === 'fixed' || kind === 'mask') return uniques.length === 0 && suits(kind);
    if (kind === 'hash') return suits(kind) && room >= (uniques.length > 0 ? shortestUniqueHash : shortestHash);
    if (kind === 'pseudonym')
      return suits(kind) && room >= (uniques.length > 0 ? shortestUniquePseudonym : shortestPseudonym);
    return true;
  };
  return rules.filter(takes).join(', ');
}

/** Whether a value is one text, number or date, and none of a list of labels. */
function isSingle({ type }: Column): boolean {
  return !type.array && type.composite === undefined && type.enumeration === undefined;
}

const partitionTakes: ColumnCheck = ({ rule, column, table, catalogue, partitions }) =>
  checkPartitionKey(rule, column, partitions(catalogue.root(table))) ?? checkNumbers(rule, column, table, catalogue);

const movesTogether: ColumnCheck = ({ rule, column, table, rules, catalogue }) =>
  checkCompared(rule, column, table, rules, catalogue) ?? checkMoved(rule, column, table, catalogue);

const columnChecks: readonly ColumnCheck[] = [
  allowsNull,
  isForType,
  allowsManyNulls,
  fixedFits,
  hasRoom,
  hashFits,
  pathsParse,
  byExists,
  hashStaysUnique,
  pseudonymStaysUnique,
  staysUniqueTogether,
  staysUniqueAlone,
  linkedColumnsAgree,
  partitionTakes,
  movesTogether,
];

function nameOf(unique: Unique): string {
  return unique.name || unique.kind;
}
