/** Files that are given instead of a plain dump, known by their first bytes. */
import { another, dumpAgain, type ForeignFormat, openWith, piped, plain, textFormats, toSql } from './foreign-texts.ts';
import { beginsLikeMysql } from './mysql-heads.ts';
import { startsWithPostgresqlCommand } from './sql-commands.ts';

interface Magic extends ForeignFormat {
  /** Bytes, in Latin 1, with which the file begins. */
  readonly begins: readonly string[];
}

/**
 * Numbers of pg_dump (pg_backup_archiver.c), of the formats' specifications, and of file(1). The first that fits decides.
 */
const magics: readonly Magic[] = [
  { begins: ['PGDMP'], what: 'this is an archive of pg_dump (-Fc, or toc.dat of -Fd), not plain SQL', fix: toSql },
  { begins: ['\x1f\x8b'], what: 'this is compressed by gzip a second time', fix: piped('gzip -dc') },
  { begins: ['\x28\xb5\x2f\xfd'], what: 'this is compressed by Zstandard a second time', fix: piped('zstd -dc') },
  { begins: ['\x04\x22\x4d\x18', '\x02\x21\x4c\x18'], what: 'this is compressed by LZ4', fix: piped('lz4 -dc') },
  { begins: ['\xfd7zXZ\0'], what: 'this is compressed by xz', fix: piped('xz -dc') },
  { begins: ['\x5d\0\0'], what: 'this is compressed by lzma', fix: piped('xz -dc') },
  { begins: ['LZIP'], what: 'this is compressed by lzip', fix: piped('lzip -dc') },
  { begins: ['\x89LZO\0'], what: 'this is compressed by lzop', fix: piped('lzop -dc') },
  { begins: ['BZh'], what: 'this is compressed by bzip2', fix: piped('bzip2 -dc') },
  { begins: ['\x1f\x9d', '\x1f\xa0'], what: 'this is compressed by compress (.Z)', fix: piped('gzip -dc') },
  { begins: ['\xff\x06\0\0sNaPpY'], what: 'this is compressed by Snappy', fix: piped('snzip -dc') },
  { begins: ['PK\x03\x04', 'PK\x05\x06'], what: 'this is a ZIP file', fix: piped('unzip -p') },
  { begins: ['7z\xbc\xaf\x27\x1c'], what: 'this is a 7z file', fix: piped('7z x -so') },
  { begins: ['Rar!'], what: 'this is a RAR file', fix: piped('unrar p -inul') },
  { begins: ['age-encryption.org/'], what: 'this is encrypted by age', fix: openWith('age --decrypt') },
  {
    begins: ['-----BEGIN PGP MESSAGE', '\x85\x01', '\x85\x02', '\x8c\x0d'],
    what: 'this is encrypted by GnuPG',
    fix: openWith('gpg --decrypt'),
  },
  { begins: ['Salted__'], what: 'this is encrypted by OpenSSL', fix: openWith('openssl enc -d … -in') },
  { begins: ['SQLite format 3\0'], what: 'this is a SQLite database', fix: another },
  { begins: ['\x6d\xe2\x99\x81'], what: 'this is an archive of mongodump', fix: another },
  { begins: ['XBSTCK01'], what: 'this is a stream of xtrabackup or mariabackup, not SQL', fix: dumpAgain },
  { begins: ['\xfebin'], what: 'this is a binary log of MySQL or MariaDB, not a dump', fix: dumpAgain },
  { begins: ['TAPE\0', 'MSSQLBAK'], what: 'this is a backup of SQL Server', fix: another },
  { begins: ['\x03\0\x01EXPORT:', 'EXPORT:V'], what: 'this is an export of Oracle', fix: another },
  { begins: ['REDIS0'], what: 'this is a dump of Redis', fix: another },
  { begins: ['\x89PNG\r\n', '\xff\xd8\xff', 'GIF8'], what: 'this is a picture', fix: plain },
  { begins: ['Obj\x01', 'PAR1'], what: 'this is a data file (Avro or Parquet)', fix: plain },
];

