/** The context of a run in memory. */
import type { RunIdentity } from '../../src/domain/run.ts';
import type { ActionContext } from '../../src/runtime/context.ts';
import { Timeline } from '../../src/runtime/timeline.ts';
import { type FakeClock, FakeLogger } from './clock.ts';

/** The `attempt`th attempt of the run number `id`. */
export function fakeRun(id: number, attempt = 1): RunIdentity {
  return { key: `o/r/actions/runs/${id}`, url: `https://github.com/o/r/actions/runs/${id}`, id: String(id), attempt };
}

export function fakeContext<F>(
  clock: FakeClock,
  run: RunIdentity,
  report: (findings: Partial<F>) => void = () => {},
): ActionContext<F> & { readonly logger: FakeLogger; readonly job: string } {
  const logger = new FakeLogger();
  const { signal } = new AbortController();
  return { clock, logger, timeline: new Timeline(clock, logger), signal, run, report, job: 'a-job' };
}

/** Settings of an action from the texts of some inputs, with the defaults of the others. */
export function settingsFrom<S>(
  inputs: { parse(read: (name: string) => string): S },
  given: Readonly<Record<string, string>>,
): S {
  const all: Readonly<Record<string, string>> = { 'runbook-url': 'https://example.com/runbook', ...given };
  return inputs.parse((name) => all[name] ?? '');
}
