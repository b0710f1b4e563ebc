/** Reads what the fingerprint's scripts print. */
import type {
  DatabaseLocale,
  DumpFingerprint,
  TableFingerprint,
  UnreadFact,
  ViewFingerprint,
} from '../../../../domain/dump.ts';
import { serverVersion, showVersion } from '../tools.ts';

/** Why a table of a standby is not read; nothing is wrong with it. */
export const notOnStandby = 'the server is a standby, which has no rows of unlogged tables';

/** A line that one of the scripts printed. */
interface Row {
  /** What a list names, under the id of its figures. Scripts of earlier versions printed the figures with it. */
  readonly table?: string;
  readonly configuration?: string;
  readonly view?: string;
  readonly sequence?: string;
  readonly id?: string;
  readonly root?: string | null;
  readonly missing?: string | null;
  readonly populated?: boolean;
  readonly rows?: string;
  readonly checksum?: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly value?: string;
  readonly largeObjects?: string;
  readonly extension?: string;
  readonly schema?: string;
  readonly default?: string | null;
  readonly locale?: DatabaseLocale & { readonly locale: string | null };
  readonly searchPath?: string;
  readonly server?: string;
  readonly roles?: readonly string[];
  readonly unenforced?: string;
  readonly objects?: Readonly<Record<string, number>>;
}

export interface FingerprintFacts {
  readonly takenAt: string;
  readonly seconds: number;
  /** Empty for a copy, whose server says it itself. */
  readonly serverVersion: string;
}

/** @param lines output of the scripts, with psql's messages; of each sequence, the first and the last value count */
export function parseFingerprint(lines: readonly string[], facts: FingerprintFacts): DumpFingerprint {
  const isRow = (line: string): boolean => line.startsWith('{"');
  const rows = lines.filter(isRow).map((line) => JSON.parse(line) as Row);
  const figures = new Figures(rows, lines.filter((line) => !isRow(line)).join('\n'));
  const database = rows.find((row) => row.locale !== undefined);
  const largeObjects = figures.largeObjects();
  const extensions = rows.filter((row): row is Row & { extension: string } => row.extension !== undefined);
  const byExtension = (key: 'value' | 'schema' | 'default'): Record<string, string> =>
    Object.fromEntries(extensions.flatMap((row) => (row[key] ? [[row.extension, row[key]]] : [])));
  const known = database?.server === undefined ? '' : showVersion(serverVersion(Number(database.server)));
  return {
    ...facts,
    serverVersion: facts.serverVersion || known,
    tables: figures.tables('table'),
    ...figures.sequences(),
    extensions: byExtension('value'),
    objects: rows.find((row) => row.objects !== undefined)?.objects ?? {},
    // Scripts of earlier versions print none of these.
    ...(database && {
      searchPath: database.searchPath,
      locale: localeOf(database),
      roles: rows.find((row) => row.roles !== undefined)?.roles,
      configuration: figures.tables('configuration'),
      views: figures.views(),
      largeObjects,
      extensionSchemas: byExtension('schema'),
      extensionDefaults: byExtension('default'),
      unenforced: rows.flatMap((row) => row.unenforced ?? []),
    }),
    ...(figures.unread.length > 0 && { unread: figures.unread }),
  };
}

function localeOf({ locale }: Row): DatabaseLocale | undefined {
  if (locale === undefined) return undefined;
  const { locale: own, ...rest } = locale;
  return own === null ? rest : { ...rest, locale: own };
}

/** Joins what the lists name with its figures; what has none was refused. */
class Figures {
  readonly unread: UnreadFact[] = [];
  readonly #rows: readonly Row[];
  /** Figures by id, in their order. */
  readonly #byId = new Map<string, Row[]>();
  readonly #errors: ReadonlyMap<string, string>;

  constructor(rows: readonly Row[], messages: string) {
    this.#rows = rows;
    this.#errors = errorsByMark(messages);
    for (const row of rows)
      if (row.id !== undefined && (row.rows !== undefined || row.value !== undefined))
        this.#byId.set(row.id, [...(this.#byId.get(row.id) ?? []), row]);
  }

  /** @param id of a statement that printed nothing */
  #refused(what: string, id: string, known?: string): void {
    this.unread.push({ what, why: known ?? this.#errors.get(id) ?? 'the server gave no answer' });
  }

  tables(kind: 'table' | 'configuration'): TableFingerprint[] {
    return this.#rows.flatMap((row) => {
      const name = row[kind];
      if (name === undefined) return [];
      const { id = '', root, missing } = row;
      const { rows, checksum = '', columns } = row.rows === undefined ? (this.#byId.get(id)?.[0] ?? {}) : row;
      if (rows !== undefined) return [{ name, ...(root && { root }), rows, checksum, ...(columns && { columns }) }];
      this.#refused(`rows of ${name}`, id, missing ? notOnStandby : undefined);
      return [];
    });
  }

  views(): ViewFingerprint[] {
    return this.#rows.flatMap(({ view: name, id = '', populated = false }) => {
      if (name === undefined) return [];
      const [content, ...refreshed] = (this.#byId.get(id) ?? []).map(({ rows, checksum }) => `${rows}:${checksum}`);
      if (populated && content === undefined) this.#refused(`rows of ${name}`, id);
      return [{ name, populated, ...(content && { content }), ...(refreshed.length > 0 && { refreshed }) }];
    });
  }

  sequences(): Pick<DumpFingerprint, 'sequences' | 'sequencesBefore'> {
    const sequences: Record<string, string> = {};
    const before: Record<string, string> = {};
    const refused = new Map<string, string>();
    for (const { sequence: name, id = '', value } of this.#rows) {
      if (name === undefined) continue;
      const values = value === undefined ? (this.#byId.get(id)?.map((row) => row.value ?? '') ?? []) : [value];
      const [first] = values;
      const last = values.at(-1);
      if (first === undefined || last === undefined) refused.set(name, id);
      else {
        before[name] ??= first;
        sequences[name] = last;
      }
    }
    for (const [name, id] of refused) this.#refused(`sequence ${name}`, id);
    const moved = Object.entries(before).filter(([name, value]) => sequences[name] !== value);
    return { sequences, sequencesBefore: moved.length === 0 ? undefined : Object.fromEntries(moved) };
  }

  largeObjects(): DumpFingerprint['largeObjects'] {
    const row = this.#rows.find((one) => one.largeObjects !== undefined);
    if (row?.largeObjects !== undefined) return { count: row.largeObjects, checksum: row.checksum ?? '' };
    if (this.#rows.some((one) => one.locale !== undefined)) this.#refused('large objects', 'large objects');
    return undefined;
  }
}

/** Words of psql before further lines of a message. Those before the message itself depend on the language of the server. */
const furtherWords = new Set(['DETAIL', 'HINT', 'CONTEXT', 'QUERY', 'LOCATION']);

/**
 * The server's messages by the mark of the statement that each refused. psql writes the message, with its code when it is
 * verbose, and then the statement (`ECHO errors`).
 */
function errorsByMark(messages: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let message = '';
  for (const [, word = '', text = ''] of messages.matchAll(
    /^(?:psql:[^:\n]*:\d+: )?(\p{Lu}+): {1,2}(?:[0-9A-Z]{5}: )?(.*)$/gmu,
  )) {
    const mark = /^\/\* holdfast (.*?) \*\//.exec(text)?.[1];
    if (mark !== undefined) found.set(mark, message);
    else if (!furtherWords.has(word)) message = text;
  }
  return found;
}
