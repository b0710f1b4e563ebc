/** The steps of a run as a mermaid gantt chart, which GitHub draws, and as lines of text. */

import type { Step } from '../../domain/step.ts';
import { formatDuration, secondsBetween } from '../../runtime/format.ts';
import { mermaid } from './escape.ts';

/** By start; of steps that start together the longer one first, since it contains the others. */
export function chronological(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort(
    (a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || Date.parse(b.endedAt) - Date.parse(a.endedAt),
  );
}

const stamp = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 23).replace('T', ' ');

/**
 * The chart inside its fence; empty when no step took place. The label carries the duration, since a bar of some
 * milliseconds cannot be seen. Failed steps are `crit`, which GitHub draws red.
 * @param limit how many steps are drawn: the longest ones and every failed one
 */
export function gantt(title: string, steps: readonly Step[], limit = 60): string {
  const real = steps.filter(
    (step) =>
      step.outcome !== 'skipped' &&
      Number.isFinite(Date.parse(step.startedAt)) &&
      Number.isFinite(Date.parse(step.endedAt)),
  );
  if (real.length === 0) return '';
  const weight = (step: Step): number =>
    step.outcome === 'failed' ? Number.POSITIVE_INFINITY : secondsBetween(step.startedAt, step.endedAt);
  const kept = new Set(
    real.length <= limit ? real : [...real].sort((a, b) => Math.sign(weight(b) - weight(a)) || 0).slice(0, limit),
  );
  const lines = chronological(real.filter((step) => kept.has(step))).map((step, index) => {
    const start = Date.parse(step.startedAt);
    const end = Math.max(Date.parse(step.endedAt), start + 1);
    const seconds = secondsBetween(step.startedAt, step.endedAt);
    const state = step.outcome === 'failed' ? 'crit' : 'done';
    return `  ${mermaid(step.name)} (${formatDuration(seconds)}) :${state}, s${index}, ${stamp(start)}, ${stamp(end)}`;
  });
  const chart = [
    '```mermaid',
    'gantt',
    `  title ${mermaid(title)}`,
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    '  axisFormat %H:%M:%S',
    `  section UTC`,
    ...lines,
    '```',
  ].join('\n');
  const left = real.length - kept.size;
  return left === 0 ? chart : `${chart}\n\n_… ${left} shorter steps are left out of the chart._`;
}
