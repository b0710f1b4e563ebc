/** Collections, views and their options changed. */
import { BSONRegExp, type Db, type Document, Int32, Long } from 'mongodb';
import type { Kind } from '../../changes.ts';
import { options } from '../source.ts';
import { inShop, type MongoChange, persons } from './change.ts';

/** Makes a collection anew with other options, and the same documents. */
async function make(shop: Db, name: string, change: (known: Document) => Document): Promise<void> {
  const documents = await shop.collection<Document>(name).find({}).toArray();
  await shop.dropCollection(name);
  await shop.command({ create: name, ...change(options[name] as Document) });
  if (documents.length > 0) await shop.collection(name).insertMany(documents);
}

const other = (
  kind: Kind,
  what: string,
  name: string,
  change: (known: Document, validator: Document) => Document,
): MongoChange =>
  inShop(kind, what, (shop) => make(shop, name, (known) => change(known, known.validator as Document)), `shop.${name}`);

const without = (from: Document, name: string): Document =>
  Object.fromEntries(Object.entries(from).filter(([field]) => field !== name));

const checked = 'checked';
const validated = (what: string, change: (validator: Document) => Document): MongoChange =>
  other('object', what, checked, (known, validator) => ({ ...known, validator: change(validator) }));

const schema = (what: string, change: (known: Document) => Document): MongoChange =>
  other('object', what, 'schema', (_, { $jsonSchema }) => ({ validator: { $jsonSchema: change($jsonSchema) } }));

async function makeView(shop: Db, changed: Document): Promise<void> {
  await shop.dropCollection('adults');
  await shop.command({ create: 'adults', ...options.adults, ...changed });
}
const [match = {}, project = {}] = (options.adults?.pipeline ?? []) as readonly Document[];

const collections: readonly MongoChange[] = [
  inShop('data', 'a collection is missing', (shop) => shop.dropCollection(persons), `shop.${persons}`),
  inShop(
    'data',
    'a collection more, with a document',
    (shop) => shop.collection('more').insertOne({ a: 1 }),
    'shop.more',
  ),
  inShop(
    'data',
    'a collection has another name',
    (shop) => shop.renameCollection('collated', 'renamed'),
    'shop.collated',
  ),
  inShop('data', 'a collection has the name in capitals', (shop) => shop.renameCollection('bare', 'Bare'), 'shop.bare'),
  { kind: 'data', what: 'a database is missing', at: 'notes.notes', make: (of) => of('notes').dropDatabase() },
  {
    kind: 'data',
    what: 'a collection is in another database',
    at: 'shop.bare',
    make: async (of) => {
      await of('shop').dropCollection('bare');
      await of('notes')
        .collection<Document>('bare')
        .insertOne({ _id: 'only' as never });
    },
  },
  inShop('object', 'an empty collection is missing', (shop) => shop.dropCollection('empty'), 'shop.empty'),
  inShop('object', 'an empty collection more', (shop) => shop.command({ create: 'more' }), 'shop.more'),
];

const changedOptions: readonly MongoChange[] = [
  other('object', 'a capped collection is not capped', 'capped', () => ({})),
  other('object', 'the size of a capped collection', 'capped', (known) => ({ ...known, size: 8192 })),
  other('object', 'how many documents a capped collection has at most', 'capped', (known) => ({ ...known, max: 11 })),
  other('object', 'a capped collection without a limit of documents', 'capped', (known) => without(known, 'max')),
  other('object', 'a collection becomes capped', 'empty', () => ({ capped: true, size: 4096 })),
  other('object', 'a validator is missing', checked, (known) => without(known, 'validator')),
  validated('an operator of a validator', ({ n, ...rest }) => ({ n: { $lte: n.$lt, $exists: true }, ...rest })),
  validated('a number of a validator beyond what a double holds, by one', ({ n, ...rest }) => ({
    n: { ...n, $lt: Long.fromString('9007199254740992') },
    ...rest,
  })),
  validated('a flag of a regular expression in a validator', (known) => ({
    ...known,
    name: new BSONRegExp('^[a-z]+$', ''),
  })),
  validated('a list in a validator', (known) => ({ ...known, at: { $type: ['date'] } })),
  validated('a rule of a validator is missing', (known) => without(known, 'at')),
  validated('a rule of a validator more', (known) => ({ ...known, more: { $exists: false } })),
  other('object', 'the order of the rules of a validator of which one is a number', 'digits', () => ({
    validator: new Map([
      ['10', { $exists: true }],
      ['b', { $exists: true }],
    ]),
  })),
  schema('a field that a schema asks for', ({ required: _, ...rest }) => ({ ...rest, required: ['name'] })),
  schema('the type of a field in a schema', ({ properties, ...rest }) => ({
    ...rest,
    properties: { ...properties, sum: { bsonType: ['int', 'double'], minimum: 0 } },
  })),
  schema('a limit in a schema', ({ properties, ...rest }) => ({
    ...rest,
    properties: { ...properties, name: { bsonType: 'string', maxLength: 41 } },
  })),
  schema('a schema allows no other fields', (known) => ({ ...known, additionalProperties: false })),
  other('object', 'a collection gets a validator', 'empty', () => ({ validator: { a: 1 } })),
  other('object', 'what a validator does', checked, (known) => ({ ...known, validationAction: 'error' })),
  other('object', 'which documents a validator checks', checked, (known) => ({ ...known, validationLevel: 'strict' })),
  other('object', 'a validator is off', checked, (known) => ({ ...known, validationLevel: 'off' })),
  other('object', "the language of a collection's collation", 'collated', () => ({
    collation: { locale: 'sv', strength: 1 },
  })),
  other('object', "how a collection's collation takes numbers", 'collated', () => ({
    collation: { locale: 'de', strength: 1, numericOrdering: true },
  })),
  other('object', "the strength of a collection's collation", 'collated', () => ({
    collation: { locale: 'de', strength: 2 },
  })),
  other('object', 'a collection without its collation', 'collated', () => ({})),
  other('object', 'a clustered collection is not clustered', 'clustered', (known) => without(known, 'clusteredIndex')),
  other('object', 'when documents of a clustered collection expire', 'clustered', (known) => ({
    ...known,
    expireAfterSeconds: Long.fromNumber(61),
  })),
  other('object', 'documents of a clustered collection do not expire', 'clustered', (known) =>
    without(known, 'expireAfterSeconds'),
  ),
  other('object', 'a collection keeps no earlier documents for change streams', 'watched', () => ({
    changeStreamPreAndPostImages: { enabled: false },
  })),
  other('tuning', 'how a collection is compressed', 'stored', () => ({})),
];

