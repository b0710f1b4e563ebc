/** versitygw on loopback: an S3 server over a folder, with signatures, checksums, versions, conditions and locks. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../lab/hosts/free-port.ts';
import { root } from '../../../scripts/lib/actions.ts';

export interface S3Server {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/** @param program the server's */
export async function startS3Server(program: string): Promise<S3Server> {
  // It keeps what it knows of an object in extended attributes, which not every /tmp has.
  mkdirSync(join(root, '.lab'), { recursive: true });
  const folder = mkdtempSync(join(root, '.lab', 's3-server-'));
  const [objects, versions] = [join(folder, 'objects'), join(folder, 'versions')];
  for (const one of [objects, versions]) mkdirSync(one);
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const keys = { accessKeyId: 'AKIAWITNESS000000001', secretAccessKey: randomBytes(20).toString('hex') };
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  const child = spawn(
    program,
    ['--port', `127.0.0.1:${port}`, '--health', '/health', 'posix', '--versioning-dir', versions, objects],
    {
      stdio: ['ignore', output, output],
      env: { ...process.env, ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { url, ...keys, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const said = readFileSync(log, 'utf8').slice(-500);
  await stop();
  throw new Error(`the S3 server does not answer: ${said}`);
}
