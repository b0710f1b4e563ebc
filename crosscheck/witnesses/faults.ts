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
    for (const [witness, own] of Map.groupBy(faults, (fault) => fault.witness)) {
      const { status, differences, output } = await inCopy(own, (folder) => ask(witness, own, folder));
      for (const { what, point } of own) {
        const noticed = differences.find((one) => point.test(one));
        if (status === 1 && noticed !== undefined) {
          points.agree();
          console.log(`    noticed by ${witness}: ${what} (${noticed})`);
        } else points.differ(`${witness}: ${what}`, 'a fault', `status ${status}: ${output.slice(-400)}`);
      }
    }
  },
};

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
