/** Indexes changed. */
import { BSONRegExp, type Db, type Document, Double, Long } from 'mongodb';
import type { Kind } from '../../changes.ts';
import { indexOf } from '../source.ts';
import { inShop, type MongoChange } from './change.ts';

async function make(shop: Db, name: string, changed: Document): Promise<void> {
  await shop.collection('people').dropIndex(name);
  await shop.command({ createIndexes: 'people', indexes: [changed] });
}

const index = (kind: Kind, what: string, name: string, change: (known: Document) => Document): MongoChange =>
  inShop(kind, what, (shop) => make(shop, name, change(indexOf(name))), at(name));

const at = (name: string): string => `INDEX shop.people ${JSON.stringify(name)}`;
const lost = (kind: Kind, what: string, name: string): MongoChange =>
  inShop(kind, what, (shop) => shop.collection('people').dropIndex(name), at(name));

const without = (from: Document, name: string): Document =>
  Object.fromEntries(Object.entries(from).filter(([field]) => field !== name));

const withKey = (known: Document, key: Document): Document => ({ ...known, key });

/** What decides which documents a collection may have, which it keeps, or what a query finds. */
const objects: readonly MongoChange[] = [
  lost('object', 'a unique index is missing', 'unique'),
  lost('object', 'an index that lets documents expire is missing', 'expiring'),
  lost('object', 'a text index is missing', 'words'),
  index('object', 'an index is not unique', 'unique', (known) => without(known, 'unique')),
  index('object', 'an index becomes unique', 'plain', (known) => ({ ...known, unique: true })),
  index('object', 'a unique index becomes sparse', 'unique', (known) => ({ ...known, sparse: true })),
  index('object', 'when documents expire, by a second', 'expiring', (known) => ({
    ...known,
    expireAfterSeconds: 3601,
  })),
  index('object', 'documents do not expire', 'expiring', (known) => without(known, 'expireAfterSeconds')),
  index('object', 'documents expire', 'plain', (known) => ({ ...known, expireAfterSeconds: 0 })),
  index('object', 'the language of an index', 'collated', (known) => ({
    ...known,
    collation: { locale: 'sv', strength: 2 },
  })),
  index('object', 'the strength of the collation of an index', 'collated', (known) => ({
    ...known,
    collation: { locale: 'de', strength: 1 },
  })),
  index('object', 'the collation of an index tells cases apart', 'collated', (known) => ({
    ...known,
    collation: { locale: 'de', strength: 2, caseLevel: true },
  })),
  index('object', 'a unique index becomes partial', 'unique', (known) => ({
    ...known,
    partialFilterExpression: { mail: { $exists: true } },
  })),
  index('object', 'a text index gets a key in front', 'words', (known) =>
    withKey(known, { kind: 1, _fts: 'text', _ftsx: 1 }),
  ),
  index('object', 'an index without its collation', 'collated', (known) => without(known, 'collation')),
  index('object', 'the weights of a text index', 'words', (known) => ({
    ...known,
    weights: { about: 5, title: 1 },
  })),
  index('object', 'a field of a text index is missing', 'words', (known) => ({ ...known, weights: { about: 10 } })),
  index('object', 'the language of a text index', 'words', (known) => ({ ...known, default_language: 'english' })),
  index('object', 'the field that says the language of a text index', 'words', (known) => ({
    ...known,
    language_override: 'idioma',
  })),
];

