/** What rules say, in one form, however the rules file writes them. */

export const fakes = ['name', 'first-name', 'last-name', 'phone', 'address', 'street', 'city', 'company'] as const;
export type Fake = (typeof fakes)[number];

/** A rule that also works on a value inside JSON. */
export type LeafRule =
  | { readonly kind: 'keep' }
  | { readonly kind: 'emails' }
  | { readonly kind: 'null' }
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'mask'; readonly keepFirst: number; readonly keepLast: number }
  /** Without a length: as many digits as the column takes, up to 64. */
  | { readonly kind: 'hash'; readonly length: number | undefined }
  | { readonly kind: 'pseudonym' }
  | { readonly kind: 'fake'; readonly fake: Fake };

export type Rule =
  | LeafRule
  /** `by`: rows with the same value in this column are shifted by the same number of days. */
  | { readonly kind: 'shift-days'; readonly days: number; readonly by: string | undefined }
  /** `share`: 0.1 for 10 %. */
  | { readonly kind: 'noise'; readonly share: number }
  | { readonly kind: 'json'; readonly paths: readonly (readonly [path: string, rule: LeafRule])[] };

export type RuleKind = Rule['kind'];

/** The rows of a table that stay. `by`: rows with the same value in this column stay or go together. */
export type Rows = 'keep' | 'drop' | { readonly share: number; readonly by: string | undefined };

/** The rule of a column that no rule names. */
export const defaultRule: Rule = { kind: 'emails' };

/** The name under which reports count a rule: `mask`, `fake phone`. */
export function ruleName(rule: Rule): string {
  return rule.kind === 'fake' ? `fake ${rule.fake}` : rule.kind;
}

export function sameRule(one: Rule, other: Rule): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
