/** What a server refuses while a dump is restored into it: advice for its user, and not for the one that dumps. */
import { BackupError } from '../../../runtime/errors.ts';
import { isUnauthorized, mongoFailed } from './causes.ts';

/**
 * @param what for people: "mongorestore into db.example.org ended early"
 * @param replays whether an oplog is replayed. Role restore is not enough for that (MongoDB Database Tools, mongorestore, Required
 * Access).
 */
export function restoreFailed(what: string, error: unknown, replays: boolean): BackupError {
  if (error instanceof BackupError || !isUnauthorized(error)) return mongoFailed(what, error);
  return new BackupError({
    what: mongoFailed(what, error).what,
    likelyCause: replays
      ? 'the user of the server that is restored into lacks a role that may do anything, which the replay of an oplog needs'
      : 'the user of the server that is restored into lacks a role',
    fix: replays
      ? 'there, in mongosh: use admin; db.createRole({ role: "replay", privileges: [{ resource: { anyResource: true }, actions: ["anyAction"] }], roles: [] }); db.grantRolesToUser("USER", ["replay"]); or dump with oplog: false'
      : 'there, in mongosh: use admin; db.grantRolesToUser("USER", ["restore", "readAnyDatabase", "dbAdminAnyDatabase"])',
    code: 'rights',
  });
}
