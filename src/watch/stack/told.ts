/**
 * What the watchdog inside the stack has told by mail, kept in the receipt bucket: each trouble is told once, and when it is over. What is
 * about to be sent is written down before, so that a look that dies in between leaves behind what the next one has to send again.
 */

/** Something that is wrong, as a mail tells it: of a source with several parts, those that began to fail. */
export interface Trouble {
  /** Tells it from all others, but for its parts: `missing database-dump orders`, `silent acme/backups`. */
  readonly key: string;
  readonly title: string;
  /** When it began (ISO 8601). */
  readonly since: string;
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly fix?: string | undefined;
  /** Ids of the databases or volumes of which it is told; undefined for a source that is one. */
  readonly parts?: readonly string[] | undefined;
}

export interface ToldTrouble extends Pick<Trouble, 'key' | 'title' | 'since'> {
  /** Id of the database or the volume of which it was told. Earlier versions told of none: their entry is of the whole source. */
  readonly part?: string | undefined;
  /** Of a part: what the trouble of its whole source is called. */
  readonly titleOfAll?: string | undefined;
  /** When its mail was sent (ISO 8601). */
  readonly toldAt: string;
  /** A mail with it, or that it is over, was about to be sent, and nobody wrote down that it was. */
  readonly unsure?: true | undefined;
}

export interface Told {
  readonly format: 'holdfast-told/1';
  /** When this watchdog looked first (ISO 8601). */
  readonly began: string;
  /** Those that were told and are not over. */
  readonly open: readonly ToldTrouble[];
}

/** Key of the document in the receipt bucket. */
export const toldKey = 'watch/told.json';

/** @returns undefined for a text that is no such document: then everything that is wrong is told again */
export function parseTold(text: string | undefined): Told | undefined {
  try {
    const found = JSON.parse(text ?? '') as Told | null;
    return found?.format === 'holdfast-told/1' && Array.isArray(found.open) ? found : undefined;
  } catch {
    return undefined;
  }
}

export function renderTold(told: Told): string {
  return `${JSON.stringify(told, null, 2)}\n`;
}
