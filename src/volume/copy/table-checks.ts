/**
 * Judges what the server of the copy says of its tables (CHECK TABLE) and of its views, each read once to the end.
 * Only words that speak of damage are damage; whatever else stands in the way leaves the table unproven.
 */
import type { Receipt } from '../../domain/receipt.ts';
import type { CheckResult } from '../../domain/verification.ts';
import type { HostAnswer } from '../../host/catalogue/catalogue.ts';
import { objectName } from '../definitions/names.ts';
import { readable, type Section, sections } from '../definitions/sections.ts';
import { showsDamage } from './damage-errors.ts';
import { firstSign } from './mount-evidence.ts';
import { serviceDoubts } from './service-evidence.ts';
import { mayBeHost, namedDamage, tableWord } from './table-words.ts';

/** What the source itself could read, by the names of its tables and views. */
export interface ReadOnSource {
  /** Tables that the source could not read either, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Views that the source could open before the pause and after it. */
  readonly views: ReadonlySet<string>;
}

export function readOnSource({ fingerprint }: Receipt): ReadOnSource {
  const prints = [fingerprint.before, ...(fingerprint.after ? [fingerprint.after] : [])];
  const unreadable = new Map<string, string>();
  for (const print of prints)
    for (const { name, kind, error } of print.entries)
      if (kind === 'table' && error) unreadable.set(name, error.message);
  const opened = prints.map(
    ({ definitions }) =>
      new Set((definitions?.objects ?? []).filter((one) => one.opens === true).map((one) => one.name)),
  );
  const [first = new Set<string>(), ...others] = opened;
  return { unreadable, views: new Set([...first].filter((name) => others.every((names) => names.has(name)))) };
}

export function judgeTables(answer: HostAnswer<'check-tables'>, source: ReadOnSource, seconds: string): CheckResult[] {
  const all = sections(answer.output, answer.nonce).filter(({ kind }) => kind !== 'session' && kind !== 'end');
  const asked = { seconds, log: answer.log ?? '' };
  const died = answer.died && lastWords(answer.died, all.at(-1));
  const left = all.filter(({ kind }) => kind.startsWith('left-'));
  const begun = all.filter((section) => !left.includes(section));
  // The one that was under way when the time was over is among those that are left.
  const judged = died || answer.outOfTime || left.length > 0 ? begun.slice(0, -1) : begun;
  const tables = judged.filter(({ kind }) => kind === 'check').map((section) => judgeTable(section, source, asked));
  // What is known to be damaged is not said twice.
  const damagedTables = new Set(tables.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name));
  const results = [
    ...tables,
    ...judgeIndexes(judged),
    ...judged
      .filter(({ kind }) => kind === 'extended')
      .map((section) => judgeExtended(section, source, asked))
      .filter(({ name }) => !damagedTables.has(name)),
    ...judged.filter(({ kind }) => kind === 'view').map((section) => judgeView(section, source)),
    ...left.map(notTried),
  ];
  const shown = results
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven')
    .map(({ of: _, ...result }) => result);
  return [...shown, ...(died ? [died] : []), ...(answer.outOfTime ? [outOfTime(all.at(-1))] : []), ...summary(results)];
}

/** What the checks of one kind are called where they passed, and where they could not be made. */
const kinds = {
  check: {
    passed: 'tables checked',
    others: 'tables without a check',
    proves: (count: number) => `CHECK TABLE found ${count} tables sound`,
  },
  extended: {
    passed: 'tables checked row by row',
    others: 'tables not checked row by row',
    proves: (count: number) => `CHECK TABLE … EXTENDED found each row of ${count} tables in each index`,
  },
  index: {
    passed: 'indexes compared',
    others: 'indexes not compared',
    proves: (count: number) => `${count} indexes of InnoDB hold what their tables hold`,
  },
  view: {
    passed: 'views read',
    others: 'views not read',
    proves: (count: number) => `${count} views were read to their end`,
  },
};

/** How the checks were made, and what the server has logged since it was started on the copy. */
interface Asked {
  readonly seconds: string;
  readonly log: string;
}

interface Judged extends CheckResult {
  readonly of: keyof typeof kinds;
}

