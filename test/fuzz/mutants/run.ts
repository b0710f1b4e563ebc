/** `npm run fuzz -- anonymize --mutants`: changes rewriter and leak check in one small way at a time; each must be noticed. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equivalents } from './equivalent.ts';
import { type Mutant, mutantsOf } from './mutate.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What finds addresses, in the rewriter and in the leak check. */
const files = [
  'src/anonymize/emails/*.ts',
  'src/anonymize/leak-check/{at-signs,looks-like-email,plain-text,remaining-emails,wide-emails}.ts',
  'src/anonymize/rewrite/{copy-emails,batch-emails,field}.ts',
];
/** Their unit tests, which what the cases overlook is tried with. */
const unitTests = 'test/unit/anonymize/(emails|leak-check|mysql|outside-rows|insert-rows|unique-columns|bson).*';

/** Milliseconds after which a mutant counts as one that never ends. */
const patience = 60_000;

export interface MutantsOptions {
  /** Only files whose path contains one of these words. */
  readonly words: readonly string[];
  readonly print: (line: string) => void;
}

/** Mutants of one process: modules that were loaded stay in its memory, with the WebAssembly memories that they hold. */
const mostOfOne = 30;

/** A child process that judges mutants; ended and started again after some, and when one does not come back. */
class Judge {
  #child: ChildProcess | undefined;
  #judged = 0;

  /** @throws Error when the process has no memory left, which says nothing of the mutant */
  async judge(mutant: Pick<Mutant, 'file' | 'source'> | 'none'): Promise<string | undefined> {
    if (this.#judged === mostOfOne) this.stop();
    this.#judged += 1;
    const problem = await this.#ask(mutant);
    if (/allocate memory|out of memory/i.test(problem ?? '')) throw new Error(`mutants cannot be judged: ${problem}`);
    return problem;
  }

  async #ask(mutant: Pick<Mutant, 'file' | 'source'> | 'none'): Promise<string | undefined> {
    this.#child ??= await start();
    const child = this.#child;
    return new Promise((resolve) => {
      const end = (problem: string | undefined): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(problem);
      };
      const lose = (why: string): void => {
        this.stop();
        end(why);
      };
      const timer = setTimeout(() => lose('it does not end'), patience);
      child.once('message', ({ problem }: { problem?: string }) => end(problem));
      child.once('exit', () => lose('its process ends'));
      child.send(mutant);
    });
  }

  stop(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#judged = 0;
  }
}

function start(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    cwd: root,
    execArgv: ['--max-old-space-size=1500', '--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', () => reject(new Error('the process that judges mutants does not start')));
  });
}

/** @returns how many mutants nobody noticed and nobody explained */
export async function tryMutants({ words, print }: MutantsOptions): Promise<number> {
  const chosen = globSync(files, { cwd: root }).filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  const mutants = chosen.flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
  const judge = new Judge();
  const unchanged = await judge.judge('none');
  if (unchanged !== undefined) {
    judge.stop();
    throw new Error(`something is wrong without any change: ${unchanged}`);
  }
  const left: Mutant[] = [];
  for (const [index, mutant] of mutants.entries()) {
    if ((await judge.judge(mutant)) === undefined) left.push(mutant);
    if (index % 50 === 49) print(`${index + 1} of ${mutants.length}: the cases overlook ${left.length}`);
  }
  judge.stop();
  print(`${mutants.length} mutants of ${chosen.length} files: the cases notice ${mutants.length - left.length}`);
  return survivors(left, print);
}

/** Tries the unit tests on what the cases overlook. @returns how many are left that nobody explains */
function survivors(left: readonly Mutant[], print: (line: string) => void): number {
  const unexplained = left.filter((mutant) => !equivalents.some((one) => explains(one, mutant)));
  const copy = copyOfProject();
  let [noticed, open] = [0, 0];
  for (const mutant of unexplained) {
    if (failsUnitTests(copy, mutant)) {
      noticed += 1;
      continue;
    }
    open += 1;
    print(`${mutant.file}:${mutant.line}: ${mutant.before} -> ${mutant.after}`);
  }
  rmSync(copy, { recursive: true, force: true });
  print(
    `the unit tests notice ${noticed} more; ${left.length - unexplained.length} change nothing (equivalent.ts); ${open} are open`,
  );
  return open;
}

const explains = (one: (typeof equivalents)[number], { file, before, after }: Mutant): boolean =>
  file.endsWith(one.file) && before === one.before && after === one.after;

function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
  for (const name of ['src', 'test', 'lab', 'scripts', 'package.json', 'jest.config.mjs', 'tsconfig.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function failsUnitTests(copy: string, { file, source }: Mutant): boolean {
  const path = join(copy, file);
  const original = readFileSync(path);
  writeFileSync(path, source);
  const words = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', unitTests, '--bail', '--silent'];
  const { status } = spawnSync(process.execPath, words, { cwd: copy, stdio: 'ignore', timeout: 5 * patience });
  writeFileSync(path, original);
  return status !== 0;
}
