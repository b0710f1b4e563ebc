/** Answers in pages, as every Describe operation of EC2 gives them. */
import { LabAwsError } from '../../protocol/service.ts';
import type { Ec2Context } from './context.ts';
import { text } from './query.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * The page that the request asks for: each record as it is now, without those deleted since the first page.
 * @param select selects all records; called for the first page only
 * @param exists whether a record is still there; asked for later pages only
 */
export function page<T>(
  context: Ec2Context,
  select: () => readonly T[],
  exists: (one: T) => boolean,
  limits = { min: 5, max: 1000 },
): Page<T> {
  const { parameters, listings } = context;
  const count = countOf(context, limits);
  const token = text(parameters, 'NextToken');
  const request = requestOf(context);
  if (token === undefined) {
    const items = select();
    if (items.length <= count) return { items, nextToken: undefined };
    return { items: items.slice(0, count), nextToken: listings.begin(request, items, count) };
  }
  const next = listings.page(request, token, count);
  if (next === undefined) throw new LabAwsError('InvalidNextToken', 'The token is invalid.');
  return { items: (next.items as readonly T[]).filter(exists), nextToken: next.nextToken };
}

/** Records on a page. @throws LabAwsError for a MaxResults outside the limits */
function countOf({ parameters, pageSize }: Ec2Context, { min, max }: { min: number; max: number }): number {
  const given = text(parameters, 'MaxResults');
  if (given === undefined) return pageSize;
  const size = Number(given);
  if (!Number.isInteger(size) || size < min || size > max) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `Value ( ${given} ) for parameter maxResults is invalid. Expecting a value between ${min} and ${max}.`,
    );
  }
  return Math.min(size, pageSize);
}

/** Identifies the call, whichever page it asks for. */
function requestOf({ operation, world, parameters }: Ec2Context): string {
  const { MaxResults: _size, NextToken: _token, ...others } = parameters;
  return JSON.stringify([world.region, operation, others]);
}
