/** Short programs, played by small shell scripts. */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { runProgram, type ShortProgram } from '../../../src/adapters/databases/programs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast programs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', FOLDER: 'set' };
const shell = (script: string, more: Partial<ShortProgram> = {}): Promise<string> =>
  runProgram({ program: '/bin/sh', parameters: ['-c', script], environment, what: 'the program', ...more });

test('a program gets its parameters, its input and no environment but the given one; its output is the answer', async () => {
  process.env.HOLDFAST_OF_THE_RUNNER = 'secret';
  try {
    const script = 'read -r line; echo "$0 $line $FOLDER ${HOLDFAST_OF_THE_RUNNER:-unset}"; echo noise >&2';
    const answer = await shell(script, { parameters: ['-c', script, 'a "quoted" word'], input: 'the input\n' });
    expect(answer).toBe('a "quoted" word the input set unset\n');
  } finally {
    delete process.env.HOLDFAST_OF_THE_RUNNER;
  }
});

test('a program that is missing is named', async () => {
  await expect(shell('', { program: join(folder, 'psql') })).rejects.toMatchObject({
    name: 'BackupError',
    what: expect.stringMatching(/^the program could not be started: .*psql/),
    code: 'tool-missing',
  });
});

describe('a program that fails', () => {
  test('is reported with the line of its error, and with all of its output', async () => {
    const failing = shell('echo one >&2; echo "psql: error: no such thing" >&2; echo three >&2; exit 3');
    await expect(failing).rejects.toMatchObject({
      what: 'the program ended with status 3: psql: error: no such thing',
      detail: 'one\npsql: error: no such thing\nthree',
    });
  });

  test('is explained by what its message means', async () => {
    const causes = [{ pattern: /too old/, likelyCause: 'it is old', fix: 'update it', code: 'version-mismatch' }];
    await expect(shell('echo "it is too old" >&2; exit 1', { causes })).rejects.toMatchObject({
      likelyCause: 'it is old',
      fix: 'update it',
      code: 'version-mismatch',
    });
    await expect(shell('echo "No space left on device" >&2; exit 1', { causes })).rejects.toMatchObject({
      code: 'disk-full',
    });
  });

  test('by a signal is killed', async () => {
    await expect(shell('kill -KILL $$')).rejects.toMatchObject({
      what: 'the program was ended by SIGKILL',
      code: 'killed',
    });
  });

  test('before it has read its input is reported with its status', async () => {
    await expect(shell('exec 0<&-; exit 4', { input: 'x'.repeat(10_000_000) })).rejects.toMatchObject({
      what: 'the program ended with status 4',
    });
  });
});

test('a program whose child outlives it, and holds its output, ends all the same', async () => {
  const started: ChildProcess[] = [];
  const note = (message: unknown): void => void started.push((message as { process: ChildProcess }).process);
  subscribe('child_process', note);
  const outliving = Number(await shell('sleep 3600 & echo $!').finally(() => unsubscribe('child_process', note)));
  // Throws unless it still runs.
  process.kill(outliving, 'SIGKILL');
  // Otherwise the pipes to the child would keep this process alive.
  expect(started.map(({ stdout, stderr }) => [stdout?.destroyed, stderr?.destroyed])).toEqual([[true, true]]);
});

describe('a program that hangs', () => {
  const loop = 'echo $$ >pid.new; mv pid.new pid; while :; do sleep 0.05; done';
  const hanging = `trap 'touch asked; exit 0' TERM; ${loop}`;
  const stubborn = `trap 'touch asked' TERM; ${loop}`;
  const inFolder = (script: string, more: Partial<ShortProgram>): Promise<string> =>
    shell('', { parameters: ['-c', `cd "$1" && ${script}`, 'sh', folder], ...more });
  const pid = (): number => Number(readFileSync(join(folder, 'pid'), 'utf8'));
  const isRunning = (): boolean => {
    try {
      return process.kill(pid(), 0);
    } catch {
      return false;
    }
  };
  /** A program takes its time to start, and to hear a signal. */
  const wrote = async (name: string): Promise<void> => {
    while (!existsSync(join(folder, name))) await sleep(20);
  };

  // Only the timers of the code under test stand still.
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
    if (isRunning()) process.kill(pid(), 'SIGKILL');
  });

  test('is ended at its deadline, politely', async () => {
    const running = inFolder(hanging, { timeoutSeconds: 40 });
    const ended = expect(running).rejects.toMatchObject({
      code: 'deadline',
      what: expect.stringContaining('gave up waiting for the program after 40 s'),
    });
    await wrote('pid');
    jest.advanceTimersByTime(40_000);
    await ended;
    expect(existsSync(join(folder, 'asked'))).toBe(true);
    expect(isRunning()).toBe(false);
  });

  test('and ignores that is killed soon after', async () => {
    const running = inFolder(stubborn, { timeoutSeconds: 40 });
    const ended = expect(running).rejects.toMatchObject({ code: 'deadline' });
    await wrote('pid');
    jest.advanceTimersByTime(40_000);
    await wrote('asked');
    expect(isRunning()).toBe(true);
    jest.advanceTimersByTime(2000);
    await ended;
    expect(isRunning()).toBe(false);
  });

  test('is ended when the run is cancelled, which gives its own reason', async () => {
    const controller = new AbortController();
    const ended = expect(inFolder(hanging, { signal: controller.signal })).rejects.toThrow('cancelled');
    await wrote('pid');
    controller.abort(new Error('cancelled'));
    await ended;
    expect(existsSync(join(folder, 'asked'))).toBe(true);
    expect(isRunning()).toBe(false);
  });

  test('is ended even when the run is cancelled before it has started', async () => {
    const controller = new AbortController();
    const running = inFolder('exec sleep 30', { signal: controller.signal });
    controller.abort(new Error('cancelled at once'));
    await expect(running).rejects.toThrow('cancelled at once');
  });
});
