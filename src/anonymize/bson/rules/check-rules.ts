/** Checks whether a dump of MongoDB allows its rules, and names every mistake at once. */
import { ConfigurationError } from '../../../runtime/errors.ts';
import { nearestNames } from '../../rules/check/nearest-names.ts';
import type { RulesFile } from '../../rules/file/rules-file.ts';
import { isPart } from '../../rules/plan/plan.ts';
import { CollectionPlan, type CollectionRules, collectionRules, type PlanOptions } from '../fields/collection-plan.ts';
import { type Collections, databaseOf } from '../fields/collections.ts';
import { bareName, parseFieldPath } from '../fields/field-path.ts';
import type { Field } from '../fields/field-tree.ts';
import { breaksUnique } from './unique-checks.ts';
import { breaksValidator } from './validator-checks.ts';

/** @throws ConfigurationError */
export function checkRules(options: PlanOptions): void {
  const { rules, collections } = options;
  const problems = [
    ...[...rules.tables.values()].flatMap((table) => checkCollection(collectionRules(table), collections)),
    ...collections.names().flatMap((name) => checkFields(name, options)),
    ...unknownAllowed(rules, collections),
  ];
  if (problems.length === 0) return;
  const places = problems.length === 1 ? 'one place' : `${problems.length} places`;
  if (rules.tables.size === 0)
    throw new ConfigurationError({
      what: `addresses cannot be replaced without a rule in ${places}; nothing was written`,
      problems,
      fix: "give each of these fields a rule in a rules file (keep, where its addresses are nobody's), or leave its collection out with rows: drop; docs/anonymize.md says how",
    });
  throw new ConfigurationError({
    what: `the rules do not fit the dump in ${places}; nothing was written`,
    problems,
    fix: 'correct the rules file; docs/anonymize.md says how collections and fields are named',
  });
}

function checkCollection({ written, rows, fields }: CollectionRules, collections: Collections): string[] {
  const metadata = collections.get(written);
  if (metadata === undefined)
    return [`${written}: the dump has no such collection; allowed: ${nearestNames(written, collections.names())}`];
  if (metadata.isView)
    return [
      `${written}: it is a view, which holds no documents; allowed: rules for ${databaseOf(written)}.${metadata.viewOn ?? 'COLLECTION'}`,
    ];
  const by = typeof rows === 'string' ? [] : [rows.by ?? '_id'];
  const shifted = fields.flatMap(([, rule]) => (rule.kind === 'shift-days' ? (rule.by ?? []) : [])).map(bareName);
  return [
    ...fields
      .filter(([path]) => parseFieldPath(path) === undefined)
      .map(
        ([path]) =>
          `${written}: "${path}" is not a path; allowed: paths such as email, contact.emails[], list[].name or $..phone`,
      ),
    ...[...by, ...shifted]
      .filter((path) => /[[\]*]|\.\./.test(path))
      .map((path) => `${written}: by: "${path}" is not one field; allowed: a path such as owner.id, without arrays`),
  ];
}

/** Fields that an index or the validator names. */
function checkFields(name: string, options: PlanOptions): string[] {
  const metadata = options.collections.get(name);
  const plan = new CollectionPlan(name, options);
  if (metadata === undefined || metadata.isView || plan.rows === 'drop') return [];
  const at = (path: string): Field => path.split('.').reduce((field, one) => field.named(one), plan.root);
  const named = [...new Set(metadata.uniques.flatMap(({ paths }) => paths))];
  return [
    ...named.flatMap((path) =>
      breaksUnique(at(path), metadata.uniques).map((problem) => `${name}.${path}: ${problem}`),
    ),
    ...[...metadata.limits].flatMap(([path, limits]) => {
      const problem = breaksValidator(at(path).plan, limits);
      return problem === undefined ? [] : `${name}.${path}: ${problem}`;
    }),
  ];
}

/** Fields under `leak-check: allow` of collections that do not exist: a typing error there would fail the run at its end. */
function unknownAllowed({ leaksAllowed }: RulesFile, collections: Collections): string[] {
  const names = collections.names();
  return leaksAllowed.flatMap(({ column, table }) => {
    if (column !== undefined && !names.some((one) => column.startsWith(`${one}.`)))
      return `leak-check: allow: ${column} is not a field of a collection in the dump; allowed: DATABASE.COLLECTION.FIELD, as the findings name it`;
    if (table === undefined || isPart(table) || names.includes(table)) return [];
    return `leak-check: allow: ${table} is not a collection of the dump; allowed: DATABASE.COLLECTION, as the findings name it`;
  });
}
