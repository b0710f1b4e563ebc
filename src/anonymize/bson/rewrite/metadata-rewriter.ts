/**
 * Replaces addresses in the options and indexes of a collection, each by one of its own: filters compare them with values, which
 * stay distinct for that. Names of collections stay.
 */
import { Arena } from '../../bytes/arena.ts';
import type { Replace } from '../../emails/replacement.ts';
import { jsonTransform } from '../../rules/transforms/json.ts';
import { parsePath } from '../../rules/transforms/json-path.ts';

/** Where names of collections stand; of fields that are called so, the filters are rewritten. `indexes[].ns` is of old servers. */
const names = [
  '$.collectionName',
  '$.options.viewOn',
  '$.options.idIndex.ns',
  '$.indexes[*].ns',
  '$..$lookup.from',
  '$..$graphLookup.from',
  '$..$unionWith.coll',
];

export class MetadataRewriter {
  /** Addresses replaced so far. */
  count = 0;
  readonly #transform: ReturnType<typeof jsonTransform>;
  readonly #out = new Arena();

  constructor(replace: Replace) {
    const counting: Replace = (...place) => {
      const text = replace(...place);
      if (text !== undefined) this.count += 1;
      return text;
    };
    this.#transform = jsonTransform(
      names.map((path) => ({ path: parsePath(path) ?? [], transform: 'keep' as const })),
      counting,
      'the metadata of a collection',
    );
  }

  /** @param text JSON, which has been parsed before */
  rewrite(text: string): string {
    if (text === '') return '';
    const bytes = Buffer.from(text);
    this.#out.clear();
    this.#transform(bytes, 0, bytes.length, this.#out);
    return this.#out.text().toString('utf8');
  }
}
