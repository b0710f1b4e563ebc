/** Whole documents changed, and what a document is made of. */
import { type Document, Double, Long, ObjectId } from 'mongodb';
import { inShop, type MongoChange, person, persons, replace } from './change.ts';

type Docs = Document & { _id: never };

const ofPersons: readonly MongoChange[] = [
  inShop('data', 'a document is missing', (shop) => shop.collection<Docs>(persons).deleteOne({ n: 30 })),
  inShop('data', 'the first document is missing', (shop) => shop.collection<Docs>(persons).deleteOne({ n: 0 })),
  inShop('data', 'the last document is missing', (shop) => shop.collection<Docs>(persons).deleteOne({ n: 59 })),
  inShop('data', 'every second document is missing', (shop) =>
    shop.collection<Docs>(persons).deleteMany({ n: { $mod: [2, 0] } }),
  ),
  inShop('data', 'a document twice, under another _id', async (shop) =>
    shop.collection<Docs>(persons).insertOne({ ...(await person(shop, 5)), _id: 1005 as never }),
  ),
  inShop('data', 'a document more', (shop) => shop.collection<Docs>(persons).insertOne({ _id: 60 as never, n: 60 })),
  inShop('data', 'a document more, whose _id is an ObjectId of this moment', (shop) =>
    shop.collection(persons).insertOne({ _id: new ObjectId(), n: 60 }),
  ),
  inShop('data', 'a document is missing and another one twice', async (shop) => {
    const seven = await person(shop, 7);
    await shop.collection<Docs>(persons).deleteOne({ n: 8 });
    await shop.collection<Docs>(persons).insertOne({ ...seven, _id: 8 as never });
  }),
  inShop('data', 'the _id of a document', async (shop) => {
    const five = await person(shop, 5);
    await shop.collection<Docs>(persons).deleteOne({ n: 5 });
    await shop.collection<Docs>(persons).insertOne({ ...five, _id: 1005 as never });
  }),
  inShop('data', 'the _id of a document becomes a long', async (shop) =>
    replace(shop.collection<Document>(persons), { ...(await person(shop, 5)), _id: Long.fromNumber(5) }),
  ),
  inShop('data', 'the _id of a document becomes a double', async (shop) =>
    replace(shop.collection<Document>(persons), { ...(await person(shop, 5)), _id: new Double(5) }),
  ),
  inShop('data', 'two documents with their values swapped', async (shop) => {
    const [five, six] = [await person(shop, 5), await person(shop, 6)];
    await replace(shop.collection<Document>(persons), { ...five, _id: six._id });
    await replace(shop.collection<Document>(persons), { ...six, _id: five._id });
  }),
  inShop('data', 'one value goes up by what another goes down', async (shop) => {
    const [five, six] = [await person(shop, 5), await person(shop, 6)];
    await replace(shop.collection<Document>(persons), { ...five, n: 6 });
    await replace(shop.collection<Document>(persons), { ...six, n: 5 });
  }),
  inShop('data', 'the order of the fields of a document', async (shop) => {
    const { _id, n, name, ...rest } = await person(shop, 5);
    await replace(shop.collection<Document>(persons), { _id, name, n, ...rest });
  }),
  inShop('data', 'a field of a document is missing', async (shop) => {
    const { tags: _, ...rest } = await person(shop, 5);
    await replace(shop.collection<Document>(persons), rest);
  }),
  inShop('data', 'a field of a document more, with null', async (shop) =>
    replace(shop.collection<Document>(persons), { ...(await person(shop, 5)), more: null }),
  ),
  inShop('data', 'a value in a document in a document', async (shop) =>
    replace(shop.collection<Document>(persons), { ...(await person(shop, 5)), home: { street: 'Main', number: 6 } }),
  ),
  inShop('data', 'a collection has no documents any more', (shop) => shop.collection(persons).deleteMany({})),
  inShop('equal', 'the documents in another order', async (shop) => {
    const all = await shop.collection<Document>(persons).find({}).toArray();
    await shop.collection(persons).deleteMany({});
    await shop.collection(persons).insertMany(all.reverse());
  }),
  inShop('equal', 'a document is written anew as it was', async (shop) =>
    replace(shop.collection<Document>(persons), await person(shop, 5)),
  ),
  inShop('equal', 'a document is inserted and deleted again', async (shop) => {
    await shop.collection<Document>(persons).insertOne({ _id: 'more' as never });
    await shop.collection<Document>(persons).deleteOne({ _id: 'more' as never });
  }),
];

const ofOthers: readonly MongoChange[] = [
  inShop(
    'data',
    'the document that has nothing but its _id is missing',
    (shop) => shop.collection('bare').deleteOne({}),
    'shop.bare',
  ),
  inShop(
    'data',
    'the document that has nothing but its _id gets a field',
    (shop) => replace(shop.collection<Document>('bare'), { _id: 'only', a: {} }),
    'shop.bare',
  ),
  inShop('data', 'the empty collection has a document', (shop) => shop.collection('empty').insertOne({}), 'shop.empty'),
  {
    kind: 'data',
    what: 'the only document of a database is missing',
    at: 'notes.notes',
    make: (of) => of('notes').collection('notes').deleteMany({}),
  },
];

export const documentChanges: readonly MongoChange[] = [
  ...ofPersons.map((change) => ({ ...change, at: `shop.${persons}` })),
  ...ofOthers,
];
