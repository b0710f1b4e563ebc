/** Reads the rows of tables: numbers and sums, in one session or several side by side. */
import type { TableFingerprint, UnreadFact } from '../../../domain/dump.ts';
import type { Table } from '../../../dump/engines/mysql/catalogue.ts';
import { type HashForm, rowStatement } from '../../../dump/engines/mysql/fingerprint/row-text.ts';
import { keepsRows } from '../../../dump/engines/mysql/server.ts';
import type { Session } from './session.ts';

export interface RowRequest {
  readonly table: Table;
  readonly form: HashForm;
  readonly columns?: boolean | undefined;
  readonly classes?: number | undefined;
  readonly history: boolean;
}

export interface ReadRows {
  readonly tables: readonly TableFingerprint[];
  readonly unread: readonly UnreadFact[];
}

/** Tables that have rows of their own. */
export const hasRows = ({ kind, engine }: Table): boolean =>
  (kind === 'table' || kind === 'versioned') && keepsRows(engine);

/**
 * What the server refuses to read is `unread`.
 * @param between a statement after each table; what comes of it is not looked at
 * @throws the signal's reason
 */
export async function readRows(
  sessions: readonly Session[],
  requests: readonly RowRequest[],
  signal: AbortSignal,
  between?: string,
): Promise<ReadRows> {
  const read = new Map<string, TableFingerprint>();
  const unread: UnreadFact[] = [];
  // The largest first, so that none is left to one session at the end.
  const queue = requests.toSorted((one, other) => other.table.bytes - one.table.bytes);
  const work = async (session: Session): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { shown } = next.table;
      try {
        read.set(shown, await readTable(session, next));
      } catch (error) {
        signal.throwIfAborted();
        unread.push({ what: `rows of ${shown}`, why: (error as Error).message });
      }
      if (between !== undefined) await session.value(between);
    }
  };
  await Promise.all(sessions.map(work));
  const tables = requests.flatMap(({ table }) => read.get(table.shown) ?? []);
  return { tables, unread };
}

async function readTable(session: Session, { table, ...options }: RowRequest): Promise<TableFingerprint> {
  const { sql, columns } = rowStatement(table, options);
  const answer = await session.ask(sql);
  if (options.classes !== undefined) return classesOf(table.shown, options.classes, answer);
  const [rows, checksum, ...sums] = answer[0] ?? [];
  return {
    name: table.shown,
    rows: rows ?? '0',
    checksum: checksum ?? '0',
    ...(options.columns ? { columns: Object.fromEntries(columns.map((name, at) => [name, sums[at] ?? '0'])) } : {}),
  };
}

/** Adds up classes, each of which is a line of the answer. */
function classesOf(name: string, count: number, answer: readonly (readonly (string | null)[])[]): TableFingerprint {
  const classes = Array.from({ length: count }, () => '0:0');
  let rows = 0n;
  let total: readonly bigint[] = [];
  for (const [at, number, sum] of answer) {
    classes[Number(at)] = `${number}:${sum}`;
    rows += BigInt(number ?? '0');
    const parts = (sum ?? '0').split(':').map(BigInt);
    total = parts.map((part, place) => part + (total[place] ?? 0n));
  }
  return { name, rows: String(rows), checksum: total.length === 0 ? '0' : total.join(':'), classes };
}
