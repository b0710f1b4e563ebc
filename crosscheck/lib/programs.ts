/** Programs of others, run to their end, and how two of their texts differ. */
import { type ExecFileException, execFile } from 'node:child_process';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end; what it prints is read byte by byte (latin1), so that nothing of it is lost. */
export function ran(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder?: string,
): Promise<Ran> {
  const options = { env: environment, cwd: folder, encoding: 'latin1', maxBuffer: 1024 ** 3 } as const;
  return new Promise((resolve, reject) => {
    const ended = (error: ExecFileException | null, out: string, err: string): void => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ status: Number(error?.code ?? 0), out, err });
    };
    execFile(program, words, options, ended);
  });
}

/** The first lines at which two texts differ, for a person to look at. */
export function firstDifference(one: string, other: string): readonly [string, string] {
  const [ours, theirs] = [one.split('\n'), other.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const place = at < 0 ? ours.length : at;
  return [`line ${place + 1}: ${ours[place] ?? '(none)'}`, `line ${place + 1}: ${theirs[place] ?? '(none)'}`];
}
