/** Compares the fingerprint of a restored copy with that of the source. */
import type { Comparison, Difference, DumpFingerprint, TableFingerprint, UnreadFact } from '../../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import { formatCount } from '../../../../runtime/format.ts';
import { restOfFingerprint } from '../../../proof/incomplete.ts';
import { documentsIn } from '../fingerprint/names.ts';
import { isOfUsers, usersAndRoles } from '../fingerprint/users.ts';

/** Why a document that the dump lacks may say nothing against it. */
const writtenMeanwhile =
  'both readings of the source found it otherwise than the dump, as after a change that was taken back while the dump was made; dump again at a quieter time';
/** Below this share of documents that stood still, a comparison proves too little. */
const leastShare = 0.9;
/** Names that a note gives as examples. */
const maxNames = 5;

/**
 * A source that moves was read before and after its dump. What was the same in both readings must be the same in the copy; the
 * rest is not compared, and the share of the documents that were is told.
 */
export function compareMongo(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  anonymised?: Anonymised,
): Comparison {
  const findings = new Findings(source, copy);
  const share = new Share();
  if (anonymised) compareRows(source, copy, anonymised, findings, share);
  else compareDocuments(source, copy, findings, share);
  compareDefinitions(source, copy, findings, anonymised);
  share.tell(findings);
  return findings;
}

class Findings implements Comparison {
  compared = 0;
  readonly differences: Difference[] = [];
  readonly unread: UnreadFact[] = [];
  readonly notes: string[] = [];
  readonly #lacking: ReadonlySet<string>;

  constructor(source: DumpFingerprint, copy: DumpFingerprint) {
    this.unread.push(...(source.unread ?? []));
    for (const { what, why } of copy.unread ?? []) this.unread.push({ what: `${what}, in the copy`, why });
    this.#lacking = new Set([...(source.unread ?? []), ...(copy.unread ?? [])].map(({ what }) => what));
  }

  /** @returns whether both are equal */
  check(what: string, expected: string | undefined, found: string | undefined): boolean {
    if (this.isUnread(what)) return false;
    // Where the reading of the source broke off, it may have had what it does not list.
    if (expected === undefined && this.isUnread(restOfFingerprint)) return false;
    this.compared += 1;
    if (expected === found) return true;
    this.differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing' });
    return false;
  }

  doubt(what: string, expected: string, found: string): void {
    this.compared += 1;
    this.differences.push({ what, expected, found, doubt: writtenMeanwhile });
  }

  isUnread(what: string): boolean {
    return this.#lacking.has(what);
  }
}

/** How many of the documents were compared. */
class Share {
  #all = 0;
  #compared = 0;
  readonly #moved: string[] = [];

  add(name: string, all: number, compared: number): void {
    this.#all += all;
    this.#compared += compared;
    if (compared < all) this.#moved.push(name);
  }

  moved(name: string): void {
    this.#moved.push(name);
  }