/** What makes queries slower at most. */
const tuning: readonly MongoChange[] = [
  lost('tuning', 'an index is missing', 'plain'),
  inShop('tuning', 'an index more', (shop) => shop.collection('people').createIndex({ more: 1 }), at('more_1')),
  inShop(
    'tuning',
    'an index of an empty collection more',
    (shop) => shop.collection('empty').createIndex({ more: 1 }),
    'shop.empty',
  ),
  index('tuning', 'the name of an index', 'plain', (known) => ({ ...known, name: 'Plain' })),
  index('tuning', 'the direction of a key', 'plain', (known) => withKey(known, { n: -1 })),
  index('tuning', 'the direction of the second key', 'compound', (known) => withKey(known, { name: 1, n: 1 })),
  index('tuning', 'the order of keys', 'compound', (known) => withKey(known, { n: -1, name: 1 })),
  index('tuning', 'the order of keys of which one is a number', 'digits', (known) => withKey(known, { 10: 1, b: 1 })),
  index('tuning', 'a key more', 'plain', (known) => withKey(known, { n: 1, age: 1 })),
  index('tuning', 'a key is missing', 'compound', (known) => withKey(known, { name: 1 })),
  index('tuning', 'another field', 'plain', (known) => withKey(known, { age: 1 })),
  index('tuning', 'a hashed index becomes a plain one', 'hashed', (known) => withKey(known, { n: 1 })),
  index('tuning', 'a plain index becomes a hashed one', 'plain', (known) => withKey(known, { n: 'hashed' })),
  index('tuning', 'an index of places becomes a plain one', 'sphere', (known) => withKey(known, { place: 1 })),
  index('tuning', 'an index is not sparse', 'sparse', (known) => without(known, 'sparse')),
  index('tuning', 'an index becomes sparse', 'plain', (known) => ({ ...known, sparse: true })),
  index('tuning', 'the filter of a partial index', 'partial', (known) => ({
    ...known,
    partialFilterExpression: { ...known.partialFilterExpression, age: { $gt: 18 } },
  })),
  index('tuning', 'a flag of a regular expression in the filter of a partial index', 'partial', (known) => ({
    ...known,
    partialFilterExpression: { ...known.partialFilterExpression, kind: new BSONRegExp('^a', '') },
  })),
  index('tuning', 'an index is not partial', 'partial', (known) => without(known, 'partialFilterExpression')),
  index('tuning', 'an index becomes partial', 'plain', (known) => ({
    ...known,
    partialFilterExpression: { n: { $gt: 1 } },
  })),
  index('tuning', 'a hidden index is not hidden', 'hidden', (known) => without(known, 'hidden')),
  index('tuning', 'an index becomes hidden', 'plain', (known) => ({ ...known, hidden: true })),
  index('tuning', 'the precision of an index of places', 'flat', (known) => ({ ...known, bits: 26 })),
  index('tuning', 'the bounds of an index of places', 'flat', (known) => ({ ...known, min: -180 })),
  index('tuning', 'an index of all fields becomes one of those below a field', 'wildcard', (known) =>
    without(withKey(known, { 'home.$**': 1 }), 'wildcardProjection'),
  ),
  index('tuning', 'an index of all fields but one becomes one of that field', 'wildcard', (known) => ({
    ...known,
    wildcardProjection: { secret: 1 },
  })),
  index('tuning', 'how an index is stored', 'plain', (known) => ({
    ...known,
    storageEngine: { wiredTiger: { configString: 'prefix_compression=false' } },
  })),
  index('tuning', 'the fields that an index of all fields leaves out', 'wildcard', (known) => ({
    ...known,
    wildcardProjection: { secret: 0, more: 0 },
  })),
];

const harmless: readonly MongoChange[] = [
  inShop('equal', 'the indexes in another order', (shop) => make(shop, 'plain', indexOf('plain')), at('plain')),
  index('equal', 'how an index was built', 'plain', (known) => ({
    ...known,
    v: 1,
    background: true,
    ns: 'shop.people',
  })),
  index('equal', 'the types of numbers of a key', 'compound', (known) =>
    withKey(known, { name: new Double(1), n: Long.fromNumber(-1) }),
  ),
  index('equal', 'any positive number means ascending', 'plain', (known) => withKey(known, { n: 1.5 })),
  index('equal', 'what is meant without it is said', 'plain', (known) => ({
    ...known,
    unique: false,
    sparse: false,
    hidden: false,
  })),
  index('equal', 'the type of the seconds after which documents expire', 'expiring', (known) => ({
    ...known,
    expireAfterSeconds: new Double(3600),
  })),
  index('equal', 'the format of a text index', 'words', (known) => ({
    ...known,
    textIndexVersion: 2,
    language_override: 'language',
  })),
  index('equal', 'the format of an index of places', 'sphere', (known) => ({ ...known, '2dsphereIndexVersion': 2 })),
  index('equal', "the version of the library of an index's collation", 'collated', (known) => ({
    ...known,
    collation: { locale: 'de', strength: 2, version: '153.80' },
  })),
];

export const indexChanges: readonly MongoChange[] = [...objects, ...tuning, ...harmless];
