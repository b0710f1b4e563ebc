/** Which names somebody may have meant. */

/** Names that an error lists. */
const maxListed = 5;

/**
 * The names that are most like the one that is written, in one line. The same last part counts most (`crm.users` for `public.users`), then
 * how few letters differ in it: singular and plural, a letter missing or twisted.
 */
export function nearestNames(written: string, names: readonly string[]): string {
  const wanted = partsOf(written);
  const ranked = names
    .map((name) => ({ name, distance: distanceTo(wanted, partsOf(name)) }))
    .toSorted((one, other) => one.distance - other.distance);
  const best = ranked[0]?.distance ?? 0;
  // Beside a name that is nearly the same, many others only distract.
  const listed = best < 1 && names.length > maxListed ? ranked.filter(({ distance }) => distance < 1) : ranked;
  const shown = listed.slice(0, maxListed).map(({ name }) => name);
  return `${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
}

interface Parts {
  readonly last: string;
  readonly whole: string;
}

function partsOf(name: string): Parts {
  const parts = name.toLowerCase().match(/"(?:[^"]|"")*"|[^".]+/g) ?? [];
  const plain = parts.map((part) => part.replaceAll('"', ''));
  return { last: plain.at(-1) ?? '', whole: plain.join('.') };
}

/** Below 1 where the last parts are the same. */
function distanceTo(wanted: Parts, { last, whole }: Parts): number {
  const rest = edits(wanted.whole, whole) / (wanted.whole.length + whole.length + 1);
  // A word within a longer one is nearer than as many other letters: person, sales_person.
  const within = last.includes(wanted.last) || wanted.last.includes(last) ? 0.5 : 1;
  return edits(wanted.last, last) * within + rest;
}

/** The number of letters to add, remove or replace (Levenshtein's distance). */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let left = 1; left <= one.length; left += 1) {
    const next = [left];
    for (let right = 1; right <= other.length; right += 1) {
      const same = one[left - 1] === other[right - 1] ? 0 : 1;
      next.push(
        Math.min((next[right - 1] as number) + 1, (row[right] as number) + 1, (row[right - 1] as number) + same),
      );
    }
    row = next;
  }
  return row[other.length] as number;
}
