/** The status page with what earlier ones wrote down: reads the history, makes the page, and writes both where they belong. */
import type { ObjectPlace } from '../../domain/s3.ts';
import type { Documents } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { inputOf, type Watched } from '../page/from-watch.ts';
import { type History, parseHistory } from '../page/model/history.ts';
import { historyOf, pageModel } from '../page/model/model.ts';
import { renderPage } from '../page/render/page.ts';

/** Keys in the receipt bucket. */
export const historyKey = 'watch/history.json';
export const pageKey = 'watch/status.html';

export interface StatusRequest {
  readonly watched: Omit<Watched, 'history'>;
  readonly receiptBucket: string;
  /** Whether the days of this page are written down for later ones. */
  readonly remember: boolean;
  /** Whether the page is written into the bucket, too. */
  readonly publish: boolean;
}

export interface Status {
  readonly html: string;
  /** What could not be read or written; the page is there all the same. */
  readonly warnings: readonly string[];
}

export async function makeStatus(
  { watched, receiptBucket: bucket, remember, publish }: StatusRequest,
  objects: Documents,
  { signal }: Pick<WorkContext, 'signal'>,
): Promise<Status> {
  const warnings: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      warnings.push(`the status page: ${what}: ${explainInLine(error)}`);
      return undefined;
    }
  };
  const place = { bucket, key: historyKey };
  const before = await attempt(`${historyKey} could not be read`, () => readHistory(objects, place));
  const model = pageModel(inputOf({ ...watched, history: before?.history }));
  const html = renderPage(model);
  // Over what could not be read nothing is written: it may hold a year.
  if (remember && before !== undefined) {
    const body = `${JSON.stringify(historyOf(model))}\n`;
    const document = { ...place, contentType: 'application/json', tags: {}, metadata: {} };
    await attempt(`${historyKey} could not be written`, () => objects.put(document, body, before.etag ?? null));
  }
  if (publish) {
    const object = { bucket, key: pageKey, contentType: 'text/html; charset=utf-8', tags: {}, metadata: {} };
    await attempt(`${pageKey} could not be written`, () => objects.put(object, html));
  }
  return { html, warnings };
}

interface ReadHistory {
  readonly history: History | undefined;
  readonly etag: string | undefined;
}

/** @throws Error for a document that is there and no history: it is not written over */
async function readHistory(objects: Documents, place: ObjectPlace): Promise<ReadHistory> {
  const found = await objects.document(place);
  if (found === undefined) return { history: undefined, etag: undefined };
  const history = parseHistory(found.text);
  if (history === undefined) throw new Error('it is no history; delete it to begin anew');
  return { history, etag: found.etag };
}
