/** Why a dump does not begin: databases that are not there, or that the user may not see or read. */
import type { MongoConnection } from '../../../dump/engines/mongodb/connection.ts';
import { BackupError } from '../../../runtime/errors.ts';

const onAdmin = (role: string): string => `{ role: "${role}", db: "admin" }`;

/**
 * How a user gets roles. On Atlas by its own ways alone: it takes back what db.grantRolesToUser changes (Atlas documentation, "Configure
 * Database Users"; its "Built-In Roles and Privileges" has backup and clusterMonitor, too).
 */
export function granting(user: string, roles: readonly string[]): string {
  const who = user === '' ? 'USER' : JSON.stringify(user).slice(1, -1);
  return `in mongosh, in the database where the user is (use admin): db.grantRolesToUser("${who}", [${roles.join(', ')}]); on Atlas, edit the user under Database Access, or with atlas dbusers update`;
}

export function ownDatabases(names: readonly string[]): BackupError {
  return new BackupError({
    what: `${names.join(', ')} belongs to the server itself, and is not dumped`,
    likelyCause: 'the URL names the database of the user in its path, or the input databases names one of the server',
    fix: 'end the URL with /?authSource=admin instead of /admin; move collections of your own to another database (users: true dumps users and roles)',
    code: 'input',
  });
}

export function missingDatabases(names: readonly string[], { hosts }: Pick<MongoConnection, 'hosts'>): BackupError {
  return new BackupError({
    what: `${hosts} has no database ${names.join(', ')}`,
    likelyCause:
      'the name is written otherwise (upper and lower case count), it holds nothing yet, or the user may not see it',
    fix: 'check the name in the URL or in the input databases, and that the user has the role read on it',
    code: 'database-missing',
  });
}

export function deniedDatabases(names: readonly string[], user: string): BackupError {
  const [first = ''] = names;
  const role = names.length > 1 ? onAdmin('backup') : `{ role: "read", db: ${JSON.stringify(first)} }`;
  return new BackupError({
    what: `the user ${user === '' ? '(none)' : user} may not read ${names.join(', ')}`,
    likelyCause: 'a role is missing: backup on admin for whole servers, read on each database that is dumped by itself',
    fix: granting(user, [role]),
    code: 'rights',
  });
}

/** A dump of all databases must not leave out what its user does not see. */
export function partlyListed(user: string): BackupError {
  return new BackupError({
    what: `the user ${user === '' ? '(none)' : user} may not list all databases of the server, so a dump of all of them would leave out some unseen`,
    likelyCause: 'the privilege listDatabases is missing: without it, a server lists what the user may read alone',
    fix: `${granting(user, [onAdmin('clusterMonitor'), onAdmin('readAnyDatabase')])}; or name the databases in the input databases`,
    code: 'rights',
  });
}

/** Where databases are chosen by name, the others are only told as far as the user sees them. */
export function partlyListedNote(user: string): string {
  return `the user ${user === '' ? '(none)' : user} may not list all databases of the server (role clusterMonitor on admin), so there may be others that nobody chose or excluded`;
}
