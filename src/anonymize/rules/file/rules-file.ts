/** The rules of a file in one form: names canonical, shares as numbers, old words replaced. */
import { canonicalName, canonicalQualified } from '../../format/names.ts';
import type { Allowance } from './allowance.ts';
import type { RulesDocument, WrittenAllowance, WrittenLeaf, WrittenRows, WrittenRule } from './document.ts';
import type { LeakAction, LeakKind } from './leak-kinds.ts';
import { wholePattern } from './pattern.ts';
import type { LeafRule, Rows, Rule } from './rule.ts';

export interface TableRules {
  /** The table's name as the file writes it, for errors. */
  readonly written: string;
  readonly rows: Rows;
  /** By canonical name. */
  readonly columns: ReadonlyMap<string, Rule>;
}

export interface RulesFile {
  readonly unknownColumns: 'emails' | 'fail';
  readonly leakActions: { readonly [Kind in LeakKind]?: LeakAction | undefined };
  /** Findings that do not count. */
  readonly leaksAllowed: readonly Allowance[];
  /** By canonical name. */
  readonly tables: ReadonlyMap<string, TableRules>;
}

export const noRules: RulesFile = { unknownColumns: 'emails', leakActions: {}, leaksAllowed: [], tables: new Map() };

export function rulesFile(document: RulesDocument): RulesFile {
  const { addresses, allow = [], ...actions } = document['leak-check'] ?? {};
  return {
    unknownColumns: document['unknown-columns'] === 'fail' ? 'fail' : 'emails',
    leakActions: addresses === undefined ? actions : { ...actions, emails: addresses },
    leaksAllowed: allow.map(allowanceOf),
    tables: new Map(
      Object.entries(document.tables).map(([written, { rows, columns }]) => [
        canonicalTable(written),
        {
          written,
          rows: rowsOf(rows),
          columns: new Map(Object.entries(columns ?? {}).map(([name, rule]) => [canonicalColumn(name), ruleOf(rule)])),
        },
      ]),
    ),
  };
}

function allowanceOf(written: WrittenAllowance): Allowance {
  if (typeof written === 'string') return { column: written, table: undefined, kind: undefined, pattern: undefined };
  const { column, table, kind, pattern } = written;
  return {
    column,
    table: table === undefined || /^\(.*\)$/.test(table) ? table : canonicalTable(table),
    kind,
    pattern: pattern === undefined ? undefined : wholePattern(pattern),
  };
}

/** A file needs no quotes where SQL does: `Users` is the column that SQL writes `"Users"`. */
function canonicalColumn(written: string): string {
  return /^".*"$/s.test(written) ? written : canonicalName(written);
}

/** Quotes are only needed for a name with a dot in it. */
function canonicalTable(written: string): string {
  return written.includes('"') ? canonicalQualified(written) : written.split('.').map(canonicalName).join('.');
}

function rowsOf(rows: WrittenRows | undefined): Rows {
  if (rows === undefined) return 'keep';
  return typeof rows === 'string' ? rows : { share: shareOf(rows.sample), by: columnOf(rows.by) };
}

function shareOf(percent: string): number {
  return Number.parseFloat(percent) / 100;
}

function columnOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : canonicalColumn(name);
}

export function ruleOf(rule: WrittenRule): Rule {
  if (rule !== null && typeof rule === 'object') {
    if ('shift-days' in rule) return { kind: 'shift-days', days: rule['shift-days'], by: columnOf(rule.by) };
    if ('noise' in rule) return { kind: 'noise', share: shareOf(rule.noise) };
    if ('json' in rule)
      return { kind: 'json', paths: Object.entries(rule.json).map(([path, leaf]) => [path, leafOf(leaf)]) };
  }
  return leafOf(rule);
}

function leafOf(rule: WrittenLeaf): LeafRule {
  // YAML's null is the rule "null".
  if (rule === null) return { kind: 'null' };
  if (typeof rule === 'string') {
    if (rule === 'addresses') return { kind: 'emails' };
    if (rule === 'mask') return { kind: 'mask', keepFirst: 0, keepLast: 0 };
    return rule === 'hash' ? { kind: 'hash', length: undefined } : { kind: rule };
  }
  if ('fixed' in rule) return { kind: 'fixed', text: String(rule.fixed) };
  if ('hash' in rule) return { kind: 'hash', length: rule.hash.length };
  if ('fake' in rule) return { kind: 'fake', fake: rule.fake };
  return { kind: 'mask', keepFirst: rule.mask['keep-first'] ?? 0, keepLast: rule.mask['keep-last'] ?? 0 };
}
