/**
 * What the messages of pg_restore, psql and tar mean when a restore ends early. Only a file that cannot be read has the code
 * `file-damaged`; whatever else ends a restore says nothing of the file (pg_backup_archiver.c, pg_backup_custom.c,
 * pg_backup_directory.c, compress_io.c of PostgreSQL 15 to 18; GNU tar's read.c and list.c).
 */
import { fileDamaged } from '../../../../runtime/errors.ts';

export interface RestoreCause {
  readonly pattern: RegExp;
  readonly likelyCause: string;
  readonly fix?: string;
  readonly code?: string;
}

const damaged = {
  likelyCause: 'the file is damaged, or cut off',
  fix: 'run again; the last good dump is still kept',
  code: fileDamaged,
} as const;

/** What pg_restore says of a file that is not, or no longer, what pg_dump wrote; without the prefix of its messages. */
export const archiveDamage: readonly RestoreCause[] = [
  {
    pattern: /^could not read from input file: (end of file|Success)|^input file is too short|\(too short\?\)$/,
    ...damaged,
  },
  {
    pattern:
      /^(did not find magic string|input file does not appear to be|input file appears to be a text|directory ".*" does not appear to be|sanity check on integer size|unrecognized file format|expected format|corrupt tar header|incomplete tar header|actual file length)/,
    ...damaged,
  },
  // zlib, LZ4 and Zstandard find it when they decompress, or say so at the end of a stream.
  { pattern: /^could not (uncompress|decompress|close compression)|^invalid compression code/, ...damaged },
  {
    pattern:
      /^(unrecognized data block type|unexpected block ID|found unexpected block ID|could not find block ID|bad (table )?dumpId|unexpected section code|invalid (ENCODING|STDSTRINGS|SEARCHPATH) item|invalid line in|unexpected data offset flag|invalid OID for large object|unexpected COPY statement syntax|could not find entry for ID)|perhaps a corrupt TOC$/,
    ...damaged,
  },
  { pattern: /^could not open (input|TOC|large object TOC|blobs? TOC) file .*: No such file/, ...damaged },
];

/** tar's words. */
export const tarDamage: readonly RestoreCause[] = [
  {
    pattern:
      /Unexpected EOF in archive|does not look like a tar archive|Skipping to next header|lone zero block|Damaged tar|where numeric .* value expected|Malformed|rmtlseek|Substituting .* for unknown|Unknown file type|Archive (value|octal value|base-256 value)|invalid header|Archive contains/i,
    ...damaged,
  },
];

/** For what pg_restore or psql says itself. In this order: what says something of the server or the tools comes before what says something of the file. */
export const restoreCauses: readonly RestoreCause[] = [
  {
    pattern:
      /unsupported version \([\d.]+\) in file header|this build does not support compression|compression .* is not supported/i,
    likelyCause: 'these tools cannot read what newer ones, or tools built otherwise, wrote',
    fix: "install the newest postgresql-client of the series that dumped, from PostgreSQL's own repository",
    code: 'version-mismatch',
  },
  {
    pattern: /password authentication failed|no password supplied|no pg_hba\.conf entry/i,
    likelyCause: 'the user or the password is wrong, or the server does not let it in from here',
    fix: 'correct the URL of the server that restores',
    code: 'unreachable',
  },
  {
    pattern:
      /could not connect|connection to server|server closed the connection|terminating connection|no connection to the server|the database system is/i,
    likelyCause: 'the server that restores cannot be reached from here, or went away',
    fix: "run again; look at the server's log when it happens again",
    code: 'unreachable',
  },
  {
    pattern: /out-of-order restore request/,
    likelyCause: 'pg_restore wants to read the archive in another order than it was written, and cannot from a stream',
    fix: 'set archive-format: directory, which is unpacked before it is restored',
  },
  ...archiveDamage,
];
