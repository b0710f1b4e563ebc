/** Which differences are what refused statements had to leave. */
import type { Difference } from '../../../../domain/dump.ts';
import type { Refusal } from '../../../../ports/dump-engine.ts';

const figure = /^(rows|checksum|next value) of (.*?)( that stood still|, at most)?$/s;

/**
 * Something is missing, nothing is wrong: an object whose statement was refused, rows of a table that was refused or whose rows
 * were, or what may depend on one of them. Values other than those of the source are never explained.
 */
export function explainedByRefusals({ what, expected, found }: Difference, refusals: readonly Refusal[]): boolean {
  if (refusals.length === 0 || expected === 'nothing') return false;
  const objects = refusals.map(({ object }) => object);
  const [, kind, name] = figure.exec(what) ?? [];
  if (kind !== undefined) {
    if (kind === 'checksum') return false;
    if (kind === 'rows' && found !== 'nothing' && !(Number(found) < Number(expected))) return false;
    return objects.some(
      (object) =>
        object === undefined ||
        (/^(TABLE|ROWS|SEQUENCE) /.test(object) && object.slice(object.indexOf(' ') + 1) === name),
    );
  }
  if (found !== 'nothing') return false;
  return objects.some((object) => object === undefined || object === what || refers(what, object));
}

/** A view, a routine or a trigger may depend on what was refused. */
const refers = (what: string, object: string): boolean =>
  /^(VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|TABLE) /.test(what) && /^(TABLE|VIEW|FUNCTION) /.test(object);
