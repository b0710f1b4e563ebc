/** Compares the definitions of a copy with those of its source. */
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import type { Anonymised, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import { restOfFingerprint } from '../../../proof/incomplete.ts';
import { serversIndexOf } from '../fingerprint/definitions.ts';
import { isIndexOf } from '../fingerprint/names.ts';
import { isOfUsers, usersAndRoles } from '../fingerprint/users.ts';
import type { Findings } from './findings.ts';
import { Held } from './held.ts';
import { named } from './share.ts';

/** Definitions that were the same in both readings. An anonymised file has other users and roles. */
export function compareDefinitions(
  source: DescribedFingerprint,
  copy: DescribedFingerprint,
  findings: Findings,
  anonymised: Anonymised | undefined,
): void {
  const isLeftOut = (id: string): boolean =>
    isOfUsers(id) && (anonymised !== undefined || findings.isUnread(usersAndRoles));
  const { definitions: expected = {}, after } = source;
  const later = after?.definitions;
  // The second reading failed: what differs may have changed meanwhile.
  const onlyOnce = after === undefined && findings.isUnread(restOfFingerprint);
  const held = new Held(source);
  const found = copy.definitions ?? {};
  const moved: string[] = [];
  const known = (id: string): boolean => expected[id] !== undefined || later?.[id] !== undefined;
  const serversOwn = indexesOfServer(
    Object.keys(found).filter((id) => !known(id)),
    copy,
  );
  const renamed = renamedIndexes(
    Object.keys(found).filter((id) => !known(id) && !serversOwn.has(id)),
    source,
  );
  for (const [id, hash] of Object.entries(expected)) {
    if (isLeftOut(id)) continue;
    if (later && later[id] !== hash) moved.push(id);
    else if (found[id] !== hash && (onlyOnce || held.mayDiffer(id))) moved.push(id);
    else if (found[id] === hash) findings.check(id, hash, hash);
    else if (found[id] === undefined && held.lacks(id)) findings.doubt(id, 'its definition', 'nothing in the dump');
    else if (anonymised?.definitionsChanged?.has(id))
      findings.check(id, 'a definition', found[id] !== undefined || renamed.take(id) ? 'a definition' : undefined);
    else if (found[id] === undefined) findings.check(id, 'its definition', undefined);
    else differs(id, source, copy, findings);
  }
  const isPassing = cameAndWent(source);
  for (const id of Object.keys(found))
    if (
      !isLeftOut(id) &&
      !isPassing(id) &&
      !held.isOnly(id) &&
      !held.mayDiffer(id) &&
      !known(id) &&
      !serversOwn.has(id) &&
      !renamed.taken.has(id)
    )
      findings.check(id, undefined, 'a definition');
  if (serversOwn.size > 0)
    findings.notes.push(
      `the scratch server makes an index on metaField and timeField of a time series by itself, which the source lacks: ${named([...serversOwn])}`,
    );
  if (moved.length > 0)
    findings.notes.push(`definitions changed during the dump, and were not compared: ${named(moved)}`);
}

/** @param unknown ids that only the copy has */
function indexesOfServer(unknown: readonly string[], { tables, sql }: DescribedFingerprint): ReadonlySet<string> {
  const isOwn = (id: string): boolean =>
    tables.some(({ name }) => {
      const collection = isIndexOf(id, name) ? sql?.get(`COLLECTION ${name}`) : undefined;
      return collection !== undefined && sql?.get(id) === serversIndexOf(collection);
    });
  return new Set(unknown.filter(isOwn));
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
    const of = tables.find(({ name }) => isIndexOf(id, name));
    const other = of && unknown.find((one) => !taken.has(one) && isIndexOf(one, of.name));
    if (other !== undefined) taken.add(other);
    return other !== undefined;
  };
  return { taken, take };
}

/** Definitions of collections that were not in both readings: they may have been another at the moment of the dump. */
function cameAndWent({ tables, after }: DumpFingerprint): (id: string) => boolean {
  const [first, second] = [tables, after?.tables ?? []].map((all) => new Set(all.map(({ name }) => name)));
  const names = [...(first ?? []), ...(second ?? [])].filter((name) => !(first?.has(name) && second?.has(name)));
  return (id) => after !== undefined && names.some((name) => id === `COLLECTION ${name}` || isIndexOf(id, name));
}

function differs(id: string, source: DescribedFingerprint, copy: DescribedFingerprint, findings: Findings): void {
  const [expected, found] = [source.sql?.get(id), copy.sql?.get(id)];
  findings.check(`definition of ${id}`, expected ?? 'that of the source', found ?? 'another');
}
