/** What the tests of programs elsewhere share. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { BackupError } from '../../src/runtime/errors.ts';

export async function bytesOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
}

export function failureOf(work: Promise<unknown>): Promise<BackupError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: BackupError) => error,
  );
}

/** Whether the process whose number a file holds ends, within a minute at least. */
export async function isGone(path: string): Promise<boolean> {
  const pid = Number(readFileSync(path, 'utf8'));
  for (let tries = 0; tries < 1200; tries += 1) {
    if (!existsSync(`/proc/${pid}`)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Sends a text to a port of this computer. @returns what it answers until it closes the connection */
export function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
