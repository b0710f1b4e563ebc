/** A dump that lies on a host, brought to the bucket and from there to the runner, as db-dump does it: the scripts of hosts run here. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostScriptText } from '../../../scripts/host-scripts.ts';
import { HostCommands, type HostDumpContext } from '../../../src/adapters/databases/on-host/commands.ts';
import { fetchArchive, uploadFromHost } from '../../../src/adapters/databases/on-host/transfer.ts';
import { type HostAnswer, type HostScript, parseAnswer } from '../../../src/host/catalogue/catalogue.ts';
import { parseOutput } from '../../../src/host/catalogue/output.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';
import type { Objects } from '../../../src/ports/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { HostError } from '../../../src/runtime/errors.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import type { Answers } from './answers.ts';
import { bytesOf, hash } from './bytes.ts';

/** S3 accepts smaller parts only as the last one. */
const partBytes = 5 * 1024 * 1024;
/** Four parts go at a time; the last one is short. */
const archiveBytes = 5 * partBytes + 12_345;
const instanceId = 'i-0a1b2c3d4e5f60718';
const key = 'host/shop-prod.dump';

/** This computer as the host, without the machinery between: a script gets its parameters as the agent of SSM gives them. */
class ThisComputer implements Hosts {
  readonly #stateFolder: string;

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
  }

  async reachable(): Promise<{ online: boolean; detail: string }> {
    return { online: true, detail: '' };
  }

  async run<S extends HostScript>(_instance: string, { script, parameters }: HostCommand<S>): Promise<HostAnswer<S>> {
    const text = hostScriptText(script).replace('state_dir="/run/holdfast"', `state_dir="${this.#stateFolder}"`);
    const given = Object.entries(parameters).map(([name, value]) => [`SSM_${name}`, String(value)]);
    const { stdout, stderr } = await bash(text, { PATH: process.env.PATH, ...Object.fromEntries(given) });
    const fail = (code: string, message: string, detail: string): never => {
      throw new HostError({ script, instanceId, code, message, detail });
    };
    const output = parseOutput(stdout);
    if (output.kind === 'failed') return fail(output.error.code, output.error.message, output.error.detail);
    if (output.kind !== 'answer') return fail('unreadable-answer', output.kind, stderr);
    const checked = parseAnswer(script, output.value);
    return 'answer' in checked ? checked.answer : fail('unreadable-answer', checked.problems.join('; '), stderr);
  }
}

function bash(text: string, env: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/bash', ['-c', text], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', () => resolve({ stdout, stderr }));
  });
}

/** Lays a finished dump where dump-start leaves one. */
function finishedDump(folder: string, { dumpId }: HostCommands): string {
  const [state, archives] = [join(folder, 'state', 'dumps', dumpId), join(folder, 'archives')];
  for (const one of [state, join(archives, 'unfinished')]) mkdirSync(one, { recursive: true });
  const archive = join(archives, 'unfinished', dumpId);
  const bytes = bytesOf(archiveBytes);
  writeFileSync(archive, bytes);
  const sums: string[] = [];
  for (let at = 0; at < bytes.length; at += partBytes) sums.push(hash(bytes.subarray(at, at + partBytes)));
  const files = {
    folder: archives,
    begun: 'snapshot\n2026-11-21T02:23:00.000Z\n',
    parts: sums.map((sum) => `${sum}\n`).join(''),
    fingerprint: '{"table":"a","rows":"1"}\n',
    done: `${bytes.length} ${hash(bytes)}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(state, name), text);
  return archive;
}

export async function hostDump(objects: Objects, bucket: string, answers: Answers): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-host-dump-'));
  chmodSync(folder, 0o700);
  const logged: string[] = [];
  const note = (text: string): void => void logged.push(text);
  const logger: Logger = {
    ...{ debug: note, info: note, warning: note, error: note },
    group: (_title, work) => work(),
  };
  const run = { key: 'acme/backups/actions/runs/1', url: 'https://github.test/1', id: '1', attempt: 1 };
  const context: HostDumpContext = { clock: systemClock, logger, signal: new AbortController().signal, run };
  const options = {
    ...{ instance: 'db01', container: '', folder: join(folder, 'archives'), name: 'shop-prod', keep: 1 },
    source: 'shop-prod',
    ...{ timeoutSeconds: 600, bucket, format: 'custom' as const },
  };
  const commands = new HostCommands(new ThisComputer(join(folder, 'state')), instanceId, [], options, context);
  try {
    const archive = finishedDump(folder, commands);
    const done = await commands.run('dump-state', { DumpId: commands.dumpId });
    if (done.state !== 'done') throw new Error(`the dump is ${done.state}`);
    const begin = () =>
      objects.upload({
        ...{ bucket, key, contentType: 'application/octet-stream', tags: { 'holdfast:source': 'shop' } },
        ...{ metadata: { 'holdfast-run': 'r#1' }, checksum: 'SHA256' as const },
      });
    const upload = await begin();
    const progress: number[] = [];
    const send = (one: typeof upload) =>
      uploadFromHost(commands, done, one, { partBytes, onProgress: (bytes) => void progress.push(bytes), context });
    await answers.of('host dump: upload', () => send(upload));
    answers.note('host dump: progress', progress);
    const place = { folder, onProgress: () => {}, signal: context.signal };
    const local = await answers.of('host dump: fetch', async () => {
      const { bytes } = await fetchArchive(commands, done, upload, objects, place);
      return { bytes };
    });
    answers.note('host dump: fetched', local && hash(readFileSync(join(folder, 'archive'))) === done.sha256);
    answers.note('host dump: nothing was refused', logged);
    await refusals(commands, await begin(), archive, answers);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the host hears of S3 when a part is not what was signed. */
async function refusals(
  commands: HostCommands,
  upload: Awaited<ReturnType<Objects['upload']>>,
  archive: string,
  answers: Answers,
): Promise<void> {
  const state = await commands.run('dump-state', { DumpId: commands.dumpId });
  if (state.state !== 'done') return;
  const parts = state.parts.slice(0, 2).map((sha256, at) => ({ number: at + 1, sha256 }));
  const { url, signatures } = await upload.sign(parts);
  const send = (point: string, words: readonly string[]) =>
    answers.of(`host dump: ${point}`, async () => {
      const parameters = { DumpId: commands.dumpId, PartBytes: String(partBytes), Url: url, Parts: words.join(' ') };
      let answer = await commands.run('dump-upload', parameters);
      // A server that refuses before it has read the part may end the connection before curl has read why.
      for (let tries = 0; tries < 5 && answer.refused.includes('status 000'); tries += 1)
        answer = await commands.run('dump-upload', parameters);
      return { numbers: answer.parts.map(({ number }) => number), refused: answer.refused.trim() };
    });
  const [first = '', second = ''] = signatures;
  await send('signatures of the other part', [`1:${second}`, `2:${first}`]);
  writeFileSync(archive, Buffer.concat([Buffer.from('damaged'), readFileSync(archive).subarray(7)]));
  await send('one part damaged on the disk', [`1:${first}`, `2:${second}`]);
  await upload.abort();
  await send('an upload that was aborted', [`2:${second}`]);
}
