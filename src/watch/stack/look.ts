/** A look of the watchdog inside the stack: reads what exists and what is promised, decides, and sends what is new. */

import { promisesKey } from '../../domain/tags.ts';
import type { Notices } from '../../ports/notices.ts';
import type { Documents } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { BackupError, isOverwriteConflict } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { enough } from '../inventory/enough.ts';
import { type InventoryPorts, readInventory } from '../inventory/inventory.ts';
import { parsePromises } from '../promises/promise.ts';
import { watch } from '../watchdog/watchdog.ts';
import type { WatchedRepository } from './looked.ts';
import { mailOf, type Sender } from './mail.ts';
import { type News, newsOf } from './news.ts';
import { stillTagged } from './still-tagged.ts';
import { parseTold, renderTold, type Told, toldKey } from './told.ts';

export interface LookSettings extends Sender {
  readonly receiptBucket: string;
  /** Days after which it is told that no watchdog on GitHub has looked. */
  readonly silentDays: number;
}

export interface LookPorts extends InventoryPorts {
  readonly objects: Documents;
  readonly notices: Notices;
}

/** What the log of the function says of a look. */
export interface LookSummary {
  readonly sources: number;
  readonly told: readonly string[];
  readonly over: readonly string[];
  readonly open: number;
}

/**
 * @throws BackupError when it cannot be said of a source whether its backup is missing; what was found is told all the same
 */
export async function look(
  settings: LookSettings,
  { notices, ...ports }: LookPorts,
  context: WorkContext,
): Promise<LookSummary> {
  const { receiptBucket, region, silentDays } = settings;
  const { objects, regions } = ports;
  const [stored, known, inventory] = await Promise.all([
    objects.text({ bucket: receiptBucket, key: promisesKey }),
    objects.document({ bucket: receiptBucket, key: toldKey }),
    readInventory({ region, receiptBucket, sufficient: { enough } }, ports, context),
  ]);
  const promises = stored === undefined ? 'missing' : (parsePromises(stored) ?? 'unreadable');
  const promised = typeof promises === 'string' ? {} : promises.repositories;
  const current = await stillTagged(promised, regions, context);
  const now = context.clock.now();
  const repositories = Object.entries(current).map(
    ([name, sources]): WatchedRepository => ({ name, sources: watch({ promises: sources, inventory, now }) }),
  );
  const news = newsOf(parseTold(known?.text), { repositories, promises, silentDays, now });
  await tell(news, known, settings, { objects, notices });
  failWhenUnknown(repositories);
  return {
    sources: repositories.reduce((count, { sources }) => count + sources.length, 0),
    told: news.begun.map(({ title }) => title),
    over: news.over.map(({ title }) => title),
    open: news.after.open.length,
  };
}

/**
 * Writes down what it is about to send, sends it, and writes down that it has. A look that dies in between leaves behind what the next one
 * sends again: a mail comes twice rather than never, and what was perhaps told is told when it is over.
 * @param known what is written down, as it was read: when another look has written meanwhile, that one sends
 */
async function tell(
  news: News,
  known: { readonly text: string; readonly etag: string } | undefined,
  settings: LookSettings,
  { objects, notices }: Pick<LookPorts, 'objects' | 'notices'>,
): Promise<void> {
  const object = { bucket: settings.receiptBucket, key: toldKey, contentType: 'application/json' };
  const keep = async (told: Told, over: string | null | undefined): Promise<string | undefined> =>
    (await objects.put({ ...object, tags: {}, metadata: {} }, renderTold(told), over)).etag;
  const over = known?.etag ?? null;
  const mail = mailOf(news, settings);
  if (mail === undefined) {
    if (renderTold(news.after) !== known?.text) await keep(news.after, over);
    return;
  }
  const written = await keep(news.meanwhile, over).then(
    (etag) => ({ etag }),
    (error: unknown) => ({ error }),
  );
  if ('error' in written && isOverwriteConflict(written.error)) throw written.error;
  await notices.send(mail.subject, mail.text);
  // What cannot be written down is sent all the same, by each look again: a bucket that refuses must not silence an alarm.
  if ('error' in written) throw written.error;
  await keep(news.after, written.etag);
}

/** The alarm of the stack tells it. */
function failWhenUnknown(repositories: readonly WatchedRepository[]): void {
  const unknown = repositories.flatMap(({ sources }) => sources).filter((one) => one.unknown !== undefined);
  const [first] = unknown;
  if (first === undefined) return;
  throw new BackupError({
    what: `nobody can say whether ${plural(unknown.length, 'source')} ${unknown.length === 1 ? 'is' : 'are'} backed up; the first: ${first.promised.source}: ${first.unknown}`,
    fix: 'docs/watching.md, "What it may read"',
    code: 'not-readable',
  });
}
