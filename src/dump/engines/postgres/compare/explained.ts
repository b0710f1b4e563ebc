/** Tells what a restore had to leave out, because the server refused statements, from what is wrong in a copy. */
import type { Difference } from '../../../../domain/dump.ts';
import type { Refusal } from '../../../../ports/dump-engine.ts';

const part = String.raw`(?:"(?:[^"]|"")+"|[\w$\u0080-\uffff]+)`;
/** An identifier of SQL, with its schema if it has one. */
const path = new RegExp(String.raw`${part}(?:\.${part})*`, 'gu');

const unquoted = (name: string): string =>
  name.replace(/"((?:[^"]|"")+)"/g, (_, inner: string) => inner.replaceAll('""', '"'));

/** Names, without quotes, of what a refused statement was about; of `POLICY p ON public.t`, the table. */
function namesOf(object: string): readonly string[] {
  const [, behindOn] = / ON (.*)$/s.exec(object) ?? [];
  const words = (behindOn ?? object).match(path) ?? [];
  const names = words.filter((word) => !/^([A-Z]+|rows|of)$/.test(word));
  // A column stands for its table, too.
  const tables = object.startsWith('COLUMN ') ? names.map((one) => one.replace(/\.[^.]*$/, '')) : [];
  return [...names, ...tables].map(unquoted);
}

/** Whether a text names something; without its schema, as pg_restore names the table of a COPY, any schema will do. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + name.length);
    if (/^[\s.]?$/.test(before) && /^[\s.(,)]?$/.test(after)) return true;
  }
  return false;
}

/** `COMMENT public.COLUMN a.id` is about public.a. */
const withoutKind = (what: string): string =>
  /(^|of )(COMMENT|SECURITY LABEL) /.test(what) ? what.replace(/\.([A-Z]+ )+/, '.') : what;

/**
 * Whether the refusals explain a difference. They explain what is missing, or was not changed: never rows other than those of
 * the source, and never something that the source does not have. A refusal whose object is not known explains all of that.
 */
export function explainedByRefusals(difference: Difference, refusals: readonly Refusal[]): boolean {
  const { what, expected, found } = difference;
  if (refusals.length === 0 || expected === 'nothing') return false;
  // What a materialised view shows depends on everything that it reads.
  if (/ with checksum /.test(expected)) return true;
  if (/^(checksum|values) of (?!large objects)/.test(what)) return false;
  if (what.startsWith('rows of ') && found !== '0' && found !== 'nothing') return false;
  if (what.includes('large objects'))
    return refusals.some(({ object = 'LARGE OBJECT' }) => /^LARGE OBJECT/.test(object));
  // A number of objects of one kind.
  if (/^\d+$/.test(expected) && /^\d+$/.test(found) && /^[a-z ]+$/.test(what)) return Number(found) < Number(expected);
  const text = withoutKind(unquoted(what));
  return refusals.some(({ object }) => {
    const names = object === undefined ? [] : namesOf(object);
    return names.length === 0 || names.some((name) => mentions(text, name));
  });
}
