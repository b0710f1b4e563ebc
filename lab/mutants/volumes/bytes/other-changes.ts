/** Changes to files of the other engines, and to those that hold definitions. */
import { join } from 'node:path';
import type { ByteChange } from '../change.ts';
import { cut, flip, flipIn, hole, remove, reword } from './edits.ts';

function file(
  what: string,
  at: string,
  name: string,
  edit: (path: string) => void,
  kind: ByteChange['kind'] = 'bytes',
): ByteChange {
  return { kind, at, what, copy: 'stopped', edit: (data) => edit(join(data, name)) };
}

/** `CREATE VIEW` and triggers are kept as text; so are the options of a database. */
export const otherChanges: readonly ByteChange[] = [
  file('a byte of a row in .MYD', 'harbour.manifest', 'harbour/manifest.MYD', (path) => flipIn(path, 'goods 4444')),
  file('the end of .MYD is missing', 'harbour.lanes', 'harbour/lanes.MYD', (path) => cut(path, 400)),
  file('a hole of 4 KiB in .MYD', 'harbour.packed_lanes', 'harbour/packed_lanes.MYD', (path) => hole(path, 8192)),
  file('.MYD is missing', 'quay-7 "north".a.b', 'quay@002d7@0020@0022north@0022/a@002eb.MYD', remove),
  file('.MYD of a partition is missing', 'harbour.sheds', 'harbour/sheds#P#p1.MYD', remove),
  file('a byte in the header of .MYI', 'harbour.packed_lanes', 'harbour/packed_lanes.MYI', (path) => flip(path, 40)),
  file('a byte in a key of .MYI', 'harbour.lanes', 'harbour/lanes.MYI', (path) => flip(path, 1024 + 60)),
  file('a block of zeroes in .MYI', 'harbour.manifest', 'harbour/manifest.MYI', (path) => hole(path, 4096, 1024)),
  file('.MYI ends early', 'harbour.manifest', 'harbour/manifest.MYI', (path) => cut(path, 0.4)),
  file('.MYI is missing', 'harbour.never_used', 'harbour/never_used.MYI', remove),
  file('a byte of a row in .MAD', 'harbour.buoys', 'harbour/buoys.MAD', (path) => flipIn(path, 'buoy 777')),
  file('a byte of a row in .MAD of an Aria table without checksums', 'harbour.lights', 'harbour/lights.MAD', (path) =>
    flipIn(path, 'light 555'),
  ),
  file('the end of .MAD is missing', 'harbour.lights', 'harbour/lights.MAD', (path) => cut(path, 0.5)),
  file('a hole of 4 KiB in .MAD', 'harbour.buoys', 'harbour/buoys.MAD', (path) => hole(path, 16_384)),
  file('a byte in a key of .MAI', 'harbour.buoys', 'harbour/buoys.MAI', (path) => flip(path, 8192 + 100)),
  file('.MAI is missing', 'harbour.lights', 'harbour/lights.MAI', remove),
  file('a byte in .CSV', 'harbour.tariffs', 'harbour/tariffs.CSV', (path) => reword(path, '"class 7"', '"klass 7"')),
  file('.CSV ends early', 'harbour.tariffs', 'harbour/tariffs.CSV', (path) => cut(path, 0.5)),
  file(
    'a byte in .CSM: the server counts the rows of a CSV table anew',
    'harbour.tariffs',
    'harbour/tariffs.CSM',
    (path) => flip(path, 0),
    'harmless',
  ),
  file('a byte in .ARZ', 'harbour.logbook', 'harbour/logbook.ARZ', (path) => flip(path, -2000)),
  file('.ARZ ends early', 'harbour.logbook', 'harbour/logbook.ARZ', (path) => cut(path, 0.5)),
  file('.ARZ is missing', 'harbour.logbook', 'harbour/logbook.ARZ', remove),

  file('name of a column in .frm', 'customs.duties', 'customs/duties.frm', (path) => reword(path, 'owner', 'ovner')),
  file('a byte in the header of .frm', 'harbour.choices', 'harbour/choices.frm', (path) => flip(path, 2)),
  file('type of a column in .frm', 'harbour.tides', 'harbour/tides.frm', (path) => flip(path, -30)),
  file('comment of a table in .frm', 'customs.duties', 'customs/duties.frm', (path) =>
    reword(path, 'what is owed', 'what is 0wed'),
  ),
  file('.frm ends early', 'harbour.modern', 'harbour/modern.frm', (path) => cut(path, 0.5)),
  file('.frm is missing', 'harbour.leases', 'harbour/leases.frm', remove),
  file('a hole in .frm', 'harbour.binaries', 'harbour/binaries.frm', (path) => hole(path, 0, 64)),
  file('.par is missing', 'harbour.yards', 'harbour/yards.par', remove),
  file('a byte in .par', 'harbour.sheds', 'harbour/sheds.par', (path) => flip(path, 12)),
  file('a number in the .frm of a view', 'harbour.heavy', 'harbour/heavy.frm', (path) => reword(path, '5000', '5001')),
  file('the .frm of a view ends early', 'harbour.by_berth', 'harbour/by_berth.frm', (path) => cut(path, 0.5)),
  file('the .frm of a view is missing', 'harbour.small_ones', 'harbour/small_ones.frm', remove),
  file(
    'the time at which a view was made: nothing reads it',
    'harbour.heavy',
    'harbour/heavy.frm',
    (path) => reword(path, 'timestamp=0', 'timestamp=1'),
    'harmless',
  ),
  file('a word in .TRG', 'stamp_ticket', 'harbour/tickets.TRG', (path) => reword(path, "'none", "'nine")),
  file('.TRG ends early', 'second_ticket', 'harbour/tickets.TRG', (path) => cut(path, 0.5)),
  file('.TRG is missing', 'buoy_gone', 'harbour/buoys.TRG', remove),
  file('.TRN is missing', 'buoy_gone', 'harbour/buoy_gone.TRN', remove),
  file('a byte in .TRN', 'stamp_ticket', 'harbour/stamp_ticket.TRN', (path) => reword(path, 'tickets', 'tickots')),
  file('character set in db.opt', 'customs', 'customs/db.opt', (path) => reword(path, 'utf8mb4_bin', 'utf8mb3_bin')),
  file('db.opt is missing', 'hulls', 'hulls/db.opt', remove),
];
