/** Which places of the source a trial reaches: a change elsewhere it cannot notice. V8 counts, block by block. */
import { type Profiler, Session } from 'node:inspector';
import type { Places } from './messages.ts';

export class Reach {
  readonly #session = new Session();
  readonly #places: Places;
  /** Files by the address they are loaded from. */
  readonly #files: ReadonlyMap<string, string>;
  #always: Places = {};

  /** Counts from now on, before the files are loaded. @param urlOf the address a file is loaded from */
  constructor(places: Places, urlOf: (file: string) => string) {
    this.#places = places;
    this.#files = new Map(Object.keys(places).map((file) => [urlOf(file), file]));
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** All files are loaded. */
  loaded(): void {
    this.#always = this.take();
  }

  /** What was reached when the files were loaded. */
  always(): Places {
    return this.#always;
  }

  /** What was reached since the last call. */
  take(): Places {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    // The answer comes before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      scripts = result;
    });
    const reached: Record<string, readonly number[]> = {};
    for (const { url, functions } of scripts) {
      const file = this.#files.get(url);
      if (file !== undefined) reached[file] = reachedBy(functions, this.#places[file] ?? []);
    }
    return reached;
  }
}

/** The innermost range around a place says how often it ran. */
function reachedBy(functions: readonly Profiler.FunctionCoverage[], places: readonly number[]): readonly number[] {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .toSorted((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset));
  const ran = new Uint8Array(Math.max(0, ...ranges.map((one) => one.endOffset)));
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return places.filter((place) => ran[place] === 1);
}
