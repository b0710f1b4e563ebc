/** What mongorestore is told (mongo-tools, mongorestore/options.go and ns/ns.go). */
import type { Dumped } from './dump-file.ts';

/** Where the databases of a dump go, by their names in it. */
export type Targets = ReadonlyMap<string, string>;

/** A star is any text, and a backslash takes it as it is. */
const escaped = (name: string): string => name.replace(/[\\*]/g, '\\$&');

const namespace = ({ database, collection }: Dumped): string => `${escaped(database)}.${escaped(collection)}`;

/** Documents that are older than a validator are restored, too. The first that is refused ends it. */
const common = ['--stopOnError', '--bypassDocumentValidation'];

/** Collections that RENAME moves: neither views, nor time series, nor those of the system. */
export const isSwapped = ({ collection, type }: Dumped): boolean =>
  type === 'collection' && !collection.startsWith('system.');

/** All of some databases, each under another name when it is to have one. */
export function directParameters(targets: Targets): readonly string[] {
  return [...common, ...[...targets.keys()].map((from) => `--nsInclude=${escaped(from)}.*`), ...renames(targets, '')];
}

/** A whole server with its oplog, which goes neither with names nor with a choice. */
export const replayParameters: readonly string[] = [...common, '--oplogReplay'];

/** The collections that can be renamed, under names that begin with a prefix. */
export function besideParameters(targets: Targets, contents: readonly Dumped[], prefix: string): readonly string[] {
  const left = contents.filter((one) => targets.has(one.database) && !isSwapped(one));
  return [
    ...common,
    ...[...targets.keys()].map((from) => `--nsInclude=${escaped(from)}.*`),
    ...left.flatMap((one) => [
      `--nsExclude=${namespace(one)}`,
      `--nsExclude=${escaped(one.database)}.system.buckets.${escaped(one.collection)}`,
    ]),
    ...renames(targets, prefix),
  ];
}

/** What cannot be renamed, in the place of what is there; undefined when there is nothing of the kind. */
export function anewParameters(targets: Targets, contents: readonly Dumped[]): readonly string[] | undefined {
  const left = contents.filter((one) => targets.has(one.database) && !isSwapped(one));
  if (left.length === 0) return undefined;
  return [...common, '--drop', ...left.map((one) => `--nsInclude=${namespace(one)}`), ...renames(targets, '')];
}

/** The accounts; those that the server has and the dump has not stay. */
export const usersParameters: readonly string[] = [
  '--stopOnError',
  ...['users', 'roles', 'version'].map((one) => `--nsInclude=admin.system.${one}`),
];

function renames(targets: Targets, prefix: string): readonly string[] {
  return [...targets]
    .filter(([from, to]) => from !== to || prefix !== '')
    .flatMap(([from, to]) => [`--nsFrom=${escaped(from)}.*`, `--nsTo=${escaped(to)}.${prefix}*`]);
}