/** Two lines with the same separator, of which the first has plain words between: a header. Or fields between tabs. */
const rowsAlone =
  /^([^\t\n;']*\t)+[^\t\n;']*\r?\n|^"?[\w .-]+"?([,;|])("?[\w .@:+-]*"?\2)*"?[\w .@:+-]*"?\r?\n[^\n]*\2[^\n]*\n/;

const blockSize = 512;

/** pg_dump -Ft writes toc.dat first; a packed folder of pg_dump -Fd holds it, too (tar: POSIX.1-1988, magic at byte 257). */
function tarFormat(head: Buffer): ForeignFormat | undefined {
  if (head.length < blockSize || head.toString('latin1', 257, 262) !== 'ustar') {
    // pg_dump before 9.5 wrote no magic number when the first member was named so.
    return head.length >= blockSize && head.toString('latin1', 0, 8) === 'toc.dat\0' ? tarDump : undefined;
  }
  const name = head.toString('latin1', 0, 100).replace(/\0.*$/s, '');
  if (name === 'toc.dat') return tarDump;
  if (/^(\.\/)?([^/]+\/)?$|\/?(toc|\d+)\.dat(\.\w+)?$/.test(name))
    return {
      what: 'this is a tar file of a folder, such as that of pg_dump -Fd, not plain SQL',
      fix: 'unpack it, and convert the folder to SQL: tar -xf FILE && pg_restore --no-owner --no-acl --file=dump.sql FOLDER',
    };
  return {
    what: `this is a tar file, whose first member is ${name}`,
    fix: 'unpack it: tar -xOf FILE MEMBER > dump.sql',
  };
}

const tarDump: ForeignFormat = { what: 'this is a tar archive of pg_dump (-Ft), not plain SQL', fix: toSql };

const utf16: ForeignFormat = {
  what: 'this is UTF-16, which PostgreSQL does not support',
  fix: 'dump with pg_dump --file=dump.sql; the > of PowerShell 5 writes UTF-16',
};

/** Of four bytes, three are NUL. */
function isUtf32(head: Buffer): boolean {
  const begin = head.toString('latin1', 0, 4);
  return begin === '\xff\xfe\0\0' || begin === '\0\0\xfe\xff' || /^([^\0]\0\0\0|\0\0\0[^\0])$/.test(begin);
}

/** UTF-16 has a byte order mark, or a NUL beside each ASCII letter. */
function isUtf16(head: Buffer): boolean {
  const begin = head.toString('latin1', 0, 2);
  if (begin === '\xff\xfe' || begin === '\xfe\xff') return true;
  const zeros = [...head.subarray(0, 8)].map((byte) => (byte === 0 ? '0' : '1')).join('');
  return zeros === '01010101' || zeros === '10101010';
}

/** Fewest bytes of which the share of control characters says something, and the share from which they do. */
const [fewest, mostControls] = [64, 0.05];

/** Whether there is a zero byte, or more control characters than colours and line ends of a terminal need: as in encrypted data. */
function isBinary(head: Buffer): boolean {
  const controls = head.filter((byte) => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b);
  return head.includes(0) || (head.length >= fewest && controls.length > head.length * mostControls);
}

/**
 * @param head the first bytes of the file, at least 512 unless it is shorter
 * @returns undefined when it may be plain SQL
 */
export function foreignFormat(head: Buffer): ForeignFormat | undefined {
  const begin = head.toString('latin1', 0, 32);
  const magic = magics.find(({ begins }) => begins.some((bytes) => begin.startsWith(bytes)));
  if (magic) return { what: magic.what, fix: magic.fix };
  if (isUtf32(head)) return { ...utf16, what: 'this is UTF-32, which PostgreSQL does not support' };
  if (isUtf16(head)) return utf16;
  const tar = tarFormat(head);
  if (tar) return tar;
  if (isBinary(head.subarray(0, blockSize)))
    return { what: 'this is binary data of an unknown format, not plain SQL', fix: plain };
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (text === '') return { what: 'the file is empty', fix: 'dump again, and read the messages of pg_dump' };
  const kind = textFormats.find(({ pattern }) => pattern.test(text));
  if (kind) return { what: kind.what, fix: kind.fix };
  if (
    !/^(--|\/\*|\\)/.test(text) &&
    !startsWithPostgresqlCommand(text) &&
    !beginsLikeMysql(text) &&
    rowsAlone.test(text)
  )
    return { what: 'these are rows without statements, such as CSV', fix: plain };
  return undefined;
}
