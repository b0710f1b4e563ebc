/** Paths to values inside JSON: `$.a.b`, `$.list[*].email`, `$..phone`, `$["odd key"]`. */

/** A key, any element of an array (`[*]`), or any depth before a key (`..`). */
export type PathStep = { readonly key: string } | 'elements' | 'anywhere';

/** A place in JSON: keys of objects and indexes of arrays, from the top. */
export type JsonPlace = readonly (string | number)[];

/** @returns undefined when the text is not a path */
export function parsePath(text: string): readonly PathStep[] | undefined {
  if (!text.startsWith('$') || text === '$') return undefined;
  const steps: PathStep[] = [];
  const part = /\.\.([^.[\]]+)|\.([^.[\]]+)|\["((?:[^"\\]|\\.)*)"\]|\[\*\]/y;
  part.lastIndex = 1;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [whole, deep, plain, quoted] = match;
    if (deep !== undefined) steps.push('anywhere', { key: deep });
    else if (plain !== undefined) steps.push({ key: plain });
    else if (quoted !== undefined) steps.push({ key: JSON.parse(`"${quoted}"`) as string });
    else if (whole === '[*]') steps.push('elements');
  }
  return steps.at(-1) === 'anywhere' ? undefined : steps;
}

/** Whether the path leads to exactly this place. @param at the step and `from` the part of the place to start with */
export function leadsTo(steps: readonly PathStep[], place: JsonPlace, at = 0, from = 0): boolean {
  const step = steps[at];
  if (step === undefined) return from === place.length;
  if (step === 'anywhere') {
    for (let skip = from; skip < place.length; skip += 1) if (leadsTo(steps, place, at + 1, skip)) return true;
    return false;
  }
  const here = place[from];
  if (here === undefined) return false;
  if (step === 'elements' ? typeof here !== 'number' : here !== step.key) return false;
  return leadsTo(steps, place, at + 1, from + 1);
}
