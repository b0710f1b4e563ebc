/** From the answer of the host script `definitions` to the facts that a receipt keeps. */
import { createHash } from 'node:crypto';
import type { DefinitionFact, Definitions } from '../../domain/definitions.ts';
import type { HostAnswer } from '../../host/catalogue/catalogue.ts';
import { accountFacts } from './accounts.ts';
import { readChanges } from './changes.ts';
import { takeTableApart } from './create-table.ts';
import { objectName } from './names.ts';
import { readable, type Section, sections } from './sections.ts';
import { reworded } from './wording.ts';

/** @param bytes text, one character for each byte */
export function digest(bytes: string): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex').slice(0, 16);
}

export function readDefinitions(answer: HostAnswer<'definitions'>): Definitions {
  const { takenAt, seconds, serverVersion, account, lowerCaseTableNames, nonce, output } = answer;
  const all = sections(output, nonce);
  const byName = (kind: string): Map<string, Section> =>
    new Map(all.filter((one) => one.kind === kind).map((one) => [objectName(one.names.slice(0, 2)), one]));
  const related = { opens: byName('opens'), value: byName('value') };
  const objects = all
    .filter(({ kind }) => !['opens', 'value', 'rows', 'end'].includes(kind))
    .map((section) => factOf(section, related));
  const rows = accountFacts(all.filter(({ kind }) => kind === 'rows'));
  const changes = readChanges(answer.status);
  return {
    ...{ takenAt, seconds, serverVersion, account, lowerCaseTableNames, objects: [...objects, ...rows] },
    ...(changes === undefined ? {} : { changes }),
  };
}

interface Related {
  readonly opens: ReadonlyMap<string, Section>;
  readonly value: ReadonlyMap<string, Section>;
}

type Detail = Partial<Omit<DefinitionFact, 'kind' | 'name'>> & { readonly texts: ReadonlyMap<string, string> };

function factOf(section: Section, related: Related): DefinitionFact {
  const { kind, names, rows, error } = section;
  const created = names[2] ?? '';
  const base = { kind, name: objectName(names.slice(0, 2)), ...(created === '' ? {} : { created }) };
  const [row] = rows;
  if (row === undefined)
    return { ...base, parts: {}, error: error ?? { code: 0, message: 'the server showed nothing of it' } };
  const detail = detailOf(kind, row, section, related);
  if (detail === undefined)
    return { ...base, parts: {}, error: { code: 1142, message: `the account may not see what this ${kind} does` } };
  const { texts, ...more } = detail;
  const others = reworded(texts);
  return {
    ...base,
    ...more,
    parts: digests(texts),
    ...(others.size === 0 ? {} : { reworded: { ...digests(others), ...leftOut(others) } }),
  };
}

function digests(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...texts].map(([name, text]) => [readable(name), digest(text)]));
}

function leftOut(texts: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...texts].flatMap(([name, text]) => (text === '' ? [[name, '']] : [])));
}

function detailOf(kind: string, row: readonly string[], section: Section, related: Related): Detail | undefined {
  const name = objectName(section.names.slice(0, 2));
  switch (kind) {
    case 'database':
      return { texts: new Map([['options', afterName(row[1] ?? '')]]) };
    case 'table':
      return tableDetail(row[1] ?? '');
    case 'sequence':
      return sequenceDetail(row[1] ?? '', related.value.get(name));
    case 'view':
      return viewDetail(row, related.opens.get(name));
    case 'trigger':
      return storedDetail(
        row,
        2,
        ['sql_mode'],
        [
          ['table', section.names[3] ?? ''],
          ['order', section.names[4] ?? ''],
        ],
      );
    case 'event':
      return eventDetail(row, section.names[3] ?? '');
    default:
      return storedDetail(row, 2, ['sql_mode']);
  }
}

function afterName(text: string): string {
  return text.replace(/^CREATE DATABASE `(?:[^`]|``)*`/, '');
}

function tableDetail(text: string): Detail {
  const { parts, engine, autoIncrement, counts } = takeTableApart(text);
  return {
    texts: parts,
    ...(engine === undefined ? {} : { engine }),
    ...(counts ? { quantities: { AUTO_INCREMENT: autoIncrement ?? '1' } } : {}),
  };
}

function sequenceDetail(text: string, value: Section | undefined): Detail {
  const [next, cycles] = value?.rows[0] ?? [];
  const known = next !== undefined && cycles !== undefined && cycles === '0';
  return { texts: new Map([['definition', text]]), ...(known ? { quantities: { 'next value': next } } : {}) };
}

const view =
  /^CREATE (?:ALGORITHM=(\w+) )?(?:DEFINER=(`(?:[^`]|``)*`@`(?:[^`]|``)*`) )?(?:SQL SECURITY (\w+) )?VIEW ([\s\S]*)$/;

function viewDetail(row: readonly string[], opens: Section | undefined): Detail {
  const [, text = '', ...charset] = row;
  const [, algorithm, definer, security, select] = view.exec(text) ?? [];
  return {
    texts: new Map([
      ...textOf('algorithm', algorithm),
      ...textOf('definer', definer),
      ...textOf('security', security),
      ['definition', select ?? text],
      ['character set', charset.join(' ')],
    ]),
    opens: opens?.error === undefined ? true : opens.error.message,
  };
}

function textOf(name: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[name, text]];
}

const definer = /^CREATE DEFINER=(`(?:[^`]|``)*`@`(?:[^`]|``)*`) /;

/**
 * What is stored as text: name, settings, the text, and the three character sets of its session. A trigger's last column is
 * its date.
 * @returns undefined when the server shows no text, since the account may not see it (MySQL manual, SHOW CREATE PROCEDURE)
 */
function storedDetail(
  row: readonly string[],
  at: number,
  settings: readonly string[],
  more: readonly [string, string][] = [],
): Detail | undefined {
  const text = row[at] ?? 'NULL';
  if (text === 'NULL') return undefined;
  const owner = definer.exec(text);
  return {
    texts: new Map([
      ...settings.map((name, index): [string, string] => [name, row[index + 1] ?? '']),
      ...textOf('definer', owner?.[1]),
      ['definition', owner ? text.slice(owner[0].length) : text],
      ['character set', row.slice(at + 1, at + 4).join(' ')],
      ...more,
    ]),
  };
}

function eventDetail(row: readonly string[], ends: string): Detail | undefined {
  const stored = storedDetail(row, 3, ['sql_mode', 'time zone']);
  return stored && ends !== '' ? { ...stored, ends } : stored;
}
