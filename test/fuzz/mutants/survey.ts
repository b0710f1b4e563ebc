/** What each trial reaches of the unchanged code; kept until something changes, since it takes a minute. */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Judge, type Survey } from './judge.ts';
import type { Mutant } from './mutate.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const kept = join(root, '.lab', 'mutants', 'survey.json');

/** Names of trials that may notice a change at a place of a file. */
export class Trials {
  readonly #survey: Survey;
  /** By file and place. */
  readonly #reaching = new Map<string, string[]>();
  /** What noticed other mutants of the file, the last one first. */
  readonly #lucky = new Map<string, string[]>();

  constructor({ trials, always }: Survey) {
    this.#survey = { trials: trials.toSorted((a, b) => a.milliseconds - b.milliseconds), always };
    for (const { name, reached } of this.#survey.trials)
      for (const [file, places] of Object.entries(reached))
        for (const place of places) {
          const key = `${file}:${place}`;
          const names = this.#reaching.get(key);
          if (names) names.push(name);
          else this.#reaching.set(key, [name]);
        }
  }

  /** Those that reach the change, in the order in which they are best tried. */
  of({ file, at }: Mutant): readonly string[] {
    const isAlways = this.#survey.always[file]?.includes(at) ?? false;
    const names = isAlways ? this.#survey.trials.map(({ name }) => name) : (this.#reaching.get(`${file}:${at}`) ?? []);
    const reaching = new Set(names);
    const first = (this.#lucky.get(file) ?? []).filter((name) => reaching.has(name));
    return [...new Set([...first, ...names])];
  }

  noticed({ file }: Mutant, by: string): void {
    const others = (this.#lucky.get(file) ?? []).filter((name) => name !== by);
    this.#lucky.set(file, [by, ...others].slice(0, 12));
  }
}

/** @throws Error when something is wrong without any change */
export async function survey(mutants: readonly Mutant[]): Promise<Trials> {
  const places: Record<string, number[]> = {};
  for (const { file, at } of mutants) {
    const known = places[file] ?? [];
    if (known.at(-1) !== at) known.push(at);
    places[file] = known;
  }
  const digest = digestOf(JSON.stringify(places));
  const found = before(digest) ?? { digest, survey: await new Judge().survey(places) };
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(found));
  return new Trials(found.survey);
}

interface Kept {
  readonly digest: string;
  readonly survey: Survey;
}

function before(digest: string): Kept | undefined {
  try {
    const found = JSON.parse(readFileSync(kept, 'utf8')) as Kept;
    return found.digest === digest ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Of all that decides what the trials reach. */
function digestOf(places: string): string {
  const hash = createHash('sha256').update(places);
  const files = globSync(['src/anonymize/**/*.ts', 'test/unit/anonymize/**/*.ts', 'test/fuzz/**/*.{ts,json}'], {
    cwd: root,
  });
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
