/** Programs with streams, played by small Bash scripts. */
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PipedProgram } from '../../../src/adapters/databases/piped-program.ts';
import { PsqlSession } from '../../../src/adapters/databases/postgres/psql.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-programs-'));
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** It is not killed, however long it takes to end by itself. */
const timeStandsStill = (): void => void jest.useFakeTimers();

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin' };
const bash = (script: string, program = '/bin/bash'): PipedProgram =>
  new PipedProgram({ program, parameters: ['-c', script], environment, what: 'the program' });

describe('a program that is fed', () => {
  async function* source(error?: Error): AsyncGenerator<Buffer> {
    for (let piece = 0; piece < 4; piece += 1) yield Buffer.alloc(100_000, 'a');
    if (error) throw error;
  }

  test('gets every byte, and may print as much', async () => {
    await bash(`cat | tee ${folder}/got`).feed(source());
    expect(statSync(join(folder, 'got')).size).toBe(400_000);
  });

  test('is reported with its message when it ends before it has read everything', async () => {
    await expect(bash('head -c 10 >/dev/null; echo "that is wrong" >&2; exit 3').feed(source())).rejects.toMatchObject({
      what: 'the program ended with status 3: that is wrong',
    });
  });

  test('has ended before the error of its source is thrown', async () => {
    timeStandsStill();
    const program = bash(`trap 'sleep 0.3; touch ${folder}/late; exit 1' TERM; exec 5<&0; cat <&5 >/dev/null & wait`);
    await expect(program.feed(source(new Error('it broke off')))).rejects.toThrow('it broke off');
    expect(program.running).toBe(false);
    expect(existsSync(join(folder, 'late'))).toBe(true);
  });

  test('gives its output meanwhile', async () => {
    let bytes = 0;
    for await (const part of bash('cat; cat').through(source())) bytes += part.length;
    expect(bytes).toBe(400_000);
    const all = async (script: string, error?: Error): Promise<void> => {
      for await (const _ of bash(script).through(source(error)));
    };
    await expect(all('head -c 10; echo wrong >&2; exit 3')).rejects.toMatchObject({
      what: expect.stringMatching(/status 3: wrong/),
    });
    await expect(all('cat', new Error('it broke off'))).rejects.toThrow('it broke off');
  });

  test('ends when it is discarded, whatever it still prints', async () => {
    timeStandsStill();
    const program = bash(`trap 'head -c 300000 /dev/zero; exit 1' TERM; echo ready; while :; do sleep 0.01; done`);
    await program.stdout[Symbol.asyncIterator]().next();
    await program.discard();
    expect(program.running).toBe(false);
  });

  test('is named when it does not exist', async () => {
    await expect(bash('', '/nowhere/psql').feed(source())).rejects.toMatchObject({ code: 'tool-missing' });
  });
});

describe('a session', () => {
  const session = (script: string, signal?: AbortSignal): PsqlSession => {
    const program = join(folder, 'psql');
    writeFileSync(program, `#!/bin/bash\n${script}\n`);
    chmodSync(program, 0o700);
    return new PsqlSession({ program, environment, what: 'the session', signal });
  };

  test('that is cancelled throws the reason, not how psql ended', async () => {
    const controller = new AbortController();
    const asked = session('cat >/dev/null', controller.signal).query('SELECT 1');
    controller.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
  });

  test('that ends in the middle is reported with its message', async () => {
    await expect(session('echo "psql: error: gone" >&2; exit 2').query('SELECT 1')).rejects.toMatchObject({
      what: 'the session ended with status 2: psql: error: gone',
    });
    await expect(session('exit 0').query('SELECT 1')).rejects.toMatchObject({
      what: 'the session: the session ended by itself',
    });
  });

  test('ends although nobody reads what it prints at its end', async () => {
    const one = session(`while read -r line; do
  case $line in
    '\\echo '*) echo "\${line#*echo }" ;;
    '\\q') head -c 300000 /dev/zero | tr '\\0' 'x'; exit ;;
  esac
done`);
    expect(await one.query('SELECT 1')).toEqual([]);
    await one.end();
  });
});