const views: readonly MongoChange[] = [
  inShop('object', 'a view is missing', (shop) => shop.dropCollection('adults'), 'shop.adults'),
  inShop(
    'object',
    'a view more',
    (shop) => shop.command({ create: 'more', viewOn: 'people', pipeline: [] }),
    'shop.more',
  ),
  inShop(
    'object',
    'a number in the pipeline of a view',
    (shop) => makeView(shop, { pipeline: [{ $match: { age: { $gt: 18 } } }, project] }),
    'shop.adults',
  ),
  inShop(
    'object',
    'the order of the stages of a view',
    (shop) => makeView(shop, { pipeline: [project, match] }),
    'shop.adults',
  ),
  inShop('object', 'a stage of a view is missing', (shop) => makeView(shop, { pipeline: [match] }), 'shop.adults'),
  inShop('object', 'a view reads another collection', (shop) => makeView(shop, { viewOn: 'checked' }), 'shop.adults'),
  inShop('object', 'a view gets a collation', (shop) => makeView(shop, { collation: { locale: 'de' } }), 'shop.adults'),
  inShop(
    'object',
    'a view becomes a collection',
    async (shop) => {
      await shop.dropCollection('adults');
      await shop.command({ create: 'adults' });
    },
    'shop.adults',
  ),
  inShop(
    'object',
    'a collection becomes a view',
    async (shop) => {
      await shop.dropCollection('empty');
      await shop.command({ create: 'empty', viewOn: 'people', pipeline: [] });
    },
    'shop.empty',
  ),
];

const harmless: readonly MongoChange[] = [
  other('equal', 'what is meant without it is said: not capped, a validator that asks nothing', 'empty', () => ({
    capped: false,
    validator: {},
    validationLevel: 'strict',
    validationAction: 'error',
    collation: { locale: 'simple' },
    changeStreamPreAndPostImages: { enabled: false },
  })),
  other('equal', 'the uuid of a collection, which is of its server', 'empty', () => ({ uuid: 'another' })),
  other('equal', 'options of old servers that say nothing', 'empty', () => ({ autoIndexId: true, flags: 1 })),
  other('equal', 'the types of numbers of options', 'capped', () => ({
    capped: true,
    size: Long.fromNumber(4096),
    max: Long.fromNumber(10),
  })),
  other('equal', 'the options in another order', checked, (known) =>
    Object.fromEntries(Object.entries(known).reverse()),
  ),
  other('equal', "the version of a collation's library", 'collated', () => ({
    collation: { strength: new Int32(1), locale: 'de', version: '153.80' },
  })),
  other('equal', 'the format of a clustered index', 'clustered', (known) => ({
    ...known,
    clusteredIndex: { v: 2, ...known.clusteredIndex },
  })),
  inShop(
    'equal',
    'the collections are made in another order',
    (shop) => make(shop, 'watched', (known) => known),
    'shop.watched',
  ),
  inShop(
    'excluded',
    "what the server's own collection of profiles has been told: no dump holds it",
    (shop) => shop.command({ create: 'system.profile', capped: true, size: 4096 }),
    'shop.system.profile',
  ),
  {
    kind: 'excluded',
    what: 'another database of the scratch server: it is no part of the copy',
    make: (of) => of('another').collection('more').insertOne({ a: 1 }),
    at: 'another.more',
  },
];

export const collectionChanges: readonly MongoChange[] = [...collections, ...changedOptions, ...views, ...harmless];
