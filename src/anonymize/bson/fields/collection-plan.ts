/** What happens to the documents of one collection: the rules and the metadata, made ready for the stream. */
import { toNobody } from '../../emails/replacement.ts';
import { distinctForm, hasDomain } from '../../rules/addresses/form.ts';
import { defaultRule, type Rows, type Rule, ruleName } from '../../rules/file/rule.ts';
import type { RulesFile, TableRules } from '../../rules/file/rules-file.ts';
import { labels } from '../../rules/plan/plan.ts';
import { uniqueReplacement } from '../../rules/plan/unique-replacement.ts';
import type { Transform } from '../../rules/transforms/transform.ts';
import { lowerCase } from '../../schema/folding.ts';
import type { Collections } from './collections.ts';
import { bareName, type FieldStep, parseFieldPath } from './field-path.ts';
import { Field, type FieldPlan } from './field-tree.ts';
import { sameLength } from './same-length.ts';
import { fitting, type Kind, type Transforming } from './transforms.ts';

/** The rules of a collection; the name as the rules file writes it. */
export interface CollectionRules {
  readonly written: string;
  readonly rows: Rows;
  readonly fields: readonly (readonly [path: string, rule: Rule])[];
}

export interface PlanOptions {
  readonly rules: RulesFile;
  readonly collections: Collections;
  /** Secret bytes: the same key gives the same pseudonyms. */
  readonly key: Uint8Array;
}

/** Of a database's users: the name is in `_id`, behind that of the database. */
const usersCollection = /(^|\.)(\$admin\.)?system\.users$/;

/** Instead of a path that is none, until this is told: no name holds a zero. */
const nowhere: readonly FieldStep[] = [{ key: '\0' }];

export class CollectionPlan {
  /** `database.collection`. */
  readonly name: string;
  readonly rows: Rows;
  readonly rules: CollectionRules | undefined;
  readonly root: Field;
  /** For addresses in the names of fields. */
  readonly names: Field;
  /** Whether it holds users of the server, with their credentials. */
  readonly isUsers: boolean;

  constructor(name: string, options: PlanOptions) {
    this.name = name;
    this.isUsers = usersCollection.test(name);
    this.rules = rulesOf(name, options.rules);
    this.rows = this.rules?.rows ?? 'keep';
    const rules = this.rules?.fields ?? [];
    const plan = (path: string, rule: number): FieldPlan =>
      planField(path, rules[rule]?.[1] ?? defaultRule, name, options);
    this.root = new Field({ paths: rules.map(([path]) => parseFieldPath(path) ?? nowhere), plan });
    this.names = new Field({ paths: [], plan }, namesPath);
  }
}

function rulesOf(name: string, { tables }: RulesFile): CollectionRules | undefined {
  for (const rules of tables.values()) if (rules.written === name) return collectionRules(rules);
  return undefined;
}

export function collectionRules({ written, rows, columns }: TableRules): CollectionRules {
  return {
    written,
    rows: typeof rows === 'string' ? rows : { ...rows, by: rows.by === undefined ? undefined : bareName(rows.by) },
    fields: [...columns].map(([path, rule]) => [bareName(path), rule]),
  };
}

/** Names with at signs in them are keys, which must stay different. */
export const namesPath = '(names of fields)';

function planField(path: string, rule: Rule, name: string, { collections, key }: PlanOptions): FieldPlan {
  const distinct = distinctAt(path, name, collections);
  const limits = collections.get(name)?.limits.get(path);
  const maxCharacters = limits?.maxLength ?? Number.POSITIVE_INFINITY;
  // Where even nobody@example.com is too short, one of its own is longer.
  const own = distinct !== undefined || (limits?.minLength ?? 0) > 'nobody@example.com'.length || isReference(path);
  const form = distinctForm(maxCharacters);
  const replace = own ? uniqueReplacement(key, form, distinct?.ignoresCase ? lowerCase : undefined) : toNobody;
  const base = {
    name: path,
    maxCharacters,
    // The pieces of files in GridFS have the length that their file says.
    replace: /\.chunks$/.test(name) && path === 'data' ? sameLength(replace) : replace,
    rule,
    unique: (distinct?.indexes.length ?? 0) > 0,
    ...{ nested: undefined, nesting: 0, quick: true, holdsText: true, binary: false, generated: false },
    by: rule.kind === 'shift-days' && rule.by !== undefined ? bareName(rule.by) : undefined,
    replaced: !['keep', 'emails', 'shift-days', 'noise', 'json'].includes(rule.kind),
    hasDomain: !own || hasDomain(form),
    remembers: true,
  };
  const made = new Map<Kind, Transform>();
  const transform = (kind: Kind): Transform => {
    const known = made.get(kind) ?? fitting(rule as Transforming, kind, maxCharacters, key, replace);
    made.set(kind, known);
    return known;
  };
  if (rule.kind === 'keep') return { ...base, transform, label: 'keep', treatment: 'keep' };
  if (rule.kind === 'emails')
    return { ...base, transform, label: own ? labels.uniqueEmails : labels.emails, treatment: 'emails' };
  return { ...base, transform, label: ruleName(rule), treatment: transform('text') };
}

/** `$id` of a DBRef is the `_id` of a document elsewhere. */
function isReference(path: string): boolean {
  return /(^|\.)\$id(\.|$)/.test(path);
}

/** What makes a field, or one above it, distinct. */
function distinctAt(
  path: string,
  name: string,
  collections: Collections,
): { ignoresCase: boolean; indexes: readonly string[] } | undefined {
  const all = collections.distinct(name);
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const found = all.get(at);
    if (found !== undefined) return found;
  }
  const isUser = path === 'user' && usersCollection.test(name);
  return path === namesPath || isUser ? { ignoresCase: false, indexes: [] } : undefined;
}
