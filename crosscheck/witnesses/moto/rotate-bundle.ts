/** The committed bundle of ebs-rotate, as a workflow runs it, with one of the sides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../lib/s3.ts';
import { runStep, type StepEnded } from '../../lib/step.ts';
import type { Side } from './side.ts';

const movedClock = join(import.meta.dirname, 'moved-clock.mjs');

export interface Rotation {
  readonly run: number;
  /** By which the time of the bundle is moved. */
  readonly movedSeconds?: number;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** @throws Error when it fails */
export async function runRotation({ settings }: Side, rotation: Rotation): Promise<StepEnded> {
  const { run, movedSeconds = 0, inputs } = rotation;
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-rotation-'));
  try {
    const ended = await runStep({
      action: 'ebs-rotate',
      ...{ run, directory, imports: [movedClock] },
      inputs: { 'aws-region': 'us-east-1', 'copy-wait': '1m', 'max-expiry-share': '100', ...inputs },
      environment: {
        ...environmentOf({ url: settings.endpoint, keys: settings.credentials }),
        HOLDFAST_MOVED_SECONDS: String(movedSeconds),
      },
    });
    if (ended.status !== 0) throw new Error(`ebs-rotate ended with ${ended.status}: ${ended.output.slice(-3000)}`);
    return ended;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A set whose volumes lend it no description, as moto makes it, gets one from the next run. */
const described = /\bdescribe snap\b|\bDescription=/;

/**
 * What a plan decides, in an order that does not depend on ids, and how many of it only mend descriptions.
 * @param plan the output `plan`
 */
export function decided(plan: string): { readonly decisions: readonly string[]; readonly descriptions: number } {
  const all = (JSON.parse(plan === '' ? '[]' : plan) as object[]).map((one) => unnamed(Object.values(one).join(': ')));
  const decisions = all.filter((one) => !described.test(one)).sort();
  return { decisions, descriptions: all.length - decisions.length };
}

/** The lines of a summary without its plan, likewise. */
export function told(summary: string): string[] {
  return summary
    .replace(/<details><summary>Plan .*?<\/details>/s, '')
    .replace(/, \d+ copies brought in step/, '')
    .split('\n')
    .filter((line) => line !== '' && !described.test(line))
    .map(unnamed)
    .sort();
}

/** Without ids, times of day, and durations. */
export function unnamed(text: string): string {
  return text
    .replace(/\b(vol|snap|i)-[0-9a-f]{8,17}\b/g, '$1')
    .replace(/\d\d:\d\d(:\d\d(\.\d+)?)?/g, 'T')
    .replace(/\d+(\.\d+)?(?= s\b)/g, 'N');
}
