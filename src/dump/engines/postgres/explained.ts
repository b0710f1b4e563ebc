/** Tells what a restore had to leave out, because the server refused statements, from what is wrong in a copy. */
import type { Difference } from '../../../domain/dump.ts';
import type { Refusal } from '../../../ports/dump-engine.ts';

/** An identifier of SQL, with its schema if it has one. */
const path = /(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)(?:\.(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+))*/gu;
/** Words of kinds, which are no names. */
const kindWord = /^([A-Z]+|rows|of|on|the|for|in)$/;

/** Names in a text such as `INDEX public.person_name` or `rows of public."a b"`. */
function namesIn(text: string): readonly string[] {
  return (text.match(path) ?? []).filter((word) => !kindWord.test(word));
}

/** Names of what a refused statement was about; of `POLICY p ON public.t`, the table. */
function namesOf(object: string): readonly string[] {
  const behind = / (?:ON|OF) (.*)$/s.exec(object)?.[1];
  const names = namesIn(behind ?? object);
  // A column stands for its table, too.
  return object.startsWith('COLUMN ') ? names.flatMap((one) => [one, one.replace(/\.[^.]*$/, '')]) : names;
}

const lastPart = (name: string): string => /(?:"(?:[^"]|"")+"|[^."]+)$/u.exec(name)?.[0] ?? name;
const qualified = (name: string): boolean => lastPart(name) !== name;

/** pg_restore names the table of a COPY without its schema. */
function same(one: string, other: string): boolean {
  if (one === other) return true;
  return qualified(one) && qualified(other) ? false : lastPart(one) === lastPart(other);
}

/**
 * Whether the refusals explain a difference. They explain what is missing, or was not changed: never rows other than those of
 * the source, and never something that the source does not have. A refusal whose object is not known explains all of that.
 */
export function explainedByRefusals({ what, expected, found }: Difference, refusals: readonly Refusal[]): boolean {
  if (refusals.length === 0 || expected === 'nothing') return false;
  if (/^(column )?checksum /.test(what)) return false;
  if (what.startsWith('rows of ') && found !== '0' && found !== 'nothing') return false;
  // A number of objects of one kind.
  if (/^\d+$/.test(expected) && /^\d+$/.test(found) && !what.startsWith('rows of '))
    return Number(found) < Number(expected);
  const names = namesIn(what);
  return refusals.some(
    ({ object }) => object === undefined || namesOf(object).some((one) => names.some((name) => same(name, one))),
  );
}
