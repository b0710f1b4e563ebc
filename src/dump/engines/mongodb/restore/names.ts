/**
 * Names of what a proof restores. Databases of a copy have names of the run that made them, so that a scratch server may hold other
 * things, and so that a later run can tell what a dead one left.
 */

const prefix = 'holdfast_scratch_';
const shape = /^holdfast_scratch_([0-9a-f]{12})(?:_(\d+))?$/;

/** The database that says whose copy it is; also the beginning of the names of its databases. */
export function scratchName(id: string): string {
  return `${prefix}${id}`;
}

/** @returns id of the copy that a database belongs to; undefined for every other database */
export function scratchIdOf(database: string): string | undefined {
  return shape.exec(database)?.[1];
}

/** Names in the scratch server by names in the source. They do not hold the source's names, which may be as long as is allowed. */
export function renamed(id: string, databases: readonly string[]): ReadonlyMap<string, string> {
  return new Map(databases.map((name, at) => [name, `${scratchName(id)}_${at + 1}`]));
}

/** Parameters of mongorestore; a star is any text, and a backslash takes a character as it is (mongo-tools, mongorestore/ns). */
export function renameParameters(names: ReadonlyMap<string, string>): readonly string[] {
  const literal = (name: string): string => name.replace(/[\\*]/g, '\\$&');
  return [...names].flatMap(([from, to]) => [`--nsFrom=${literal(from)}.*`, `--nsTo=${to}.*`]);
}

/** Among the numbers of objects of a fingerprint: entries of the oplog that a restore has to replay. */
export const oplogEntries = 'oplog entries';
