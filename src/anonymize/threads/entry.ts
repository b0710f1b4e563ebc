/** What a thread runs that rewrites rows. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from './messages.ts';
import { RowWorker } from './row-worker.ts';

const worker = new RowWorker(workerData as ThreadData);

/** Buffers go over, and are not copied. */
function buffersOf(message: FromThread): ArrayBuffer[] {
  if (message.kind === 'rewritten') return message.long === undefined ? [] : [message.long.buffer];
  return message.kind === 'replaced' ? [message.replaced.hashes.buffer as ArrayBuffer] : [];
}

parentPort?.on('message', (message: ToThread) => {
  const answer = worker.answer(message);
  parentPort?.postMessage(answer, buffersOf(answer));
});
parentPort?.postMessage({ kind: 'ready' } satisfies FromThread);
