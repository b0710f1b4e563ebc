/** Changes to the files of the server itself: its dictionary, logs, accounts and caches. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteChange, CopyOf } from '../change.ts';
import { cut, flip, flipIn, hole, placeOf, remove } from './edits.ts';
import { flipInPage, pageOfType, pageSize, pagesOf, types } from './innodb.ts';

type Edit = (path: string) => void;

function change(
  kind: ByteChange['kind'],
  name: string,
  what: string,
  edit: Edit,
  copy: CopyOf = 'stopped',
): ByteChange {
  return { kind, what, copy, edit: (data) => edit(join(data, name)) };
}
const damage = (name: string, what: string, edit: Edit, copy?: CopyOf) => change('bytes', name, what, edit, copy);
const harmless = (name: string, what: string, edit: Edit, copy?: CopyOf) => change('harmless', name, what, edit, copy);

/** In the file of the redo log: its header, two checkpoints, and the records (log0log.h of MariaDB 10.8 and later). */
const redo = { checkpoints: [4096, 8192], records: 12_288 } as const;

export const systemChanges: readonly ByteChange[] = [
  damage('ibdata1', 'a byte in the dictionary of InnoDB', (path) => flip(path, 8 * pageSize + 200)),
  damage('ibdata1', 'a byte in the header of the dictionary', (path) => flip(path, 7 * pageSize + 60)),
  damage('ibdata1', 'a byte in the page of transactions', (path) => flip(path, 5 * pageSize + 60)),
  damage('ibdata1', 'a byte in the first rollback segment', (path) => flip(path, 6 * pageSize + 60)),
  damage('ibdata1', 'a byte in the header page of ibdata1', (path) => flip(path, 60)),
  damage('ibdata1', 'a hole of 4 KiB in the dictionary', (path) => hole(path, 8 * pageSize)),
  damage('ibdata1', 'the end of ibdata1 is missing', (path) => cut(path, 1024 ** 2)),
  damage('ibdata1', 'ibdata1 is missing', remove),
  damage('undo001', 'a byte in the header of an undo tablespace', (path) => flip(path, 60)),
  damage('undo001', 'a byte in the page of rollback segments', (path) => flip(path, 3 * pageSize + 60)),
  harmless('undo002', 'the unused end of an undo tablespace is missing: the server adds it again', (path) =>
    cut(path, 0.5),
  ),
  damage('undo001', 'an undo tablespace is missing', remove),
  harmless('undo001', 'a byte in a page of undo logs, after a clean stop: no transaction is open', (path) =>
    flipInPage(path, pageOfType(path, types.undo), 400),
  ),
  damage('ib_logfile0', 'a byte in the header of the redo log', (path) => flip(path, 4)),
  damage('ib_logfile0', 'a byte in both checkpoints of the redo log', (path) => {
    for (const at of redo.checkpoints) flip(path, at + 4);
  }),
  damage('ib_logfile0', 'the redo log is missing', remove),
  damage('ib_logfile0', 'the redo log ends early', (path) => cut(path, 0.5)),
  damage(
    'ib_logfile0',
    'a hole of 4 KiB in the records of the redo log, as after a lost write',
    (path) => hole(path, placeOf(path, 'late 499') & ~4095),
    'frozen',
  ),
  damage(
    'ib_logfile0',
    'a byte in the records of the redo log, in the middle of what is replayed',
    (path) => flipIn(path, 'late 499'),
    'frozen',
  ),
  damage('ib_logfile0', 'a byte in the header of the redo log, after a crash', (path) => flip(path, 4), 'frozen'),
  damage('ib_logfile0', 'the redo log is missing, after a crash', remove, 'frozen'),
  damage('aria_log_control', 'a byte in aria_log_control', (path) => flip(path, 20)),
  harmless(
    'aria_log.00000001',
    'the log of Aria of a source that was frozen: its tables were flushed',
    (path) => flip(path, 4),
    'frozen',
  ),
  harmless(
    'aria_log.00000001',
    'the log of Aria of a frozen source is missing: its tables were flushed',
    remove,
    'frozen',
  ),
  damage('aria_log_control', 'aria_log_control is missing', remove),
  damage('mysql/global_priv.MAD', 'a byte in the table of accounts', (path) => flipIn(path, 'pilot')),
  damage('mysql/global_priv.MAI', 'the index of the table of accounts is missing', remove),
  damage('mysql/proc.MAD', 'a byte in the table of routines', (path) => flipIn(path, 'net * 1.19')),
  damage('mysql/event.MAD', 'a byte in the table of events', (path) => flipIn(path, 'CALL tidy(30)')),
  damage('mysql/db.frm', 'the definition of the table of rights is missing', remove),
  damage('mysql/tables_priv.MAD', 'the end of a table of rights is missing', (path) => cut(path, 0.5)),
  damage('mysql/servers.MAD', 'a byte in the table of other servers', (path) => flipIn(path, 'other_port')),
  damage('mysql/innodb_table_stats.ibd', 'a byte in the statistics of InnoDB', (path) =>
    flip(path, 3 * pageSize + 300),
  ),
  harmless('ib_logfile0', 'the redo log behind its last record, after a clean stop: nothing is replayed', (path) =>
    flip(path, -4096),
  ),
  harmless('ib_logfile0', 'the older checkpoint of the redo log: the newer one counts', (path) =>
    flip(path, olderCheckpoint(path)),
  ),
  harmless('aria_log.00000001', 'the log of Aria, after a clean stop: nothing is replayed', (path) => flip(path, 4)),
  harmless('ib_buffer_pool', 'the list of pages that were in memory: the server reads them anew', (path) =>
    flip(path, 30),
  ),
  harmless('ib_buffer_pool', 'the list of pages that were in memory is missing: the server begins without it', remove),
  harmless(
    'ddl_recovery.log',
    'the log of unfinished definitions: none is unfinished',
    (path) => flip(path, -100),
    'frozen',
  ),
  harmless('multi-master.info', 'the list of servers that this one follows is missing: it follows none', remove),
  harmless('ibtmp1', 'temporary tables: the server makes them anew when it starts', (path) => writeFileSync(path, 'x')),
  harmless('ibdata1', 'the doublewrite buffer, after a clean stop: nothing is torn', (path) => {
    const page = pagesOf(path).find(
      ({ number, bytes }) => number >= 64 && number < 192 && bytes.some((byte) => byte !== 0),
    );
    if (page === undefined) throw new Error('the doublewrite buffer is empty');
    flipInPage(path, page, 300);
  }),
];

function olderCheckpoint(path: string): number {
  const [one, other] = redo.checkpoints.map((at) => pagesAt(path, at)) as [bigint, bigint];
  return (one < other ? redo.checkpoints[0] : redo.checkpoints[1]) + 4;
}

const pagesAt = (path: string, at: number): bigint => pagesOf(path)[0]?.bytes.readBigUInt64BE(at) ?? 0n;
