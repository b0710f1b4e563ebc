/** What one side answered, in words that are the same on both sides: ids by the order in which they appear, times by what they mean. */
import { AwsError } from '../../../src/runtime/errors.ts';
import { Moments } from '../../lib/moments.ts';
import type { Points } from '../../points.ts';

export class Answers {
  readonly #values = new Map<string, unknown>();
  readonly #ids = new Map<string, string>();
  readonly #moments = new Moments();

  note(point: string, value: unknown): void {
    if (this.#values.has(point)) throw new Error(`two answers are called ${point}`);
    this.#values.set(point, this.plain(value));
  }

  /** Notes what `work` gives, or how it fails. @returns what it gave */
  async of<T>(point: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await work();
      this.note(point, value);
      return value;
    } catch (error) {
      this.note(point, failure(error));
      return undefined;
    }
  }

  /** @param value of JSON, with dates and the ids that a server makes */
  plain(value: unknown, name = ''): unknown {
    if (value instanceof Date) return this.#moments.of(value);
    if (Array.isArray(value)) return value.map((one) => this.plain(one, name));
    if (value !== null && typeof value === 'object') {
      const kept = Object.entries(value).filter(([key, one]) => !unsaid.has(key) && one !== undefined);
      return Object.fromEntries(kept.map(([key, one]) => [key, this.plain(one, key)]));
    }
    if (typeof value === 'string' && /^(versionId|uploadId|id)$|VersionId|UploadId|VersionIdMarker/i.test(name))
      return this.#idOf(value);
    return value;
  }

  #idOf(value: string): string {
    if (value === '' || value === 'null') return value;
    const known = this.#ids.get(value) ?? `id ${this.#ids.size + 1}`;
    this.#ids.set(value, known);
    return known;
  }

  /** One point for each field of each answer of either side. */
  static compare(points: Points, ours: Answers, theirs: Answers): void {
    for (const point of new Set([...ours.#values.keys(), ...theirs.#values.keys()])) {
      const [here, there] = [fieldsOf(ours.#values.get(point)), fieldsOf(theirs.#values.get(point))];
      for (const field of new Set([...here.keys(), ...there.keys()]))
        points.compare(field === '' ? point : `${point}: ${field}`, here.get(field), there.get(field));
    }
  }
}

/** Whose account it is, where it is kept, and which request it was differ by their nature. */
const unsaid = new Set(['$metadata', 'Owner', 'Initiator', 'Location', 'NextContinuationToken', 'ContinuationToken']);

function fieldsOf(value: unknown): Map<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return new Map([['', value]]);
  const fields = Object.entries(value);
  return fields.length === 0 ? new Map([['', {}]]) : new Map(fields);
}

/** An error of our adapter, or of the SDK's client, by what callers decide by. */
export function failure(error: unknown): unknown {
  if (error instanceof AwsError) return { error: error.code, kind: error.kind, outcome: error.outcome };
  const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
  if ($metadata === undefined) throw error;
  return { error: name, status: $metadata.httpStatusCode };
}
