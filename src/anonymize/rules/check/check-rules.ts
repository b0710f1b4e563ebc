/** Whether a dump allows its rules: every mistake at once. */

import { ConfigurationError } from '../../../runtime/errors.ts';
import type { Catalogue, Column } from '../../schema/catalogue.ts';
import type { TableRules } from '../file/canonical-rules.ts';
import type { Rule, RulesFile } from '../file/rules-file.ts';
import { primaryColumn, ruleName } from '../plan/make-plan.ts';
import { longestFake } from '../transforms/fakes.ts';
import { parsePath } from '../transforms/json.ts';

/** Rules that give equal values for equal values and others for others. */
const keepsUnique = new Set(['keep', 'addresses', 'hash', 'pseudonym']);
/** Rules that make many values alike. */
const makesEqual = new Set(['fixed', 'mask', 'fake', 'noise', 'json', 'shift-days']);
const forTypes: Readonly<Record<string, readonly string[]>> = {
  mask: ['text'],
  hash: ['text', 'uuid', 'bytes'],
  pseudonym: ['text', 'uuid', 'integer'],
  fake: ['text'],
  'shift-days': ['date', 'timestamp'],
  noise: ['integer', 'number'],
  json: ['json'],
};

/** @throws ConfigurationError */
export function checkRules(file: RulesFile, rules: ReadonlyMap<string, TableRules>, catalogue: Catalogue): void {
  const problems: string[] = [];
  for (const [name, table] of rules) problems.push(...checkTable(name, table, rules, catalogue));
  if (file['unknown-columns'] === 'fail') problems.push(...unknownColumns(rules, catalogue));
  problems.push(...unknownAllowed(file, catalogue));
  if (problems.length > 0) {
    throw new ConfigurationError({
      what: `the rules do not fit the dump in ${problems.length === 1 ? 'one place' : `${problems.length} places`}; nothing was written`,
      problems,
      fix: 'correct the rules file; `audit` proposes rules for the dump as it is',
    });
  }
}

