/** Compares the documents of a copy with those of its source, and with those that the dump itself holds. */
import type { DumpFingerprint, TableFingerprint } from '../../../../domain/dump.ts';
import { formatCount } from '../../../../runtime/format.ts';
import { documentsIn, replayed } from '../fingerprint/names.ts';
import type { Findings } from './findings.ts';
import { Held } from './held.ts';
import { named, type Share } from './share.ts';

export interface Pair {
  readonly name: string;
  readonly before: TableFingerprint;
  /** Undefined where source and dump are of one moment. */
  readonly after: TableFingerprint | undefined;
}

/**
 * Collections that were there in both readings. Those that moved have classes; so have those of which the dump holds more than either
 * reading saw: what was inserted and deleted meanwhile.
 */
export function stayed({ tables, after }: DumpFingerprint, share: Share): readonly Pair[] {
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

/** A source of one moment has no classes that count; of one with classes that was read once, nobody knows what moved. */
export const sameTable = (a: TableFingerprint, b: TableFingerprint | undefined): boolean =>
  b === undefined ? a.classes === undefined : a.rows === b.rows && a.checksum === b.checksum;

export function compareDocuments(
  source: DumpFingerprint,
  copy: DumpFingerprint,
  findings: Findings,
  share: Share,
): void {
  const copies = new Map(copy.tables.map((one) => [one.name, one]));
  const held = new Held(source);
  const pairs = stayed(source, share);
  for (const pair of pairs) {
    const other = copies.get(pair.name) ?? held.withoutDocuments(pair);
    if (!findings.isUnread(`documents of ${pair.name}`)) comparePair(pair, other, held, findings, share);
  }
  const compared = new Set(pairs.map(({ name }) => name));
  comingAndGoing(source, copies, compared, held, findings);
  replayedChanges(source, findings);
  unknownCollections(source, copy, held, findings);
}

function comparePair(
  pair: Pair,
  copy: TableFingerprint | undefined,
  held: Held,
  findings: Findings,
  share: Share,
): void {
  const { name, before, after } = pair;
  const rows = Number(before.rows);
  const needsClasses = before.classes !== undefined && (held.has(name) || findings.mayExpire(name));
  if (sameTable(before, after) && !needsClasses) {
    share.add(name, rows, rows);
    if (findings.checkRows(name, before.rows, copy?.rows) === 'same')
      findings.check(`checksum of ${name}`, before.checksum, copy?.checksum);
  } else if (copy === undefined) {
    if (held.isRemade(name) || after === undefined) share.add(name, rows, 0);
    else findings.check(`rows of ${name}`, before.rows, undefined);
  } else if (held.known && !held.isUnsummed(name) && !compareHeld(held.table(pair), copy, findings)) {
    // What the restore did not give back says nothing of what moved.
    share.add(name, rows, 0);
  } else compareClasses(pair, held, copy, findings, share);
}

/** Collections that only one of the readings found: what the dump holds of them must be in the copy. */
function comingAndGoing(
  { tables, after, held: given }: DumpFingerprint,
  copies: ReadonlyMap<string, TableFingerprint>,
  compared: ReadonlySet<string>,
  held: Held,
  findings: Findings,
): void {
  if (given === undefined) return;
  const inDump = new Map([...tables, ...given.tables].map((one) => [one.name, one]));
  const found = new Set([...tables, ...(after?.tables ?? [])].map(({ name }) => name));
  for (const name of found) {
    const [one, copy] = [inDump.get(name), copies.get(name)];
    if (compared.has(name) || one === undefined || findings.isUnread(`documents of ${name}`)) continue;
    if (copy && held.isUnsummed(name)) continue;
    if (copy) compareHeld(one, copy, findings);
    else if (one.rows !== '0' && !given.remade?.includes(name)) findings.check(`rows of ${name}`, one.rows, undefined);
  }
}

/** What the log in the dump changes is in no reading, so nothing says whether a restore made it. */
function replayedChanges({ held }: DumpFingerprint, findings: Findings): void {
  const names = new Set([...(held?.tables ?? []).filter(isReplayed).map(({ name }) => name), ...(held?.remade ?? [])]);
  if (names.size > 0)
    findings.notes.push(`what the oplog in the dump changes was not compared: documents of ${named([...names])}`);
}

/** A restore gives back what the dump holds, whatever the source did. @returns whether it did */
function compareHeld(held: TableFingerprint, copy: TableFingerprint, findings: Findings): boolean {
  const { name } = held;
  if (isReplayed(held)) return compareUntouched(held, copy, findings);
  const rows = findings.checkRows(name, held.rows, copy.rows);
  return rows === 'fewer' || (rows === 'same' && findings.check(`checksum of ${name}`, held.checksum, copy.checksum));
}

export const isReplayed = ({ classes = [] }: TableFingerprint): boolean => classes.includes(replayed);

/** Classes in which a replayed log changes nothing. */
function compareUntouched(held: TableFingerprint, copy: TableFingerprint, findings: Findings): boolean {
  const { name, classes = [] } = held;
  const { classes: found = [] } = copy;
  if (classes.length !== found.length || classes.every((sum) => sum === replayed)) return true;
  const others = classes.flatMap((sum, at) => (sum === replayed || sum === found[at] ? [] : [at]));
  const wrong = others.filter(
    (at) => !findings.mayLack(name, documentsIn(classes[at] as string), documentsIn(found[at] as string)),
  );
  const what = `documents of ${name} that the oplog does not change`;
  const inDump = 'those of the dump';
  if (wrong.length === 0 && others.length > 0) findings.expired(what, inDump, `fewer in ${others.length} classes`);
  else findings.check(what, inDump, wrong.length === 0 ? inDump : `others in ${wrong.length} classes`);
  return wrong.length === 0;
}

/** What was inserted during the dump is a class of its own, the last one, which is not compared. */
function compareClasses(pair: Pair, held: Held, copy: TableFingerprint, findings: Findings, share: Share): void {
  const { name, before, after } = pair;
  const inDump = held.table(pair).classes;
  // Measurements that came and went in between are in the dump, or are not: it does not say.
  const unsure = held.isUnsummed(name) && !sameTable(before, after);
  const [one, two, three] = [before.classes ?? [], after?.classes ?? [], copy.classes ?? []];
  if (one.length === 0 || one.length !== two.length || one.length !== three.length) {
    share.add(name, Number(before.rows), 0);
    return;
  }
  let [documents, wrong, doubtful, expired] = [0, 0, 0, 0];
  for (const [at, sum] of one.slice(0, -1).entries()) {
    if (sum !== two[at] || inDump?.[at] === replayed) continue;
    // Somebody may have inserted a document and deleted it again, while the dump read it.
    const [expected, found] = [documentsIn(sum), documentsIn(three[at] as string)];
    if (found > expected) continue;
    if (findings.mayLack(name, expected, found)) {
      expired += expected;
      continue;
    }
    documents += expected;
    if (sum === three[at]) continue;
    if (unsure || (inDump && inDump[at] === three[at] && inDump[at] !== sum)) doubtful += 1;
    else wrong += Math.max(1, expected - found);
  }
  // They did not move: that they are missing is a doubt of its own.
  share.add(name, Number(before.rows) - expired, documents);
  const what = `documents of ${name} that stood still`;
  if (expired > 0 && (!held.known || held.isUnsummed(name)))
    findings.expired(what, formatCount(documents + expired), formatCount(documents));
  findings.check(what, formatCount(documents), wrong === 0 ? formatCount(documents) : `at least ${wrong} others`);
  const [both, others] = ['those of both readings', `others in ${doubtful} classes`];
  if (doubtful > 0 && unsure) findings.unsure(`documents of ${name} in the copy`, both, others);
  else if (doubtful > 0) findings.doubt(`documents of ${name} in the dump`, both, others);
}

/** A collection of the copy that the source had in neither reading. */
export function unknownCollections(
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
    const isUnsummed = held.isUnsummed(name) && held.isOnly(`COLLECTION ${name}`);
    if (held.isRemade(name) || isUnsummed) meanwhile.push(name);
    else if (other === undefined) findings.check(`collection ${name}`, undefined, `${rows} documents`);
    else {
      meanwhile.push(name);
      if (values) compareHeld(other, one, findings);
    }
  }
  if (meanwhile.length > 0)
    findings.notes.push(`collections that existed only while the dump was made are in it: ${named(meanwhile)}`);
}
