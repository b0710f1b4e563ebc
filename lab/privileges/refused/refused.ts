/**
 * What the roles must be refused, each with what it would be in words. For every condition of every policy, and for every
 * statement that names resources, there is one that only this condition or these resources hold back (test/unit/infra).
 */
import { accountId } from '../installation.ts';
import { ofOthers } from './of-others.ts';
import { ofRoles } from './of-roles.ts';
import { ofKeys, ofServices, ofTokens } from './of-trust.ts';
import type { Refused, Rows } from './things.ts';

function ofRows(table: Rows): Refused[] {
  return Object.entries(table).flatMap(([by, list]) =>
    list.map(([why, action, resource, keys = {}]): Refused => ({ why, by, action, resource, keys, allowed: false })),
  );
}

/** Every request that must be refused. */
export const refused: readonly Refused[] = [
  ...ofRows(ofRoles),
  ...ofRows(ofOthers),
  ...Object.keys(ofRoles).flatMap((role) =>
    [ofTokens, ofKeys, ofServices].flatMap((of) => of(role, `arn:aws:iam::${accountId}:role/${role}`)),
  ),
];
