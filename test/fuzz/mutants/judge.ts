/** Judges mutants in a process of its own, which is ended and started again after some, and when one does not come back. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Places, Question } from './messages.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Seconds of a processor after which a trial counts as one that never ends; the slowest takes some. */
const patience = 10;
/** The same for the unchanged code, of which nothing is made faster while its places are counted. */
const surveyPatience = 300;
/** What is said of a mutant with which the process ends: it takes all memory, or stops it. */
const died = 'its process ends';
/** Milliseconds between looks at it. */
const pause = 2000;
/** Mutants of one process: modules that were loaded stay in its memory, with the WebAssembly memories that they hold. */
const mostOfOne = 30;

export interface Verdict {
  /** What noticed the change; undefined where nothing did, or where it cannot be loaded. */
  readonly by?: string | undefined;
  readonly problem?: string | undefined;
}

/** A trial, and what it costs and reaches. */
export interface Surveyed {
  readonly name: string;
  /** Of a processor. */
  readonly milliseconds: number;
  readonly reached: Places;
}

export interface Survey {
  readonly trials: readonly Surveyed[];
  /** What is reached when the files are loaded: any trial may notice a change there. */
  readonly always: Places;
}

export class Judge {
  #child: ChildProcess | undefined;
  #judged = 0;

  /**
   * @param trials their names, in the order in which they are tried
   * @throws Error when the process has no memory left, which says nothing of the mutant
   */
  async judge(mutant: Question['mutant'], trials: readonly string[]): Promise<Verdict> {
    if (this.#judged === mostOfOne) this.stop();
    this.#judged += 1;
    let verdict = await this.#ask({ mutant, trials }, patience);
    // The memory may have been full of other mutants.
    if (verdict.problem === died && this.#judged !== 1) verdict = await this.#ask({ mutant, trials }, patience);
    if (/allocate memory|out of memory/i.test(verdict.problem ?? ''))
      throw new Error(`mutants cannot be judged: ${verdict.problem}`);
    return verdict;
  }

  /** Tries the unchanged code with everything. @throws Error when something is wrong with it */
  async survey(places: Places): Promise<Survey> {
    const trials: Surveyed[] = [];
    let always: Places = {};
    this.stop();
    // What was made faster is no longer counted.
    this.#child = await start(['--no-turbofan', '--no-maglev']);
    const { by, problem } = await this.#ask({ places }, surveyPatience, (answer) => {
      if (answer.name !== undefined) trials.push(answer as Surveyed);
      always = answer.always ?? always;
    });
    this.stop();
    if (problem !== undefined) throw new Error(`something is wrong without any change: ${by}: ${problem}`);
    return { trials, always };
  }

  /** @param most seconds of a processor until an answer is no longer waited for */
  async #ask(question: Question, most: number, each: (answer: Answer) => void = () => {}): Promise<Verdict> {
    this.#child ??= await start([]);
    const child = this.#child;
    return new Promise((resolve) => {
      let by: string | undefined;
      let since = secondsOf(child);
      const lose = (problem: string): void => {
        clearInterval(timer);
        this.stop();
        resolve({ by, problem });
      };
      const timer = setInterval(() => {
        if (secondsOf(child) - since > most) lose('it does not end');
      }, pause);
      child.on('message', (answer: Answer) => {
        since = secondsOf(child);
        by = answer.begins ?? by;
        each(answer);
        if (answer.ends !== true) return;
        clearInterval(timer);
        child.removeAllListeners();
        resolve({ by: answer.by, problem: answer.problem });
      });
      child.once('exit', () => lose(died));
      child.send(question);
    });
  }

  stop(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#judged = 0;
  }
}

/** How long the process was busy, which does not depend on what else runs; where the system does not say it, the time. */
function secondsOf({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return performance.now() / 1000;
  }
}

/** Of a second, in which Linux tells how long a process was busy (proc(5)). */
const ticks = 100;

function start(flags: readonly string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [...flags, '--max-old-space-size=1500', '--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', () => reject(new Error('the process that judges mutants does not start')));
  });
}
