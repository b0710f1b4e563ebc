/**
 * Lists in pages. A listing is selected once, with its first page; the later pages walk through what was found then,
 * each record as it is now, without those deleted meanwhile. EC2 promises no more than that.
 */
import { randomBytes } from 'node:crypto';
import { LabAwsError } from '../../protocol/service.ts';
import type { Scene } from './context.ts';
import { text } from './query.ts';

interface Listing {
  /** The call it is of, without the parameters that may differ from page to page. */
  readonly request: string;
  readonly items: readonly unknown[];
}

/** Listings that were begun, by the first half of their tokens; the oldest are forgotten. */
export type Listings = Map<string, Listing>;

/** How many listings may be under way at once: enough for every client of a rehearsal. */
const remembered = 100;

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** @param exists whether a record is still there; asked for later pages only */
export function page<T>(
  scene: Scene,
  select: () => readonly T[],
  exists: (one: T) => boolean,
  { min, max } = { min: 5, max: 1000 },
): Page<T> {
  const { parameters, listings, pageSize } = scene;
  const given = text(parameters, 'MaxResults');
  const size = given === undefined ? pageSize : Number(given);
  if (given !== undefined && (!Number.isInteger(size) || size < min || size > max)) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `Value ( ${given} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
    );
  }
  const count = Math.min(size, pageSize);
  const token = text(parameters, 'NextToken');
  const request = requestOf(scene);
  if (token === undefined) {
    const items = select();
    if (items.length <= count) return { items, nextToken: undefined };
    const id = randomBytes(12).toString('hex');
    listings.set(id, { request, items });
    for (const oldest of listings.keys()) if (listings.size > remembered) listings.delete(oldest);
    return { items: items.slice(0, count), nextToken: nextToken(id, count) };
  }
  const [, id = '', from = ''] =
    /^lab-page-([0-9a-f]{24})-(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  const listing = listings.get(id);
  if (listing?.request !== request) throw new LabAwsError('InvalidNextToken', 'The token is invalid.');
  // Those in use stay.
  listings.delete(id);
  listings.set(id, listing);
  const end = Number(from) + count;
  return {
    items: (listing.items as readonly T[]).slice(Number(from), end).filter(exists),
    nextToken: end < listing.items.length ? nextToken(id, end) : undefined,
  };
}

function nextToken(id: string, position: number): string {
  return Buffer.from(`lab-page-${id}-${position}`).toString('base64url');
}

function requestOf({ operation, world, parameters }: Scene): string {
  const { MaxResults: _size, NextToken: _token, ...rest } = parameters;
  return JSON.stringify([world.region, operation, rest]);
}
