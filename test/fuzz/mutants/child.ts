/** The process in which mutants are loaded, one after the other: the parent ends it when one of them never comes back. */
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Answer, Places, Question } from './messages.ts';
import { Reach } from './reach.ts';
import { allGroups, groupOf, load, type Trials } from './trials.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const urlOf = (path: string): string => pathToFileURL(join(root, path)).href;
/** What is loaded anew for each mutant; what makes the cases stays. */
const renewed = ['src/anonymize/', 'test/unit/anonymize/', 'test/fuzz/check-case.ts'].map(urlOf);
const globals = urlOf('test/fuzz/mutants/globals.ts');

// Each mutant meets the same values; a smaller example of what is wrong helps nobody here.
fc.configureGlobal({ seed: 1, endOnFailure: true });

let number = 0;
let mutant: Question['mutant'];
/** Sources without types, by address. */
const sources = new Map<string, string>();

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === '@jest/globals') return { url: globals, format: 'module', shortCircuit: true };
    const found = next(specifier, context);
    const isNew = renewed.some((url) => found.url.startsWith(url));
    return isNew ? { ...found, url: `${found.url.split('?')[0]}?mutant=${number}` } : found;
  },
  load: (url, context, next) => {
    const plain = url.split('?')[0] as string;
    if (!plain.startsWith('file:') || !plain.endsWith('.ts')) return next(url, context);
    const source =
      mutant !== undefined && fileURLToPath(plain) === join(root, mutant.file)
        ? stripTypeScriptTypes(mutant.source)
        : sourceOf(plain, () => String(next(url, context).source));
    return { format: 'module', source, shortCircuit: true };
  },
});

function sourceOf(url: string, read: () => string): string {
  const known = sources.get(url);
  if (known !== undefined) return known;
  const source = stripTypeScriptTypes(read());
  sources.set(url, source);
  return source;
}

const answer = (one: Answer): void => void process.send?.(one);

/** Tries the mutant until something is wrong. */
async function judge(names: readonly string[]): Promise<void> {
  const loaded = new Map<string, Trials>();
  try {
    for (const name of names) {
      answer({ begins: name });
      const group = loaded.get(groupOf(name)) ?? (await load(groupOf(name)));
      loaded.set(groupOf(name), group);
      const problem = await group.trials.find((one) => one.name === name)?.run();
      if (problem !== undefined) return answer({ ends: true, by: name, problem: shortened(problem) });
    }
    answer({ ends: true });
  } catch (error) {
    answer({ ends: true, problem: `it cannot be loaded: ${(error as Error).message}` });
  } finally {
    for (const { finish } of loaded.values()) await finish();
  }
}

const shortened = (problem: string): string => problem.replaceAll(/\s*\n\s*/g, ' ').slice(0, 200);

interface Timed {
  readonly name: string;
  /** Of a processor. */
  readonly milliseconds: number;
}

/** Milliseconds of trials that are counted together: what is asked of V8 takes as long as some short ones. */
const fewest = 30;

/** Tries the unchanged code with everything, and notes which places each trial reaches. */
async function survey(places: Places): Promise<void> {
  const reach = new Reach(places, (file) => `${urlOf(file)}?mutant=${number}`);
  const groups: Trials[] = [];
  for (const group of allGroups()) groups.push(await load(group));
  reach.loaded();
  for (const { trials, finish } of groups) {
    let pending: Timed[] = [];
    for (const [index, { name, run }] of trials.entries()) {
      answer({ begins: name });
      const before = process.cpuUsage();
      const problem = await run();
      const { user, system } = process.cpuUsage(before);
      if (problem !== undefined) return answer({ ends: true, by: name, problem: shortened(problem) });
      pending.push({ name, milliseconds: (user + system) / 1000 });
      const total = pending.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      if (total < fewest && index + 1 < trials.length) continue;
      const reached = reach.take();
      for (const one of pending) answer({ ...one, reached });
      pending = [];
    }
    await finish();
  }
  answer({ ends: true, always: reach.always() });
}

process.on('message', (question: Question) => {
  number += 1;
  mutant = question.mutant;
  const asked = question.places ? survey(question.places) : judge(question.trials ?? []);
  asked.catch((error: Error) => answer({ ends: true, problem: shortened(`${error.stack}`) }));
});
answer({ isReady: true });
