/**
 * Listings that clients read page by page. A listing is selected once, with its first page; later pages continue through
 * that selection. EC2 promises no more than that.
 */
import { randomBytes } from 'node:crypto';

interface Listing {
  /** The call that began it, without the parameters that may differ from page to page. */
  readonly request: string;
  readonly items: readonly unknown[];
}

/** A place in a listing. */
interface Position {
  readonly id: string;
  readonly from: number;
}

/** Listings that are kept at once: enough for every client of a rehearsal. The least recently used are dropped. */
const kept = 100;

export class Listings {
  readonly #all = new Map<string, Listing>();

  /** @returns the token of the page that starts at `from` */
  begin(request: string, items: readonly unknown[], from: number): string {
    const id = randomBytes(12).toString('hex');
    this.#all.set(id, { request, items });
    for (const oldest of this.#all.keys()) if (this.#all.size > kept) this.#all.delete(oldest);
    return tokenOf({ id, from });
  }

  /**
   * The items of a page, and the token of the next one.
   * @returns undefined for a token that is not of this request
   */
  page(
    request: string,
    token: string,
    count: number,
  ): { readonly items: readonly unknown[]; readonly nextToken: string | undefined } | undefined {
    const { id, from } = positionOf(token);
    const listing = this.#all.get(id);
    if (listing?.request !== request) return undefined;
    // Moves it to the end of the map: it was used last.
    this.#all.delete(id);
    this.#all.set(id, listing);
    const end = from + count;
    return {
      items: listing.items.slice(from, end),
      nextToken: end < listing.items.length ? tokenOf({ id, from: end }) : undefined,
    };
  }
}

function tokenOf({ id, from }: Position): string {
  return Buffer.from(`lab-page-${id}-${from}`).toString('base64url');
}

function positionOf(token: string): Position {
  const text = Buffer.from(token, 'base64url').toString();
  const [, id = '', from = ''] = /^lab-page-([0-9a-f]{24})-(\d+)$/.exec(text) ?? [];
  return { id, from: Number(from) };
}
