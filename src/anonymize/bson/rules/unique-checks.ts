/** Whether a rule keeps the values of a unique field different. */
import type { RuleKind } from '../../rules/file/rule.ts';
import { bareName } from '../fields/field-path.ts';
import type { Field } from '../fields/field-tree.ts';
import type { UniqueIndex } from '../fields/metadata.ts';

const keepsDistinct: ReadonlySet<RuleKind> = new Set<RuleKind>(['keep', 'emails', 'hash', 'pseudonym']);
/** Digits of the shortest hash that keeps unique values distinct, and characters of the shortest pseudonym. */
const shortestHash = 16;
const shortestPseudonym = 13;

/** @returns what is wrong, without the field's name */
export function breaksUnique({ path, plan }: Field, uniques: readonly UniqueIndex[]): readonly string[] {
  const { rule, maxCharacters } = plan;
  const all = uniques.filter(({ paths }) => paths.includes(path));
  const index = all.find((one) => {
    if (keepsDistinct.has(rule.kind)) return false;
    // Dates that are shifted by the same number of days stay distinct.
    const by = rule.kind === 'shift-days' && rule.by !== undefined ? bareName(rule.by) : undefined;
    return by === undefined || !one.paths.includes(by);
  });
  if (index !== undefined)
    return [
      `must be unique (${index.name}), which ${rule.kind} would break: also null counts there; allowed: pseudonym, hash, emails, keep`,
    ];
  if (all.length === 0) return [];
  if (rule.kind === 'hash' && Math.min(rule.length ?? 64, maxCharacters) < shortestHash)
    return [`must be unique, for which a hash needs ${shortestHash} digits; allowed: a longer one, keep`];
  return rule.kind === 'pseudonym' && maxCharacters < shortestPseudonym
    ? [`must be unique, for which a pseudonym needs ${shortestPseudonym} characters; allowed: keep`]
    : [];
}
