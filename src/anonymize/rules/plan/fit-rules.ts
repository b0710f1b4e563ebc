/**
 * Finds the tables that rules mean. A dump names schemas and databases or not, as it was made (`pg_dump shop`, `pg_dumpall`,
 * `mysqldump --databases shop`): the same rules fit all of them.
 */
import { nameParts } from '../../format/name-scope.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import type { Allowance } from '../file/allowance.ts';
import type { RulesFile, TableRules } from '../file/rules-file.ts';
import { isPart } from './plan.ts';

/** The rules under the names that the dump's tables have. A name that fits no table stays, and so does a table's alone that fits several. */
export function fitRules(rules: RulesFile, catalogue: Catalogue): RulesFile {
  if (catalogue.isEmpty) return rules;
  const fitted = new Map<string, TableRules>();
  // Rules that name a database come later: they count more than those for all that have the table.
  const given = [...rules.tables].toSorted(([one], [other]) => nameParts(one).length - nameParts(other).length);
  for (const [name, table] of given) {
    const names = tablesMeant(name, catalogue);
    // Two rules for one table are told as a mistake, unless one of them is for this database alone.
    for (const one of names)
      if (fitted.has(one) && nameParts(name).length < 3) fitted.set(name, table);
      else fitted.set(one, names.length === 1 ? table : { ...table, written: one });
  }
  return {
    ...rules,
    tables: fitted,
    leaksAllowed: rules.leaksAllowed.flatMap((one) => allowancesMeant(one, catalogue)),
  };
}

function allowancesMeant(allowance: Allowance, catalogue: Catalogue): readonly Allowance[] {
  const { column, table } = allowance;
  if (column !== undefined) return columnsMeant(column, catalogue).map((one) => ({ ...allowance, column: one }));
  if (table === undefined || isPart(table)) return [allowance];
  return tablesMeant(table, catalogue).map((one) => ({ ...allowance, table: one }));
}

function columnsMeant(place: string, catalogue: Catalogue): readonly string[] {
  const parts = nameParts(place);
  if (parts.length < 2) return [place];
  const column = parts.at(-1) as string;
  const tables = tablesMeant(parts.slice(0, -1).join('.'), catalogue);
  const having = tables.filter((table) => catalogue.column(table, column));
  return having.length === 0 ? [place] : having.map((table) => `${table}.${column}`);
}

/** @returns the name itself when it fits no table, or none of several more than the others */
function tablesMeant(name: string, catalogue: Catalogue): readonly string[] {
  const known = catalogue.table(name);
  if (known) return [known.name];
  const written = nameParts(name);
  const [own, schema, database] = written.toReversed();
  if (database !== undefined && database === catalogue.ownDatabase) return tablesMeant(`${schema}.${own}`, catalogue);
  const near = catalogue.tables().filter((table) => nameParts(table.name).at(-1) === own);
  if (schema !== undefined && database === undefined) {
    // In every database that has it.
    const ofSchema = near.filter((table) => nameParts(table.name).at(-2) === schema);
    if (ofSchema.length > 0) return ofSchema.map((table) => table.name);
    const unnamed = near.filter((table) => nameParts(table.name).length === 1);
    return unnamed.length === 1 && (catalogue.dialect.name === 'mysql' || schema === 'public')
      ? [own as string]
      : [name];
  }
  return written.length === 1 && near.length === 1 && near[0] ? [near[0].name] : [name];
}
