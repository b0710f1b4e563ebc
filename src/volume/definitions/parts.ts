/** Compares the parts of one object with those of the copy. */
import type { DefinitionFact } from '../../domain/definitions.ts';
import type { ExpectedObject } from './expected.ts';
import type { Wording } from './wording.ts';

export interface PartProblems {
  /** What differs, for a reader. */
  readonly texts: readonly string[];
  /** Whether a part is missing or was added that every version writes: no other wording explains that. */
  readonly structural: boolean;
}

type Parts = ReadonlyMap<string, string>;

/** @param common whether to take what another version words otherwise in the words that versions share */
function partsOf({ parts, reworded = {} }: Pick<DefinitionFact, 'parts' | 'reworded'>, common: boolean): Parts {
  const entries = Object.entries(common ? { ...parts, ...reworded } : parts);
  return new Map(entries.filter(([name, value]) => !(common && value === '' && name in reworded)));
}

const structure = /^(?:column |key |foreign key |constraint |primary key$|partitions$|period$)/;

export function partProblems(
  { fact, parts, moved }: ExpectedObject,
  copy: DefinitionFact,
  wording: Wording,
): PartProblems {
  const common = wording !== 'same';
  const stood = partsOf({ ...fact, parts: Object.fromEntries(parts) }, common);
  const got = partsOf(copy, common);
  const wrong: string[] = [];
  let structural = false;
  for (const [name, value] of stood) {
    // A part that moved may have other words only: nothing is known of it.
    if (!parts.has(name)) continue;
    if (!got.has(name)) {
      wrong.push(`${name} is missing in the copy`);
      structural ||= structure.test(name);
    } else if (got.get(name) !== value) wrong.push(`${name} differs`);
  }
  for (const name of got.keys()) {
    if (stood.has(name) || moved.has(name)) continue;
    wrong.push(`${name} is in the copy only`);
    structural ||= structure.test(name);
  }
  // The order follows from a column that is missing or was added.
  const other = wrong.filter((one) => one !== 'order of columns differs');
  return { texts: other.some((one) => one.startsWith('column ')) ? other : wrong, structural };
}
