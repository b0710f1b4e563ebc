/**
 * Finds the tables that rules mean. A dump of MySQL names its databases or not, as it was made (`mysqldump --databases shop`, or
 * `mysqldump shop`): the same rules fit both.
 */
import type { Catalogue } from '../../schema/catalogue.ts';
import type { RulesFile, TableRules } from '../file/rules-file.ts';

/** The rules under the names that the dump's tables have. A name that fits several tables, or none, stays. */
export function fitRules(rules: RulesFile, catalogue: Catalogue): RulesFile {
  if (catalogue.dialect.name !== 'mysql') return rules;
  const tables = new Map<string, TableRules>();
  for (const [name, table] of rules.tables) tables.set(fitted(name, catalogue), table);
  return {
    ...rules,
    tables,
    leaksAllowed: rules.leaksAllowed.map((place) => fittedColumn(place, catalogue)),
  };
}

function fitted(name: string, catalogue: Catalogue): string {
  if (catalogue.table(name) !== undefined) return name;
  const [database, table] = partsOf(name);
  const meant = catalogue.tables().filter((one) => {
    const [other, own] = partsOf(one.name);
    return own === table && (database === '' || other === '');
  });
  return meant.length === 1 ? (meant[0]?.name ?? name) : name;
}

function fittedColumn(place: string, catalogue: Catalogue): string {
  const [table, column] = partsOf(place);
  return table === '' ? place : `${fitted(table, catalogue)}.${column}`;
}

/** What stands before the last dot outside of quotes, and what follows it. */
function partsOf(name: string): readonly [before: string, last: string] {
  const [last = name] = /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name) ?? [];
  return [name.slice(0, Math.max(0, name.length - last.length - 1)), last];
}