  tell(findings: Findings): void {
    if (this.#moved.length === 0) return;
    const share = this.#all === 0 ? 1 : this.#compared / this.#all;
    const percent = `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
    const where = named(this.#moved);
    findings.notes.push(
      `the source moved while it was dumped, so ${formatCount(this.#all - this.#compared)} of ${formatCount(this.#all)} documents were not compared (${where}); ${percent} were`,
    );
    if (share < leastShare)
      findings.unread.push({
        what: `documents that moved during the dump, of ${where}`,
        why: `only ${percent} of the documents stood still between the two readings; dump at a quieter time`,
      });
  }
}

function named(names: readonly string[]): string {
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : '';
  return `${names.slice(0, maxNames).join(', ')}${more}`;
}

interface Pair {
  readonly name: string;
  readonly before: TableFingerprint;
  /** Undefined where source and dump are of one moment. */
  readonly after: TableFingerprint | undefined;
}

/**
 * Collections that were there in both readings. Those that moved have classes; so have those of which the dump holds more than either
 * reading saw: what was inserted and deleted meanwhile.
 */
function stayed({ tables, after }: DumpFingerprint, share: Share): readonly Pair[] {
  if (after === undefined) return tables.map((before) => ({ name: before.name, before, after: undefined }));
  const later = new Map(after.tables.map((one) => [one.name, one]));
  const known = new Set(tables.map(({ name }) => name));
  for (const { name } of after.tables) if (!known.has(name)) share.moved(name);
  return tables.flatMap((before) => {
    const again = later.get(before.name);
    if (again === undefined) share.moved(before.name);
    return again ? [{ name: before.name, before, after: again }] : [];
  });
}

/** A source of one moment has no classes that count. */
const sameTable = (a: TableFingerprint, b: TableFingerprint | undefined): boolean =>
  b === undefined || (a.rows === b.rows && a.checksum === b.checksum);

function compareDocuments(source: DumpFingerprint, copy: DumpFingerprint, findings: Findings, share: Share): void {
  const copies = new Map(copy.tables.map((one) => [one.name, one]));
  const held = new Held(source);
  for (const pair of stayed(source, share)) {
    const { name, before, after } = pair;
    const other = copies.get(name) ?? held.withoutDocuments(name);
    if (findings.isUnread(`documents of ${name}`)) continue;
    if (sameTable(before, after) && before.classes === undefined) {
      share.add(name, Number(before.rows), Number(before.rows));
      const same = findings.check(`rows of ${name}`, before.rows, other?.rows);
      if (same) findings.check(`checksum of ${name}`, before.checksum, other?.checksum);
    } else if (other === undefined) findings.check(`rows of ${name}`, before.rows, undefined);
    else {
      // What the restore did not give back says nothing of what moved.
      if (held.known && !compareHeld(held.table(pair), other, findings)) share.add(name, Number(before.rows), 0);
      else compareClasses(pair, held.table(pair), other, findings, share);
    }
  }
  unknownCollections(source, copy, held, findings);
}

/** What a dump holds of a source that moved meanwhile. */
class Held {
  /** Whether the dump was read for it. */
  readonly known: boolean;
  readonly #tables: ReadonlyMap<string, TableFingerprint>;
  readonly #only: ReadonlySet<string>;
  readonly #lacks: ReadonlySet<string>;

  constructor({ held }: DumpFingerprint) {
    this.known = held !== undefined;
    this.#tables = new Map(held?.tables.map((one) => [one.name, one]));
    this.#only = new Set(held?.only);
    this.#lacks = new Set(held?.lacks);
  }

  table({ name, before }: Pick<Pair, 'name' | 'before'>): TableFingerprint {
    return this.#tables.get(name) ?? before;
  }

  /** Of a collection that neither reading found. */
  other(name: string): TableFingerprint | undefined {
    return this.isOnly(`COLLECTION ${name}`) ? this.#tables.get(name) : undefined;
  }

  /** What a copy has of a collection that the dump lacks. */
  withoutDocuments(name: string): TableFingerprint | undefined {
    return this.lacks(`COLLECTION ${name}`) ? this.#tables.get(name) : undefined;
  }

  isOnly(id: string): boolean {
    return this.#only.has(id);
  }

  lacks(id: string): boolean {
    return this.#lacks.has(id);
  }
}

/** A restore gives back what the dump holds, whatever the source did. */
function compareHeld(held: TableFingerprint, copy: TableFingerprint, findings: Findings): boolean {
  const { name } = held;
  return (
    findings.check(`rows of ${name}`, held.rows, copy.rows) &&
    findings.check(`checksum of ${name}`, held.checksum, copy.checksum)
  );
}

/** What was inserted during the dump is a class of its own, the last one, which is not compared. */
function compareClasses(
  { name, before, after }: Pair,
  held: TableFingerprint,
  copy: TableFingerprint,
  findings: Findings,
  share: Share,
): void {
  const [one, two, three] = [before.classes ?? [], after?.classes ?? [], copy.classes ?? []];
  if (one.length === 0 || one.length !== two.length || one.length !== three.length) {
    share.add(name, Number(before.rows), 0);
    return;
  }
  let [documents, wrong, doubtful] = [0, 0, 0];
  for (const [at, sum] of one.slice(0, -1).entries()) {
    if (sum !== two[at]) continue;
    // Somebody may have inserted a document and deleted it again, while the dump read it.
    if (documentsIn(three[at] as string) > documentsIn(sum)) continue;
    documents += documentsIn(sum);
    if (sum === three[at]) continue;
    if (held.classes && held.classes[at] === three[at] && held.classes[at] !== sum) doubtful += 1;
    else wrong += Math.max(1, Math.abs(documentsIn(sum) - documentsIn(three[at] as string)));
  }
  share.add(name, Number(before.rows), documents);
  const what = `documents of ${name} that stood still`;
  findings.check(what, formatCount(documents), wrong === 0 ? formatCount(documents) : `at least ${wrong} others`);
  if (doubtful > 0)
    findings.doubt(`documents of ${name} in the dump`, 'those of both readings', `others in ${doubtful} classes`);
}

/** A collection of the copy that the source had in neither reading. */
function unknownCollections(
  { tables, after }: DumpFingerprint,
  copy: DumpFingerprint,
  held: Held,
  findings: Findings,
  values = true,
): void {
  const known = new Set([...tables, ...(after?.tables ?? [])].map(({ name }) => name));
  const meanwhile: string[] = [];
  for (const one of copy.tables) {
    const { name, rows } = one;
    if (known.has(name) || findings.isUnread(`documents of ${name}`)) continue;
    const other = held.other(name);
    if (other === undefined) findings.check(`collection ${name}`, undefined, `${rows} documents`);
    else {
      meanwhile.push(name);
      if (values) compareHeld(other, one, findings);
    }
  }
  if (meanwhile.length > 0)
    findings.notes.push(`collections that existed only while the dump was made are in it: ${named(meanwhile)}`);
}

/** Number of documents, and the values of the fields at the top in which nothing was changed. */
function compareRows(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  { rowsLeftOut, changed }: Anonymised,
  findings: Findings,
  share: Share,
): void {
  const copies = new Map(copy.tables.map((one) => [one.name, one]));
  const held = new Held(source);
  const unnamed: string[] = [];
  for (const { name, before, after } of stayed(source, share)) {
    const other = copies.get(name) ?? held.withoutDocuments(name);
    const { rows } = held.table({ name, before });
    if (findings.isUnread(`documents of ${name}`)) continue;
    if (before.columns === undefined && !sameTable(before, after)) {
      share.add(name, Number(before.rows), 0);
      continue;
    }
    share.add(name, Number(before.rows), Number(before.rows));
    if (rowsLeftOut.has(name)) {
      if (other)
        findings.check(`rows of ${name}, at most`, rows, Number(other.rows) <= Number(rows) ? rows : other.rows);
      continue;
    }
    const same = findings.check(`rows of ${name}`, rows, other?.rows);
    if (!(same && other && changed)) continue;
    const paths = changed.get(name) ?? new Set();
    if (hidesNames(paths)) unnamed.push(name);
    else compareFields(before, other, paths, findings);
  }
  if (unnamed.length > 0)
    findings.notes.push(
      `of collections in which values changed in fields whose names are data, only the number of documents was compared: ${named(unnamed)}`,
    );
  unknownCollections(source, copy, held, findings, false);
}

/** Whether a field at the top changed that the anonymiser does not name: one of many, or one whose name is data or an address. */
function hidesNames(paths: ReadonlySet<string>): boolean {
  return [...paths].some((path) => path === '*' || path.startsWith('*.'));
}

/** @param paths of fields that may differ: `a.b` lies in the field `a` at the top, or is a field with a dot in its name */
function compareFields(
  source: TableFingerprint,
  copy: TableFingerprint,
  paths: ReadonlySet<string>,
  findings: Findings,
): void {
  // What lies in a field with an empty name has the path of a field at the top.
  const mayDiffer = (field: string): boolean =>
    [...paths].some((path) => field === '' || path === field || path.startsWith(`${field}.`));
  for (const [field, sum] of Object.entries(source.columns ?? {}))
    if (!mayDiffer(field)) findings.check(`checksum of ${field} of ${source.name}`, sum, copy.columns?.[field]);
}

/** Definitions that were the same in both readings. An anonymised file has other users and roles. */
function compareDefinitions(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  findings: Findings,
  anonymised: Anonymised | undefined,
): void {
  const isLeftOut = (id: string): boolean =>
    isOfUsers(id) && (anonymised !== undefined || findings.isUnread(usersAndRoles));
  const { definitions: expected = {}, after } = source;
  const later = after?.definitions;
  const held = new Held(source);
  const found = copy.definitions ?? {};
  const moved: string[] = [];
  const known = (id: string): boolean => expected[id] !== undefined || later?.[id] !== undefined;
  const renamed = renamedIndexes(
    Object.keys(found).filter((id) => !known(id)),
    source,
  );
  for (const [id, hash] of Object.entries(expected)) {
    if (isLeftOut(id)) continue;
    if (later && later[id] !== hash) moved.push(id);
    else if (found[id] === hash) findings.check(id, hash, hash);
    else if (found[id] === undefined && held.lacks(id)) findings.doubt(id, 'its definition', 'nothing in the dump');
    else if (anonymised?.definitionsChanged?.has(id))
      findings.check(id, 'a definition', found[id] !== undefined || renamed.take(id) ? 'a definition' : undefined);
    else if (found[id] === undefined) findings.check(id, 'its definition', undefined);
    else differs(id, source, copy, findings);
  }
  const isPassing = cameAndWent(source);
  for (const id of Object.keys(found))
    if (!isLeftOut(id) && !isPassing(id) && !held.isOnly(id) && !known(id) && !renamed.taken.has(id))
      findings.check(id, undefined, 'a definition');
  if (moved.length > 0)
    findings.notes.push(`definitions changed during the dump, and were not compared: ${named(moved)}`);
}

/**
 * Indexes whose names hold an address have other names in an anonymised file: each is one that only the copy has.
 * @param unknown ids that only the copy has
 */
function renamedIndexes(
  unknown: readonly string[],
  { tables }: DumpFingerprint,
): { readonly taken: ReadonlySet<string>; readonly take: (id: string) => boolean } {
  const taken = new Set<string>();
  const take = (id: string): boolean => {
    const prefixes = tables.map(({ name }) => `INDEX ${name} "`).filter((prefix) => id.startsWith(prefix));
    const other = unknown.find((one) => !taken.has(one) && prefixes.some((prefix) => one.startsWith(prefix)));
    if (other !== undefined) taken.add(other);
    return other !== undefined;
  };
  return { taken, take };
}

/** Definitions of collections that were not in both readings: they may have been another at the moment of the dump. */
function cameAndWent({ tables, after }: DumpFingerprint): (id: string) => boolean {
  const [first, second] = [tables, after?.tables ?? []].map((all) => new Set(all.map(({ name }) => name)));
  const names = [...(first ?? []), ...(second ?? [])].filter((name) => !(first?.has(name) && second?.has(name)));
  return (id) =>
    after !== undefined && names.some((name) => id === `COLLECTION ${name}` || id.startsWith(`INDEX ${name} `));
}

function differs(id: string, source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const [expected, found] = [source.sql?.get(id), copy.sql?.get(id)];
  findings.check(`definition of ${id}`, expected ?? 'that of the source', found ?? 'another');
}
