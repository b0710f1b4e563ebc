/** The rules of a file by the canonical names of tables and columns, however the file writes them. */
import { canonicalName, canonicalQualified } from '../../format/names.ts';
import type { Rows, Rule, RulesFile } from './rules-file.ts';

export interface TableRules {
  /** As the file writes it, for errors. */
  readonly written: string;
  readonly rows: Rows | undefined;
  readonly columns: ReadonlyMap<string, Rule>;
}

/** `Users` in a rules file is the column that SQL writes `"Users"`: a file needs no quotes where a name has no dots. */
export function canonicalColumn(written: string): string {
  return /^".*"$/s.test(written) ? written : canonicalName(written);
}

export function canonicalTable(written: string): string {
  return written.includes('"') ? canonicalQualified(written) : written.split('.').map(canonicalName).join('.');
}

export function canonicalRules(file: RulesFile): ReadonlyMap<string, TableRules> {
  return new Map(
    Object.entries(file.tables).map(([written, { rows, columns }]) => [
      canonicalTable(written),
      {
        written,
        rows: typeof rows === 'object' && rows.by !== undefined ? { ...rows, by: canonicalColumn(rows.by) } : rows,
        columns: new Map(
          Object.entries(columns ?? {}).map(([name, rule]) => [canonicalColumn(name), byCanonical(rule)]),
        ),
      },
    ]),
  );
}

/** YAML's null is the rule "null", and never the absence of one. */
function byCanonical(rule: Rule): Rule {
  if (rule === null) return 'null';
  return rule !== null && typeof rule === 'object' && 'shift-days' in rule && rule.by !== undefined
    ? { ...rule, by: canonicalColumn(rule.by) }
    : rule;
}
