/** What mongorestore says of a restore: of documents that it could not insert, it may say nothing in its status. */
import type { Refusal } from '../../../../ports/dump-engine.ts';

export interface RestoreMessages {
  /** Documents that were refused, by collection as it is named in the server. */
  readonly refused: ReadonlyMap<string, number>;
  /** Messages of the server about documents. */
  readonly reasons: readonly string[];
  /** `Failed: …`: why it ended early. */
  readonly failure: string | undefined;
  /** Documents that failed, by its last line. */
  readonly failed: number;
}

/** Reasons kept. */
const maxReasons = 5;

/** @param text of standard error: each line begins with a time and a tab (mongo-tools, common/log) */
export function parseRestoreMessages(text: string): RestoreMessages {
  const refused = new Map<string, number>();
  const reasons: string[] = [];
  let [failure, failed]: [string | undefined, number] = [undefined, 0];
  for (const line of text.split('\n')) {
    const message = line.replace(/^\S+\t/, '').trim();
    const finished = /^finished restoring (.+) \(\d+ documents?, (\d+) failures?\)$/s.exec(message);
    if (finished && finished[2] !== '0') refused.set(finished[1] as string, Number(finished[2]));
    const last = /^\d+ document\(s\) restored successfully\. (\d+) document\(s\) failed to restore\.$/.exec(message);
    if (last) failed = Number(last[1]);
    if (message.startsWith('Failed: ')) failure = message.slice('Failed: '.length);
    if (/^continuing through error: |^error: |E11000/.test(message) && reasons.length < maxReasons)
      reasons.push(withoutValues(message));
  }
  return { refused, reasons, failure, failed };
}

/** Values of documents belong into no report. */
function withoutValues(message: string): string {
  return message
    .replace(/^continuing through error: |^error: /, '')
    .replace(/dup key: .*$/s, 'dup key')
    .replace(/\{[^}]*\}/gs, '{…}')
    .slice(0, 300);
}

/** @param shown name of a collection of the source, of one of the copy */
export function refusalsOf(
  { refused, reasons, failed }: RestoreMessages,
  shown: (name: string) => string,
): readonly Refusal[] {
  const [message = 'mongorestore says that it could not insert them'] = reasons;
  const advice = /E11000/.test(message)
    ? {
        likelyCause: 'a unique index of the source does not fit its documents',
        fix: 'find the documents in the source that have the same key',
      }
    : {
        likelyCause: "the scratch server does not take what the source's server took",
        fix: 'use a scratch server of the same series as the source',
      };
  const of = [...refused].map(
    ([name, count]): Refusal => ({
      object: `documents of ${shown(name)}`,
      message: `${count} documents: ${message}`,
      reason: 'rows',
      ...advice,
    }),
  );
  if (of.length > 0 || failed === 0) return of;
  return [{ message: `${failed} documents: ${message}`, reason: 'rows', ...advice }];
}

/** Messages of mongorestore about a file that is not as mongodump wrote it (mongo-tools, common/archive, common/db/bson_stream.go). */
const damage =
  /corruption found in archive|CRC mismatch|error demultiplexing|does not appear to be a mongodump archive|invalid BSONSize|invalid BSON|reading bson input|error reading metadata|error parsing metadata|archive finished before|read bson|gzip: invalid/i;

export function isDamage(failure: string): boolean {
  return damage.test(failure);
}
