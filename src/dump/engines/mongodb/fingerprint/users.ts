/**
 * Users and roles as definitions, from the documents of admin.system.users and admin.system.roles (MongoDB manual, system.users
 * Collection, system.roles Collection). What a password is derived into is left out: no receipt and no finding says anything of it.
 */
import { createHash } from 'node:crypto';
import type { Namespace } from '../../../../anonymize/bson/format/archive.ts';
import { words } from './words.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What of a server's users and roles a dump has: all, or those of one database that is dumped by itself. */
export type UsersScope = { readonly database: string | undefined };

/** For people, and for facts that could not be read. */
export const usersAndRoles = 'users and roles';

export const isOfUsers = (id: string): boolean => /^(USER|ROLE) /.test(id);

/** `system.users`, and what mongodump names the users of one database (mongo-tools, CreateUsersRolesVersionIntentsForDB). */
export function isUsersCollection({ database, collection }: Pick<Namespace, 'database' | 'collection'>): boolean {
  const ofServer = database === 'admin' && /^system\.(users|roles|version)$/.test(collection);
  return ofServer || /^\$admin\.system\.(users|roles|version)$/.test(collection);
}

/**
 * @param document of `system.users` or `system.roles`
 * @returns name and words of the definition; undefined for another document
 */
export function userOrRole(document: Fields): readonly [id: string, words: string] | undefined {
  const { db, user, role } = document;
  if (typeof user === 'string') return [`USER ${db}.${user}`, userWords(document)];
  if (typeof role === 'string') return [`ROLE ${db}.${role}`, roleWords(document)];
  return undefined;
}

function userWords({ roles, authenticationRestrictions, credentials, customData }: Fields): string {
  const mechanisms = Object.keys((credentials ?? {}) as Fields).toSorted();
  return [
    `roles:${set(roles)}`,
    `mechanisms:${words(mechanisms, 'kept')}`,
    ...restrictions(authenticationRestrictions),
    // It may hold anything, also names of people.
    ...(customData === undefined ? [] : [`customData:${digest(words(customData, 'kept'))}`]),
  ].join(' ');
}

function roleWords({ roles, privileges, authenticationRestrictions }: Fields): string {
  return [`privileges:${set(privileges)}`, `roles:${set(roles)}`, ...restrictions(authenticationRestrictions)].join(
    ' ',
  );
}

function restrictions(given: unknown): readonly string[] {
  const text = set(given);
  return text === '[]' ? [] : [`restrictions:${text}`];
}

/** The order of roles and privileges means nothing. */
function set(list: unknown): string {
  const all = Array.isArray(list) ? list : [];
  return `[${all
    .map((one) => words(one, 'sorted'))
    .toSorted()
    .join(',')}]`;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
