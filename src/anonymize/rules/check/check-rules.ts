/** Checks whether the dump allows its rules, and names every mistake at once. */
import { ConfigurationError } from '../../../runtime/errors.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import { type PartitionNode, partitionTree } from '../../schema/partitions.ts';
import type { RulesFile, TableRules } from '../file/rules-file.ts';
import { definitionsPart, isPart, namesPart } from '../plan/plan.ts';
import { checkColumn } from './column-checks.ts';
import { nearestNames } from './nearest-names.ts';
import { checkRows } from './row-checks.ts';

export interface Written {
  /** The partitions of a topmost table, as the result defines them. */
  readonly partitions: (root: string) => PartitionNode | undefined;
  /** What the definitions of the dump do not allow. */
  readonly problems: () => readonly string[];
}

/** @throws ConfigurationError */
export function checkRules(
  rules: RulesFile,
  catalogue: Catalogue,
  written: Written = { partitions: (root) => partitionTree(root, catalogue), problems: () => [] },
): void {
  const problems = [
    ...[...rules.tables].flatMap(([name, table]) => checkTable(name, table, rules.tables, catalogue, written)),
    ...(rules.unknownColumns === 'fail' ? columnsWithoutRule(rules.tables, catalogue) : []),
    ...unknownAllowed(rules, catalogue),
    ...written.problems(),
  ];
  if (problems.length === 0) return;
  const places = problems.length === 1 ? 'one place' : `${problems.length} places`;
  const hasRules = rules.tables.size > 0;
  throw new ConfigurationError({
    what: hasRules
      ? `the rules do not fit the dump in ${places}; nothing was written`
      : `the dump does not take what would be written in ${places}; nothing was written`,
    problems,
    fix: hasRules
      ? 'correct the rules file; `audit` proposes rules for the dump as it is'
      : 'give these columns a rule in a rules file',
  });
}

function checkTable(
  name: string,
  rules: TableRules,
  all: ReadonlyMap<string, TableRules>,
  catalogue: Catalogue,
  { partitions }: Written,
): string[] {
  const table = catalogue.table(name);
  if (table === undefined)
    return [
      `${rules.written}: the dump has no such table; allowed: ${nearestNames(
        rules.written,
        catalogue.tables().map((one) => one.name),
      )}`,
    ];
  const problems = checkRows(name, rules, all, catalogue);
  for (const [columnName, rule] of rules.columns) {
    const column = catalogue.column(name, columnName);
    const place = `${rules.written}.${columnName}`;
    const mistakes =
      column === undefined
        ? [`the table has no such column; allowed: ${table.columns.map((one) => one.name).join(', ')}`]
        : checkColumn({ rule, column, table: name, rules: all, catalogue, partitions });
    problems.push(...mistakes.map((problem) => `${place}: ${problem}`));
  }
  return problems;
}

function columnsWithoutRule(rules: ReadonlyMap<string, TableRules>, catalogue: Catalogue): string[] {
  return catalogue.tables().flatMap((table) => {
    const own = rules.get(table.name) ?? rules.get(catalogue.root(table.name));
    if (own?.rows === 'drop') return [];
    return table.columns
      .filter((column) => !column.generated && !own?.columns.has(column.name))
      .map(
        (column) =>
          `${table.name}.${column.name}: no rule names this column (unknown-columns: fail); allowed: any rule, for instance keep`,
      );
  });
}

/** What `leak-check: allow` names and the dump does not have: a typing error there would fail the run at its end. */
function unknownAllowed({ leaksAllowed }: RulesFile, catalogue: Catalogue): string[] {
  if (leaksAllowed.length === 0) return [];
  const known = catalogue.tables().flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`));
  const bare = (name: string): string => name.replaceAll('"', '').toLowerCase();
  return leaksAllowed.flatMap(({ column, table }) => {
    if (column !== undefined && !known.includes(column)) {
      const near = known.find((one) => bare(one) === bare(column));
      return `leak-check: allow: ${column} is not a column of the dump; allowed: ${near ?? 'SCHEMA.TABLE.COLUMN, as the findings name it'}`;
    }
    if (table === undefined || isPart(table) || catalogue.has(table)) return [];
    return `leak-check: allow: ${table} is not a table of the dump; allowed: ${nearestNames(
      table,
      catalogue.tables().map(({ name }) => name),
    )}, ${definitionsPart} or ${namesPart}`;
  });
}
