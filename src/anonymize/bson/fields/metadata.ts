/** What `COLL.metadata.json` says of a collection: what must stay unique, and what its validator asks for. It is Extended JSON. */
import { DumpError } from '../../format/dump-error.ts';
import { arrayOf, type Json, numberOf, objectOf } from './extended-json.ts';
import { type Limits, validatorLimits } from './validator.ts';

export interface UniqueIndex {
  readonly name: string;
  /** Without numbers of array elements: `contact.emails`. */
  readonly paths: readonly string[];
  /** Whether values that differ only in upper and lower case count as equal. */
  readonly ignoresCase: boolean;
}

export interface CollectionMetadata {
  readonly uniques: readonly UniqueIndex[];
  /** Paths that filters compare with addresses: both must become the same, and must stay distinct. */
  readonly compared: readonly string[];
  /** What the validator asks of a field, by path; empty unless it refuses documents. */
  readonly limits: ReadonlyMap<string, Limits>;
  readonly capped: boolean;
  readonly isView: boolean;
  /** Of a view: the collection that it shows, in the same database. */
  readonly viewOn: string | undefined;
  /** Of a view: the fields that it joins with those of other collections. */
  readonly joins: readonly Join[];
  /** The collection's name; file names may be shortened. */
  readonly collection: string | undefined;
}

export interface Join {
  readonly path: string;
  readonly with: { readonly collection: string; readonly path: string };
}

/** The `_id` of every collection is unique. */
const primary = { name: '_id_', paths: ['_id'] };

/** @param file for errors. @throws DumpError when it is not such a file */
export function readMetadata(text: string, file: string): CollectionMetadata {
  const document = objectOf(parse(text, file));
  const options = objectOf(document.options);
  const collation = ignoresCase(options.collation);
  const indexes = arrayOf(document.indexes).map(objectOf);
  const enforced = options.validationLevel !== 'off' && options.validationAction !== 'warn';
  const pipeline = arrayOf(options.pipeline);
  return {
    uniques: [
      { ...primary, ignoresCase: collation },
      ...indexes
        .filter((index) => isTrue(index.unique))
        .map((index) => ({
          name: String(index.name ?? ''),
          paths: Object.keys(objectOf(index.key)).map(withoutNumbers),
          ignoresCase: index.collation === undefined ? collation : ignoresCase(index.collation),
        })),
    ],
    compared: [
      ...new Set([
        ...comparedPaths(options.validator),
        ...indexes.flatMap((index) => comparedPaths(index.partialFilterExpression)),
        ...comparedPaths(pipeline),
      ]),
    ],
    limits: enforced ? validatorLimits(options.validator) : new Map(),
    capped: isTrue(options.capped),
    isView: document.type === 'view' || typeof options.viewOn === 'string',
    viewOn: typeof options.viewOn === 'string' ? options.viewOn : undefined,
    joins: joinsOf(pipeline),
    collection: typeof document.collectionName === 'string' ? document.collectionName : undefined,
  };
}

function parse(text: string, file: string): Json {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new DumpError({
      what: `${file} is not JSON, so what must stay unique in its collection is not known`,
      likelyCause: 'the dump was damaged, or changed by hand',
      fix: 'dump it again, and compare the SHA-256 of the file with the one in the receipt',
    });
  }
}

/** Indexes of old servers say `unique: 1`. */
function isTrue(value: Json): boolean {
  return value === true || (numberOf(value) ?? 0) !== 0;
}

/** Strengths 1 and 2 compare base letters alone, and with accents (MongoDB manual, Collation). */
function ignoresCase(collation: Json): boolean {
  const strength = numberOf(objectOf(collation).strength);
  return strength !== undefined && strength <= 2;
}

function withoutNumbers(path: string): string {
  return path
    .split('.')
    .filter((name) => !/^\d+$/.test(name) && name !== '$**')
    .join('.');
}

const email = /[^\s@"]+(?:@|\\u0040)[^\s@"]+\.[^\s@"]+/;
/** Words of $jsonSchema between the names of fields. */
const schemaWords =
  /^(\$.*|properties|patternProperties|items|additionalItems|additionalProperties|enum|allOf|anyOf|oneOf|not|dependencies)$/;

/** The fields that an expression compares with an address: `{email: {$ne: 'a@…'}}`, `{$eq: ['$email', 'a@…']}`. */
export function comparedPaths(expression: Json, path: readonly string[] = []): readonly string[] {
  if (typeof expression === 'string') return email.test(expression) && path.length > 0 ? [path.join('.')] : [];
  if (Array.isArray(expression)) {
    const field = expression.find((one) => typeof one === 'string' && /^\$[^$]/.test(one)) as string | undefined;
    const inside = field === undefined ? path : field.slice(1).split('.');
    return expression.flatMap((one) => comparedPaths(one, inside));
  }
  return Object.entries(objectOf(expression)).flatMap(([key, value]) =>
    comparedPaths(value, schemaWords.test(key) ? path : [...path, ...key.split('.')]),
  );
}

function joinsOf(pipeline: readonly Json[]): readonly Join[] {
  return pipeline.flatMap((stage) => {
    const { from, localField, foreignField } = objectOf(objectOf(stage).$lookup);
    if (typeof from !== 'string' || typeof localField !== 'string' || typeof foreignField !== 'string') return [];
    return [{ path: withoutNumbers(localField), with: { collection: from, path: withoutNumbers(foreignField) } }];
  });
}