function judgeTable({ names, rows, error }: Section, source: ReadOnSource, { seconds, log }: Asked): Judged {
  const name = `table ${objectName(names)}`;
  const base = { name, of: 'check' as const };
  const said = rows.map(([, , type = '', text = '']) => ({
    type,
    text: readable(text),
    word: tableWord(type, readable(text)),
  }));
  const lines = said.map(({ type, text }) => `${type}: ${text}`);
  const output = [...lines, ...(error ? [`ERROR ${error.code}: ${error.message}`] : [])].join('\n');
  const onSource = source.unreadable.get(names.join('.'));
  const damaged = said.filter(({ word }) => word === 'damaged');
  const [host] = said.some(({ text }) => text === 'OK') ? [] : said.filter(({ word }) => word === 'of-the-host');
  // "Corrupt" follows whatever kept the server from its check.
  if (host !== undefined) return hindered(base, host.text, output, onSource);
  const [worst] = damaged;
  if (
    worst !== undefined &&
    onSource === undefined &&
    mayBeHost(
      said.filter(({ word }) => word === 'damaged' || word === 'unclear').map(({ text }) => text),
      log,
    )
  )
    return {
      ...base,
      outcome: 'unproven',
      detail: `CHECK TABLE says "${worst.text}", which may be damage, or a key, a right or a limit that the verification host lacks: look at the server's log there`,
      output: [output, log].join('\n'),
    };
  if (worst !== undefined && onSource === undefined)
    return { ...base, outcome: 'failed', detail: `CHECK TABLE found it damaged: ${worst.text}`, output };
  if (worst !== undefined)
    return {
      ...base,
      outcome: 'not-compared',
      detail: `CHECK TABLE says "${worst.text}"; the source itself could not read it: ${onSource}`,
    };
  if (said.some(({ word }) => word === 'other-version'))
    return {
      ...base,
      outcome: 'not-compared',
      detail: "the copy's server is of another version and would convert it first",
      output,
    };
  if (said.some(({ word }) => word === 'without-check'))
    return { ...base, outcome: 'not-compared', detail: 'its engine has no check' };
  const [unclear] = said.filter(({ word }) => word === 'unclear');
  const interrupted = [unclear?.text ?? '', error?.message ?? ''].some((text) => /interrupted/i.test(text));
  if (interrupted)
    return {
      ...base,
      outcome: 'unproven',
      detail: `CHECK TABLE did not end within ${seconds} s; raise read-timeout`,
      output,
    };
  if (unclear !== undefined || rows.length === 0) {
    return hindered(base, unclear?.text ?? error?.message ?? 'nothing', output, onSource);
  }
  return { ...base, outcome: 'passed', detail: 'OK' };
}

/** A table that the server could not check, by no fault of the table's. */
function hindered(
  base: Pick<Judged, 'name' | 'of'>,
  words: string,
  output: string,
  onSource: string | undefined,
): Judged {
  const outcome = onSource === undefined ? 'unproven' : 'not-compared';
  return { ...base, outcome, detail: `CHECK TABLE could not check it: ${words}`, output };
}

/** The thorough check of MyISAM and Aria. Every table was checked already, so a limit of time leaves nothing unproven. */
function judgeExtended(section: Section, source: ReadOnSource, asked: Asked): Judged {
  const result = { ...judgeTable(section, source, asked), of: 'extended' as const };
  if (result.outcome !== 'unproven') return result;
  return {
    ...result,
    outcome: 'not-compared',
    detail: result.detail.replace(/ within \d+ s; raise read-timeout$/, ' in its time'),
  };
}

/** Each index of InnoDB against its table: how many rows, and a sum over what the index holds of them. */
function judgeIndexes(all: readonly Section[]): Judged[] {
  const results: Judged[] = [];
  let table: Section | undefined;
  for (const section of all) {
    if (section.kind === 'scan') table = section;
    if (section.kind === 'index') results.push(judgeIndex(section, table));
  }
  return results;
}

