/** Commands that take turns, and the table of what they took. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, measure, median } from './commands.ts';

interface Result {
  readonly seconds: number[];
  readonly cpu: number[];
  /** Highest of all rounds, in MiB. */
  memory: number;
}

export type Results = ReadonlyMap<string, Result>;

/** They take turns, so that changes in the computer's speed affect all of them. */
export async function measureAll(contenders: readonly Contender[], rounds: number): Promise<Results> {
  const results = new Map(contenders.map(({ name }) => [name, { seconds: [], cpu: [], memory: 0 } as Result]));
  for (let round = 1; round <= rounds; round += 1)
    for (const { name, line, environment } of contenders) {
      const { seconds, memory, cpu } = await measure(line, environment);
      const result = results.get(name) as Result;
      result.seconds.push(seconds);
      result.cpu.push(cpu);
      result.memory = Math.max(result.memory, memory);
      console.error(`round ${round}: ${name}: ${seconds.toFixed(1)} s`);
    }
  return results;
}

/** @param folder of the outputs @param bytes of what was read */
export function printTable(
  folder: string,
  what: string,
  bytes: number,
  contenders: readonly Contender[],
  results: Results,
): void {
  const secondsOf = (name: string): number => median(results.get(name)?.seconds ?? []);
  const base = secondsOf(contenders[0]?.name ?? '');
  console.log(
    `| command | MB of ${what} a second | against the first | seconds of processors | peak memory (MiB) | result (MB) |`,
  );
  console.log('|---|---|---|---|---|---|');
  for (const { name, output } of contenders) {
    const seconds = secondsOf(name);
    const size = output === undefined ? '' : (sizeOf(join(folder, output)) / 1e6).toFixed(0);
    const cells = [
      name,
      (bytes / 1e6 / seconds).toFixed(0),
      (base / seconds).toFixed(2),
      median(results.get(name)?.cpu ?? []).toFixed(1),
      results.get(name)?.memory.toFixed(0),
      size,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Bytes of a file, or of all files below a folder. */
function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
