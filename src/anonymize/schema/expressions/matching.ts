/** Calls that match texts with patterns. */
import { ignoresCase } from './caseless.ts';
import { not } from './compare.ts';
import { groupsOf, isLike, matches, matchIn, regexOfSimilar, replaceIn } from './patterns.ts';
import type { Call } from './tree.ts';
import { type Scope, type SqlValue, textOf, unknown } from './values.ts';

/** LIKE and regular expressions. @returns undefined for another function */
export function matching(call: Call, values: readonly SqlValue[], scope: Scope): SqlValue | undefined {
  const texts = values.map((value) => textOf(value));
  const [value, pattern, third, fourth] = texts;
  if (!patternFunctions.has(call.name)) return undefined;
  if (value === undefined) return unknown;
  const flags = call.name === 'regexp_replace' ? (fourth ?? '') : (third ?? '');
  const caseless = ignoresCase(call.args.slice(0, 2), scope);
  const options = {
    ignoresCase: call.name.endsWith('*') || caseless || flags.includes('i'),
    flavour: scope.dialect ?? 'postgresql',
  } as const;
  if (call.name === 'similar_to_escape' || call.name === 'similar_escape')
    return regexOfSimilar(value, pattern ?? '\\') ?? unknown;
  if (call.name === 'like_escape') return unknown;
  if (pattern === undefined) return unknown;
  if (/^(like|ilike)$/.test(call.name)) return isLike(value, pattern, third ?? '\\', call.name === 'ilike' || caseless);
  if (/[^ig]/.test(flags) || values.length > 4) return call.name === 'substring' ? undefined : unknown;
  if (call.name === 'substring')
    return typeof values[1] === 'string' && values.length === 2 && scope.dialect !== 'mysql'
      ? matchIn(value, pattern, options)
      : undefined;
  if (call.name === 'regexp_replace')
    return third === undefined
      ? unknown
      : replaceIn(value, pattern, third, flags.includes('g') || scope.dialect === 'mysql', options);
  if (call.name === 'regexp_match') return groupsOf(value, pattern, options);
  if (call.name === 'regexp_substr') return values.length === 2 ? matchIn(value, pattern, options) : unknown;
  const result = matches(value, pattern, options);
  return call.name.startsWith('!') ? not(result) : result;
}

const patternFunctions = new Set(
  'like ilike ~ ~* !~ !~* regexp regexp_like regexp_replace regexp_match regexp_substr substring similar_to_escape similar_escape like_escape'.split(
    ' ',
  ),
);
