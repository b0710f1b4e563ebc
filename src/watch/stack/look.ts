/** A look of the watchdog inside the stack: reads what exists and what is promised, decides, and sends what is new. */

import { promisesKey } from '../../domain/tags.ts';
import type { Notices } from '../../ports/notices.ts';
import type { Documents } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { BackupError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { enough } from '../inventory/enough.ts';
import { type InventoryPorts, readInventory } from '../inventory/inventory.ts';
import { parsePromises } from '../promises/promise.ts';
import { watch } from '../watchdog/watchdog.ts';
import { mailOf, type Sender } from './mail.ts';
import { newsOf, type WatchedRepository } from './news.ts';
import { stillTagged } from './still-tagged.ts';
import { parseTold, renderTold, toldKey } from './told.ts';

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
 * Sends before it writes down what it has sent: when it dies in between, a mail comes twice rather than never.
 * @throws BackupError when it cannot be said of a source whether its backup is missing; what was found is told all the same
 */
export async function look(
  settings: LookSettings,
  { notices, ...ports }: LookPorts,
  context: WorkContext,
): Promise<LookSummary> {
  const { receiptBucket, region, silentDays } = settings;
  const { objects, regions } = ports;
  const told = { bucket: receiptBucket, key: toldKey };
  const [stored, known, inventory] = await Promise.all([
    objects.text({ bucket: receiptBucket, key: promisesKey }),
    objects.document(told),
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
  const mail = mailOf(news, settings);
  if (mail !== undefined) await notices.send(mail.subject, mail.text);
  const text = renderTold(news.after);
  if (text !== known?.text)
    await objects.put({ ...told, contentType: 'application/json', tags: {}, metadata: {} }, text, known?.etag ?? null);
  failWhenUnknown(repositories);
  return {
    sources: repositories.reduce((count, { sources }) => count + sources.length, 0),
    told: news.begun.map(({ title }) => title),
    over: news.over.map(({ title }) => title),
    open: news.after.open.length,
  };
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
