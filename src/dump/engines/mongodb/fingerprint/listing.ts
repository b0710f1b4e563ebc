/**
 * Which databases a server has. Without the privilege listDatabases, a server lists only what the user may read, and says nothing of the
 * rest (MongoDB manual, listDatabases): so it is asked for all. It is part of a host script, as host-reading.ts is.
 */

export interface Listing {
  readonly databases: readonly { readonly name: string; readonly bytes: number }[];
  /** Whether these are all of the server; `some` when the user may not list them all, `none` when it may list none. */
  readonly extent: 'all' | 'some' | 'none';
}

/** Runs a command on the database `admin`. */
type Ask = (command: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;

/** Code of the server's error Unauthorized. */
export const unauthorized = 13;
/** Code of the server's error for a field that a command does not have (mongo, idl_parser.cpp, throwUnknownField). */
const unknownField = 40_415;

export const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;

/** A host between (Atlas: 8000) gives another code, and the server's words. */
function isRefused(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as { readonly message?: unknown };
  return (
    codeOf(error) === unauthorized ||
    /not authorized|Insufficient permissions|not allowed to do action/i.test(String(message))
  );
}

/** @throws what `ask` throws, unless the user may not list databases */
export async function listingOf(ask: Ask): Promise<Listing> {
  try {
    return { databases: namesOf(await ask({ listDatabases: 1, authorizedDatabases: false })), extent: 'all' };
  } catch (error) {
    // Servers have the option since 4.0.5; 4.0.4 is asked which privileges the user has. Others, such as Amazon DocumentDB, list all or refuse.
    const all = codeOf(error) === unknownField ? await mayListAll(ask) : !isRefused(error);
    try {
      return { databases: namesOf(await ask({ listDatabases: 1 })), extent: all ? 'all' : 'some' };
    } catch (again) {
      if (!isRefused(again)) throw again;
      return { databases: [], extent: 'none' };
    }
  }
}

function namesOf({ databases }: Readonly<Record<string, unknown>>): Listing['databases'] {
  const listed = databases as readonly { readonly name: string; readonly sizeOnDisk?: unknown }[];
  return listed.map(({ name, sizeOnDisk }) => ({ name, bytes: Number(sizeOnDisk ?? 0) }));
}

interface Status {
  readonly authenticatedUsers?: readonly unknown[];
  readonly authenticatedUserPrivileges?: readonly {
    readonly resource?: { readonly cluster?: boolean; readonly anyResource?: boolean };
    readonly actions?: readonly string[];
  }[];
}

/** Whether the server is one without users, or the user's privileges hold listDatabases; yes where a server does not say it. */
async function mayListAll(ask: Ask): Promise<boolean> {
  const told = await ask({ connectionStatus: 1, showPrivileges: true }).catch((): Record<string, unknown> => ({}));
  const { authenticatedUsers = [], authenticatedUserPrivileges: privileges = [] } = (told.authInfo ?? {}) as Status;
  if (authenticatedUsers.length === 0 || privileges.length === 0) return true;
  return privileges.some(
    ({ resource, actions = [] }) =>
      (resource?.cluster === true || resource?.anyResource === true) &&
      (actions.includes('listDatabases') || actions.includes('anyAction')),
  );
}
