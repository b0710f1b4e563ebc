/** Snapshots as they are kept in memory: a region may have 100,000 of them. */
import type { Snapshot } from '../../domain/ec2.ts';

/** Keys of tags: a set, or whatever knows which ones are meant. */
export interface TagKeys {
  readonly has: (key: string) => boolean;
}

export class SnapshotCompactor {
  readonly #tags: TagKeys;
  /** One copy of each text that many snapshots share: dates, regions, instance ids. */
  readonly #texts = new Map<string, string>();

  /** @param tags the tags to keep; the others are dropped */
  constructor(tags: TagKeys) {
    this.#tags = tags;
  }

  compact(one: Snapshot): Snapshot {
    const tags: Record<string, string> = {};
    for (const [key, value] of Object.entries(one.tags)) if (this.#tags.has(key)) tags[key] = this.#shared(value);
    const description = tags.Description === undefined ? this.#shared(one.description) : '';
    return { ...one, id: detached(one.id), volumeId: this.#shared(one.volumeId), description, tags };
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const kept = detached(text);
    this.#texts.set(kept, kept);
    return kept;
  }
}

/** V8's substrings keep the whole parsed page in memory; a copy does not. */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