function checkTable(
  name: string,
  rules: TableRules,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string[] {
  const table = catalogue.table(name);
  if (table === undefined) {
    const near = catalogue.tables().filter((one) => one.name.endsWith(`.${name.split('.').at(-1)}`));
    const known = (near.length > 0 ? near : catalogue.tables()).slice(0, 10).map((one) => one.name);
    return [
      `${rules.written}: the dump has no such table; allowed: ${known.join(', ')}${near.length === 0 && catalogue.tables().length > 10 ? ', …' : ''}`,
    ];
  }
  const problems = checkRows(name, rules, all, catalogue);
  for (const [columnName, rule] of rules.columns) {
    const column = table.columns.find((one) => one.name === columnName);
    const place = `${rules.written}.${columnName}`;
    if (column === undefined)
      problems.push(
        `${place}: the table has no such column; allowed: ${table.columns.map((one) => one.name).join(', ')}`,
      );
    else problems.push(...checkColumn(place, name, column, rule, all, catalogue));
  }
  return problems;
}

function checkColumn(
  place: string,
  table: string,
  column: Column,
  rule: Rule,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string[] {
  const problems: string[] = [];
  const name = ruleName(rule).split(' ')[0] ?? '';
  if (name === 'keep') return problems;
  const { type } = column;
  if (column.generated)
    return [
      `${place}: the column is generated, its values are not in the dump; allowed: keep, or rules for the columns it is made of`,
    ];
  if (name === 'addresses') return problems;
  if (name === 'null' && column.notNull) problems.push(`${place}: the column is NOT NULL; allowed: any rule but null`);
  const types = forTypes[name];
  if (
    types !== undefined &&
    (type.array || type.composite !== undefined || type.enumeration !== undefined || !types.includes(type.base))
  )
    problems.push(
      `${place}: ${name} is not for the type ${type.written}; allowed: ${name} for ${types.join(', ')}; null, fixed, keep or addresses here`,
    );
  const alike = catalogue.uniques(table).find((one) => one.nullsAlike && one.columns.includes(column.name));
  if (name === 'null' && alike)
    problems.push(
      `${place}: must be unique, NULL too (${alike.name || alike.kind}); allowed: pseudonym, hash, addresses, keep`,
    );
  problems.push(...checkFixed(place, column, rule));
  const shortest = name === 'hash' ? 8 : name === 'pseudonym' ? 8 : fakeOf(rule);
  if (type.maxCharacters !== undefined && type.maxCharacters < shortest)
    problems.push(
      `${place}: ${name} needs ${shortest} characters, the column takes ${type.maxCharacters}; allowed: null, fixed, mask`,
    );
  if (rule !== null && typeof rule === 'object' && 'hash' in rule && rule.hash.length > (type.maxCharacters ?? 64))
    problems.push(
      `${place}: a hash of ${rule.hash.length} characters does not fit ${type.written}; allowed: at most ${type.maxCharacters}`,
    );
  if (rule !== null && typeof rule === 'object' && 'json' in rule)
    for (const path of Object.keys(rule.json))
      if (parsePath(path) === undefined)
        problems.push(`${place}: "${path}" is no path; allowed: paths such as $.email, $.list[*].name or $..phone`);
  if (rule !== null && typeof rule === 'object' && 'shift-days' in rule && rule.by !== undefined)
    if (!catalogue.table(table)?.columns.some((one) => one.name === rule.by))
      problems.push(`${place}: goes by ${rule.by}, which is no column of the table; allowed: a column of the table`);
  const uniques = catalogue.uniques(table).filter((one) => one.columns.includes(column.name));
  const digits = rule !== null && typeof rule === 'object' && 'hash' in rule ? rule.hash.length : 64;
  if (uniques.length > 0 && name === 'hash' && Math.min(digits, type.maxCharacters ?? 64) < 16)
    problems.push(`${place}: must be unique, for which a hash needs 16 digits; allowed: a longer one, keep`);
  if (uniques.length > 0 && name === 'pseudonym' && type.base === 'text' && (type.maxCharacters ?? 64) < 13)
    problems.push(`${place}: must be unique, for which a pseudonym needs 13 characters; allowed: null, keep`);
  // Dates that are moved by the same stay apart.
  const by = rule !== null && typeof rule === 'object' && 'shift-days' in rule ? rule.by : undefined;
  const together = uniques.find((one) => one.columns.length > 1 && !(by !== undefined && one.columns.includes(by)));
  if (together && makesEqual.has(name))
    problems.push(
      `${place}: must be unique together with other columns (${together.name || together.kind}), which ${name} may break; allowed: ${name === 'shift-days' ? 'shift-days with by: one of the others, ' : ''}pseudonym, hash, addresses, null, keep`,
    );
  if (!keepsUnique.has(name)) {
    const unique = catalogue.uniques(table).find((one) => one.columns.length === 1 && one.columns[0] === column.name);
    if (unique && name !== 'null')
      problems.push(
        `${place}: must be unique (${unique.name || unique.kind}), which ${name} would break; allowed: pseudonym, hash, addresses, keep`,
      );
  }
  problems.push(...checkBound(place, table, column, rule, all, catalogue));
  return problems;
}

function fakeOf(rule: Rule): number {
  return rule !== null && typeof rule === 'object' && 'fake' in rule ? longestFake(rule.fake) : 0;
}

function checkFixed(place: string, column: Column, rule: Rule): string[] {
  if (rule === null || typeof rule !== 'object' || !('fixed' in rule)) return [];
  const text = String(rule.fixed);
  const { type } = column;
  if (type.maxCharacters !== undefined && [...text].length > type.maxCharacters)
    return [`${place}: "${text}" is longer than ${type.written}; allowed: at most ${type.maxCharacters} characters`];
  if (type.enumeration !== undefined && !type.array && !type.enumeration.includes(text))
    return [`${place}: "${text}" is not of ${type.written}; allowed: ${type.enumeration.join(', ')}`];
  if (type.array) return [];
  const forms: Readonly<Record<string, RegExp>> = {
    integer: /^-?\d+$/,
    number: /^-?\d+(\.\d+)?$/,
    boolean: /^(true|false|t|f)$/,
    date: /^\d{4}-\d\d-\d\d$/,
    timestamp: /^\d{4}-\d\d-\d\d/,
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    bytes: /^\\x([0-9a-f]{2})*$/i,
  };
  const form = forms[type.base];
  return form && !form.test(text)
    ? [`${place}: "${text}" is no value of ${type.written}; allowed: one that the type takes`]
    : [];
}

/** What foreign keys bind together must change alike, or not at all. */
function checkBound(
  place: string,
  table: string,
  column: Column,
  rule: Rule,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string[] {
  const name = ruleName(rule).split(' ')[0] ?? '';
  const others = catalogue
    .bound(table, column.name)
    .filter((one) => catalogue.root(one.table) !== catalogue.root(table) || one.column !== column.name);
  if (others.length === 0 || name === 'null') return [];
  const unlike = others.filter((one) => {
    const other = (all.get(one.table) ?? all.get(catalogue.root(one.table)))?.columns.get(one.column) ?? 'addresses';
    return JSON.stringify(other) !== JSON.stringify(rule) && ruleName(other) !== 'null';
  });
  if (unlike.length === 0 && keepsUnique.has(name)) return [];
  const shown = others.map((one) => `${one.table}.${one.column}`).join(', ');
  return [`${place}: foreign keys bind it to ${shown}; allowed: the same rule for all of them, pseudonym or hash`];
}

function checkRows(
  name: string,
  rules: TableRules,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
): string[] {
  if (rules.rows === undefined || rules.rows === 'keep') return [];
  const problems: string[] = [];
  const { rows } = rules;
  const by = typeof rows === 'object' ? (rows.by ?? primaryColumn(catalogue, name)) : undefined;
  if (typeof rows === 'object') {
    if (by === undefined)
      problems.push(
        `${rules.written}: a sample needs a column to go by, since the table has no primary key of one column; allowed: by: COLUMN`,
      );
    else if (!catalogue.table(name)?.columns.some((one) => one.name === by))
      problems.push(`${rules.written}: is sampled by ${by}, which is no column of it; allowed: a column of the table`);
  }
  for (const table of catalogue.tables()) {
    for (const key of table.foreignKeys.filter((one) => one.references === name)) {
      if (table.name === name && rows === 'drop') continue;
      const other = all.get(table.name)?.rows;
      const follows =
        other === 'drop' ||
        key.columns.some((column) => isNull(all.get(table.name)?.columns.get(column))) ||
        (typeof other === 'object' &&
          typeof rows === 'object' &&
          other.sample === rows.sample &&
          key.columns.length === 1 &&
          other.by === key.columns[0] &&
          by === (key.referenced[0] ?? primaryColumn(catalogue, name)));
      if (!follows)
        problems.push(
          `${rules.written}: rows of ${table.name} refer to rows that are left out (${key.name || key.columns.join(', ')}); allowed: ${table.name === name ? '' : `rows: drop there, the same sample by: ${key.columns[0]}, or `}null for ${key.columns.join(', ')}`,
        );
    }
  }
  return problems;
}

function isNull(rule: Rule | undefined): boolean {
  return rule === null || rule === 'null';
}

/** Columns that the leak check is to pass over, and that are not there: a slip of the pen would fail the run at its end. */
function unknownAllowed(file: RulesFile, catalogue: Catalogue): string[] {
  const wanted = file['leak-check']?.allow ?? [];
  if (wanted.length === 0) return [];
  const known = catalogue.tables().flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`));
  const plain = (name: string): string => name.replaceAll('"', '').toLowerCase();
  return wanted
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = known.find((one) => plain(one) === plain(name));
      return `leak-check: allow: ${name} is no column of the dump; allowed: ${near ?? 'SCHEMA.TABLE.COLUMN as the findings name it'}`;
    });
}

function unknownColumns(rules: ReadonlyMap<string, TableRules>, catalogue: Catalogue): string[] {
  return catalogue.tables().flatMap((table) => {
    const own = rules.get(table.name) ?? rules.get(catalogue.root(table.name));
    if (own?.rows === 'drop') return [];
    return table.columns
      .filter((column) => !column.generated && !own?.columns.has(column.name))
      .map(
        (column) =>
          `${table.name}.${column.name}: no rule names this column (unknown-columns: fail); allowed: a rule, be it keep`,
      );
  });
}
