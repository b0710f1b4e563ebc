/** Host scripts of the verification, run against a MariaDB server of a test. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hostScriptText } from '../../scripts/host-scripts.ts';
import { type HostAnswer, type HostScript, parseAnswer } from '../../src/host/catalogue/catalogue.ts';

/** Runs a script as SSM would: no environment but its parameters. @param data the server's data folder, with its socket */
export function runOnHost<S extends HostScript>(
  script: S,
  data: string,
  parameters: Readonly<Record<string, string>> = {},
): HostAnswer<S> {
  const stubs = join(dirname(data), 'stubs');
  mkdirSync(stubs, { recursive: true });
  // The server of a test is no unit.
  writeFileSync(join(stubs, 'systemctl'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(stubs, 'systemctl'), 0o755);
  const all = {
    Socket: join(data, 'lab.sock'),
    DefaultsFile: '',
    Service: 'none',
    VolumeId: 'vol-00000001',
    MountPoint: data,
  };
  const environment = Object.entries({ ...all, ...parameters }).map(([name, value]) => [`SSM_${name}`, value]);
  const result = spawnSync('bash', ['-s'], {
    input: hostScriptText(script),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    env: { PATH: `${stubs}:${process.env.PATH}`, ...Object.fromEntries(environment) },
  });
  const parsed = parseAnswer(script, whole(JSON.parse(result.stdout || '{}')));
  if ('answer' in parsed) return parsed.answer;
  throw new Error(`${parsed.problems.join('; ')}\n${result.stdout.slice(0, 2000)}\n${result.stderr.slice(-2000)}`);
}

/** A long result is stored on the host, and read from there. */
function whole(answer: unknown): unknown {
  const { stored } = answer as { stored?: { key: string } };
  if (stored === undefined) return answer;
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 } as const;
  const file = `/run/holdfast/results/${stored.key}`;
  return JSON.parse(spawnSync('bash', ['-c', 'base64 -d <"$0" | gunzip', file], options).stdout);
}
