/** `npm run fuzz -- anonymize --mutants`: changes rewriter and leak check in one small way at a time; each must be noticed. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equivalents, explains } from './equivalent.ts';
import { Judge } from './judge.ts';
import { type Mutant, mutantsOf } from './mutate.ts';
import { survey, type Trials } from './survey.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What finds addresses, in the rewriter and in the leak check. */
const files = [
  'src/anonymize/emails/*.ts',
  'src/anonymize/leak-check/{at-signs,looks-like-email,mail-bodies,plain-text,remaining-emails,wide-emails}.ts',
  'src/anonymize/rewrite/{copy-emails,batch-emails,field}.ts',
];

export interface MutantsOptions {
  /** Only files whose path contains one of these words. */
  readonly words: readonly string[];
  /** So many of the mutants; undefined for all. */
  readonly sample: number | undefined;
  /** Which ones. */
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** @returns how many mutants nobody noticed and nobody explained */
export async function tryMutants({ words, sample, seed, print }: MutantsOptions): Promise<number> {
  const all = allMutants();
  const named = all.filter(({ file }) => words.length === 0 || words.some((word) => file.includes(word)));
  const chosen = sample === undefined ? named : sampleOf(named, sample, seed);
  const [explained, open] = [chosen.filter(isExplained), chosen.filter((one) => !isExplained(one))];
  print(`${chosen.length} of ${named.length} mutants; ${explained.length} change nothing (equivalent.ts)`);
  const left = await survivors(open, await survey(all), print);
  print(`${open.length - left} are noticed, ${left} are open`);
  return left;
}

/** All mutants of what finds addresses. */
export function allMutants(): readonly Mutant[] {
  return globSync(files, { cwd: root })
    .toSorted()
    .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
}

/**
 * As many by chance, in the order of the files. Each has a rank of its own, from the seed and what is changed: a change elsewhere in the
 * source leaves most of a sample as it is.
 */
function sampleOf(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const rankOf = ({ file, text, before, after }: Mutant): string =>
    createHash('sha256')
      .update(JSON.stringify([seed, file, text, before, after]))
      .digest('hex');
  const ranked = mutants.map((mutant) => ({ mutant, rank: rankOf(mutant) }));
  const chosen = ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, size);
  const places = new Set(chosen.map(({ mutant }) => mutant));
  return mutants.filter((one) => places.has(one));
}

const isExplained = (mutant: Mutant): boolean => equivalents.some((one) => explains(one, mutant));

/** @returns how many of the mutants nothing notices */
async function survivors(mutants: readonly Mutant[], trials: Trials, print: (line: string) => void): Promise<number> {
  const judge = new Judge();
  let left = 0;
  for (const [index, mutant] of mutants.entries()) {
    const names = trials.of(mutant);
    const { by, problem } = await judge.judge(mutant, names);
    if (problem === undefined) {
      left += 1;
      const how = names.length === 0 ? 'nothing reaches it' : `${names.length} trials`;
      print(`${mutant.file}:${mutant.line}: ${mutant.before} -> ${mutant.after} (${how})`);
    } else if (by !== undefined) trials.noticed(mutant, by);
    if (index % 50 === 49) print(`${index + 1} of ${mutants.length}: ${left} are open`);
  }
  judge.stop();
  return left;
}
