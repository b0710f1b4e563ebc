/** Whether the witnesses notice anything: the faults of faults/faults.ts are put into a copy, in which their witness is asked. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import { inCopy } from '../faults/copy.ts';
import { type Fault, faults } from '../faults/faults.ts';
import { partVariable } from '../lib/part.ts';
import type { Witness } from '../witness.ts';

export const faultsNoticed: Witness = {
  name: 'faults',
  compares: 'Faults that are put into copies of this repository on purpose, with what the witnesses notice.',
  known: [],
  async install() {
    mkdirSync(cacheFolder, { recursive: true });
    return `${faults.length} faults`;
  },
  async run(points) {
    const copies = Map.groupBy(faults, (fault) => (fault.alone ? fault : fault.witness));
    for (const own of copies.values()) {
      const [{ witness }] = own as [Fault];
      const { status, differences, output } = await inCopy(own, (folder) => ask(witness, own, folder));
      const { noticed, shared } = noticedOf(own, differences);
      for (const [one, whats] of shared) points.differ(`${witness}: ${one}`, 'one fault', whats);
      for (const fault of own) {
        const difference = noticed.get(fault);
        if (status === 1 && difference !== undefined) {
          points.agree();
          console.log(`    noticed by ${witness}: ${fault.what} (${difference})`);
        } else points.differ(`${witness}: ${fault.what}`, 'a fault', `status ${status}: ${output.slice(-400)}`);
      }
    }
  },
};

/** Which difference shows which fault. One that would show several (`shared`, with their names) shows none. */
export function noticedOf(
  own: readonly Fault[],
  differences: readonly string[],
): { readonly noticed: ReadonlyMap<Fault, string>; readonly shared: ReadonlyMap<string, readonly string[]> } {
  const noticed = new Map<Fault, string>();
  const shared = new Map<string, readonly string[]>();
  for (const one of differences) {
    const [fault, ...others] = own.filter(({ point }) => point.test(one));
    if (fault !== undefined && others.length > 0)
      shared.set(
        one,
        [fault, ...others].map(({ what }) => what),
      );
    else if (fault !== undefined && !noticed.has(fault)) noticed.set(fault, one);
  }
  return { noticed, shared };
}

interface Answer {
  readonly status: number | null;
  /** The points at which the witness says that something differs. */
  readonly differences: readonly string[];
  readonly output: string;
}

function ask(witness: string, own: readonly Fault[], folder: string): Promise<Answer> {
  const parts = own.flatMap(({ part }) => part ?? []);
  const only = parts.length > 0 ? { [partVariable]: parts.join(' ') } : {};
  return new Promise((resolve, reject) => {
    const child = spawn('scripts/node24', ['crosscheck/main.ts', witness], {
      cwd: folder,
      env: { ...process.env, ...only },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
    child.on('error', reject);
    child.on('close', (status) => {
      const differences = [...output.matchAll(/^ +differs: (.*)$/gm)].map(([, point = '']) => point);
      resolve({ status, differences, output });
    });
  });
}