function judgeIndex({ names, rows, error }: Section, table: Section | undefined): Judged {
  const index = names[2] ?? '';
  const base = { name: `index ${objectName([index])} of ${objectName(names.slice(0, 2))}`, of: 'index' as const };
  const trouble = error ?? table?.error;
  const [count, sum] = rows[0] ?? [];
  const [expected, ...sums] = table?.rows[0] ?? [];
  const at = sums.indexOf(Buffer.from(index).toString('hex').toUpperCase());
  if (trouble || count === undefined || expected === undefined || at < 0) {
    // ER_KEY_DOES_NOT_EXITS, of an index that is in the catalogue.
    if (trouble?.code === 1176)
      return {
        ...base,
        outcome: 'not-compared',
        detail: 'the server ignores it (IGNORED), so that nothing can be read by it',
      };
    const words = trouble ? `ERROR ${trouble.code}: ${trouble.message}` : 'the server did not answer';
    const outcome = trouble && showsDamage(trouble) ? 'failed' : 'not-compared';
    return { ...base, outcome, detail: `it could not be compared with its table: ${words}` };
  }
  if (count !== expected)
    return { ...base, outcome: 'failed', detail: `it leads to ${count} rows, and the table holds ${expected}` };
  if (sum !== sums[at + 1])
    return { ...base, outcome: 'failed', detail: "it holds other values than the table's rows" };
  return { ...base, outcome: 'passed', detail: 'it holds what the table holds' };
}

/** Every table was checked already, and no view holds rows of its own: a limit of time leaves nothing unproven. */
function notTried({ kind, names }: Section): Judged {
  const of = kind === 'left-view' ? 'view' : 'extended';
  const name = `${of === 'view' ? 'view' : 'table'} ${objectName(names)}`;
  const detail = 'the time that views and thorough checks have together, a fifth of read-timeout, was over';
  return { name, of, outcome: 'not-compared', detail };
}

function judgeView({ names, error }: Section, source: ReadOnSource): Judged {
  const name = objectName(names);
  const base = { name: `view ${name}`, of: 'view' as const };
  if (error === undefined) return { ...base, outcome: 'passed', detail: 'read to its end' };
  const words = `ERROR ${error.code}: ${error.message}`;
  if (source.views.has(name) && showsDamage(error))
    return {
      ...base,
      outcome: 'failed',
      detail: `it could be opened on the source, and cannot be read in the copy: ${words}`,
    };
  const why = source.views.has(name)
    ? 'nobody tried to read it on the source'
    : 'the source could not open it either, or did not say';
  return { ...base, outcome: 'not-compared', detail: `it could not be read (${words}); ${why}` };
}

function nameOf(section: Section | undefined): string {
  return section === undefined
    ? 'the first table'
    : `${section.kind === 'view' ? 'view' : 'table'} ${objectName(section.names)}`;
}

/** @param last what was checked at that moment; nothing where it had ended before the checks */
function lastWords(
  { answers, words, log }: NonNullable<HostAnswer<'check-tables'>['died']>,
  last: Section | undefined,
): CheckResult {
  const base = { name: 'server survives the checks', output: log || words };
  const what = `the server died while ${last === undefined ? 'its copy was read' : `it checked ${nameOf(last)}`}`;
  const doubt = firstSign(serviceDoubts, log.split('\n'));
  if (doubt) {
    const { means, fix = '' } = doubt.sign;
    return { ...base, outcome: 'unproven', detail: `${what}: ${means} (${doubt.line}); ${fix}` };
  }
  const damage = namedDamage(log);
  if (damage !== undefined) return { ...base, outcome: 'failed', detail: `${what}: ${damage}` };
  const tried = answers ? 'the session ended, and the server answers again' : 'it answers no more';
  return {
    ...base,
    outcome: 'unproven',
    detail: `${what}, and its log names no damage (${tried}); the journal of its service says more`,
  };
}

function outOfTime(last: Section | undefined): CheckResult {
  return {
    name: 'checks end in time',
    outcome: 'unproven',
    detail: `the time limit of this step was over at ${nameOf(last)}, so what follows was not checked; raise read-timeout`,
  };
}

function summary(results: readonly Judged[]): CheckResult[] {
  return (['check', 'extended', 'index', 'view'] as const).flatMap((of): CheckResult[] => {
    const own = results.filter((one) => one.of === of);
    const passed = own.filter((one) => one.outcome === 'passed').length;
    const others = own.filter((one) => one.outcome === 'not-compared');
    const lines = others.map(({ name, detail }) => `${name}: ${detail}`);
    const sound = { name: kinds[of].passed, outcome: 'passed', detail: kinds[of].proves(passed) } as const;
    const left = {
      name: kinds[of].others,
      outcome: 'not-compared',
      detail: `${others.length}, first ${lines[0]}`,
      output: lines.slice(0, 20).join('\n'),
    } as const;
    return [...(passed === 0 ? [] : [sound]), ...(others.length === 0 ? [] : [left])];
  });
}
