/**
 * Definitions of collections, views and indexes in a normal form: what a restore keeps, without what differs by nature from
 * server to server. Options are those of `create` and `createIndexes` (MongoDB manual, Database Commands).
 */
import { indexId } from './names.ts';
import { Fields } from './ordered.ts';
import { words } from './words.ts';

export type Options = Readonly<Record<string, unknown>>;

/** As `listCollections` gives it. */
export interface CollectionInfo {
  readonly name: string;
  readonly type: string;
  readonly options: Options;
}

/** Options that say nothing of what a collection holds: of one server's storage, or of its age. */
const ownOptions: ReadonlySet<string> = new Set([
  'uuid',
  'autoIndexId',
  'temp',
  'flags',
  'recordIdsReplicated',
  'idIndex',
  'ns',
]);
/** Options whose fields have an order: a validator is a query, a view's pipeline a program. */
const ordered: ReadonlySet<string> = new Set([
  'validator',
  'pipeline',
  'partialFilterExpression',
  'wildcardProjection',
]);
/** What an index says of its server: how it was built, and the formats of its time. */
const ownIndexOptions: ReadonlySet<string> = new Set([
  'v',
  'ns',
  'key',
  'name',
  'background',
  'dropDups',
  'safe',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'buildUUID',
]);
/** What is meant when it is not said. */
const defaults: Readonly<Record<string, string>> = {
  unique: 'false',
  sparse: 'false',
  hidden: 'false',
  capped: 'false',
  default_language: '"english"',
  language_override: '"language"',
  bits: '26',
  min: '-180',
  max: '180',
  validationLevel: '"strict"',
  validationAction: '"error"',
  changeStreamPreAndPostImages: '{"enabled":false}',
  collation: '{"locale":"simple"}',
  validator: '{}',
};

/** Options of indexes that are true or false; servers keep any value as it was given, and give it as a boolean (mongo, list_indexes.idl, safeBool; index_key_validate.cpp, repairIndexSpec). */
const booleans: ReadonlySet<string> = new Set(['unique', 'sparse', 'hidden', 'prepareUnique']);
/** Not a number of seconds is none, and since 5.0.14 and 6.0.2 it is given so (MongoDB manual, TTL Indexes, "Indexes Configured Using NaN"; index_key_validate.cpp, repairIndexSpec). */
const neverExpires = '2147483647';

/** Numbers but 0, and every other value that is something. */
function isTrue(value: unknown): boolean {
  const text = words(value, 'kept');
  return !(text === 'null' || text === 'false' || Number(text) === 0);
}

export function collectionWords({ type, options }: CollectionInfo): string {
  const rest = optionWords(options, ownOptions);
  return `${type === '' ? 'collection' : type} ${rest}`.trim();
}

/** `{"a":1,"b":"hashed"} unique:true`. */
export function indexWords(index: Options): string {
  const key = entriesOf(index.key ?? {}).map(([field, value]) => `${JSON.stringify(field)}:${direction(value)}`);
  return `{${key.join(',')}} ${optionWords(index, ownIndexOptions)}`.trim();
}

/** Any positive number means ascending, any negative one descending (MongoDB manual, Indexes); text names a kind of index. */
function direction(value: unknown): string {
  const number = typeof value === 'object' && value !== null ? Number(String(value)) : value;
  if (typeof number !== 'number' && typeof number !== 'bigint') return words(value, 'kept');
  return Number(number) < 0 ? '-1' : '1';
}

function optionWords(options: Options, own: ReadonlySet<string>): string {
  return Object.entries(options)
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => [name, oneOption(name, value)] as const)
    .filter(([name, text]) => text !== defaults[name])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}:${text}`)
    .join(' ');
}

function oneOption(name: string, value: unknown): string {
  if (booleans.has(name)) return String(isTrue(value));
  if (name === 'expireAfterSeconds' && words(value, 'kept') === 'NaN') return neverExpires;
  if (typeof value !== 'object' || value === null) return words(value, 'kept');
  // The version of the collation's library belongs to the server, as does the format of a clustered index.
  if (name === 'collation') return words(without(value, 'version'), 'sorted');
  if (name === 'clusteredIndex') return words(without(value, 'v'), 'sorted');
  if (name === 'timeseries') return timeSeries(value);
  return words(value, ordered.has(name) ? 'kept' : 'sorted');
}

/** With a granularity, the spans of the buckets follow from it. */
function timeSeries(options: object): string {
  const hasGranularity = entriesOf(options).some(([name]) => name === 'granularity');
  return words(hasGranularity ? without(options, 'bucketMaxSpanSeconds', 'bucketRoundingSeconds') : options, 'sorted');
}

/**
 * Servers since 6.3 make an index on metaField and timeField of a time series by themselves (MongoDB manual, Time Series Secondary
 * Indexes).
 * @param collection words of its definition
 * @returns the words of that index; undefined where there is none
 */
export function serversIndexOf(collection: string): string | undefined {
  const [meta, time] = ['metaField', 'timeField'].map(
    (one) => new RegExp(`"${one}":("(?:[^"\\\\]|\\\\.)*")`, 's').exec(collection)?.[1],
  );
  return collection.startsWith('timeseries ') && meta && time ? `{${meta}:1,${time}:1}` : undefined;
}

function entriesOf(value: unknown): Fields['entries'] {
  return value instanceof Fields ? value.entries : Object.entries(value as Options);
}

function without(options: object, ...names: readonly string[]): Fields {
  return new Fields(entriesOf(options).filter(([name]) => !names.includes(name)));
}

/** The index on `_id` that every collection has, and that of a clustered collection, which its options say. */
export function isImplied(index: Options): boolean {
  if (index.clustered === true) return true;
  const { name, collation } = index;
  return name === '_id_' && collation === undefined;
}

/** Collections that no dump holds: the server's own of each database, but for stored functions (mongo-tools, shouldSkipSystemNamespace). */
export function isOfServer(collection: string): boolean {
  return collection.startsWith('system.') && collection !== 'system.js';
}

/** mongodump takes a name with a dollar for that of an index of old servers, and leaves it out (mongo-tools, shouldSkipSystemNamespace). */
export function isSkipped(collection: string): boolean {
  return collection.includes('$') && !collection.includes('.oplog.$');
}

export const isView = ({ type }: CollectionInfo): boolean => type === 'view';

export interface CollectionDefinitions {
  /** Of the collection and its indexes, by object: `INDEX shop.people "name_1"`. */
  readonly words: ReadonlyMap<string, string>;
  /** Whether the server deletes old documents of it (MongoDB manual, TTL Indexes). */
  readonly expires: boolean;
}

/** @param name with the database. @param indexes none of a view */
export function wordsOf(name: string, one: CollectionInfo, indexes: readonly Options[]): CollectionDefinitions {
  const own = indexes.filter((index) => !isImplied(index));
  return {
    words: new Map([
      [`${isView(one) ? 'VIEW' : 'COLLECTION'} ${name}`, collectionWords(one)],
      ...own.map((index) => [indexId(name, String(index.name)), indexWords(index)] as const),
    ]),
    expires: [one.options, ...indexes].some(({ expireAfterSeconds }) => expireAfterSeconds !== undefined),
  };
}
