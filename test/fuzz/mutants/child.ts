/** The process in which mutants are loaded, one after the other: the parent ends it when one of them never comes back. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Case } from '../case.ts';
import { trials } from '../trials.ts';
import type { Mutant } from './mutate.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const source = pathToFileURL(join(root, 'src', 'anonymize')).href;
const judge = pathToFileURL(join(import.meta.dirname, '..', 'check-case.ts')).href;

interface Judge {
  readonly problemsOf: (one: Case) => Promise<readonly string[]>;
}

let number = 0;
let mutant: Pick<Mutant, 'file' | 'source'> | undefined;

// The anonymiser is loaded anew for each mutant; what makes and judges the cases stays.
registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const isNew = found.url.startsWith(source) || found.url.startsWith(judge);
    return isNew ? { ...found, url: `${found.url.split('?')[0]}?mutant=${number}` } : found;
  },
  load: (url, context, next) => {
    const loaded = next(url, context);
    const isChanged =
      mutant !== undefined &&
      url.startsWith('file:') &&
      fileURLToPath(url.split('?')[0] ?? '') === join(root, mutant.file);
    return isChanged ? { ...loaded, source: mutant?.source ?? '' } : loaded;
  },
});

const cases = trials();

async function judged(): Promise<string | undefined> {
  try {
    const { problemsOf } = (await import('../check-case.ts')) as Judge;
    for (const one of cases) {
      const [problem] = await problemsOf(one);
      if (problem !== undefined) return problem.split('\n')[0]?.slice(0, 200);
    }
    return undefined;
  } catch (error) {
    return `it cannot be loaded: ${(error as Error).message}`;
  }
}

process.on('message', (next: Pick<Mutant, 'file' | 'source'> | 'none') => {
  number += 1;
  mutant = next === 'none' ? undefined : next;
  void judged().then((problem) => process.send?.({ problem }));
});
process.send?.({ isReady: true });
