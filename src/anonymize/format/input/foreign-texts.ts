/** Texts that are given instead of a plain dump, known by how they begin. */

export interface ForeignFormat {
  /** What the file is, for an error: "this is a tar archive of pg_dump (-Ft), not plain SQL". */
  readonly what: string;
  /** How to get what is read here. */
  readonly fix: string;
}

export const toSql = 'convert it to SQL: pg_restore --no-owner --no-acl --file=dump.sql ARCHIVE';
export const plain = 'dump with pg_dump --format=plain';
export const piped = (command: string): string => `decompress it, and give the output: ${command} FILE > dump.sql`;
export const openWith = (command: string): string => `decrypt it, and give the output: ${command} FILE > dump.sql`;
export const another = 'dump a database of PostgreSQL with pg_dump, or of MySQL or MariaDB with mysqldump';
export const dumpAgain = 'dump with mysqldump or mariadb-dump';

interface Kind extends ForeignFormat {
  readonly pattern: RegExp;
}

/** Texts, without blanks before them. */
export const textFormats: readonly Kind[] = [
  {
    pattern: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    what: 'this is a pointer of Git LFS, not the file itself',
    fix: 'fetch the file: git lfs pull',
  },
  { pattern: /^<(!doctype html|html|head|body)\b/i, what: 'this is an HTML page', fix: 'download the file again' },
  {
    pattern: /^(<\?xml[^>]*>\s*)?<Error>/,
    what: 'this is an error of S3 that was saved as a file',
    fix: 'download the file again, with credentials that may read it: aws s3 cp',
  },
  {
    pattern: /^<\?xml[^>]*>\s*<mysqldump\b/,
    what: 'this is XML of mysqldump --xml, not SQL',
    fix: 'dump without --xml',
  },
  { pattern: /^<\?xml\b/, what: 'this is XML', fix: plain },
  { pattern: /^\{\s*("|\})|^\[\s*[[{"\]]/, what: 'this is JSON', fix: plain },
  { pattern: /^;\s*\n; Archive created at /, what: 'this is a list of an archive (pg_restore --list)', fix: toSql },
  {
    pattern: /^PRAGMA foreign_keys\b|^[^']*\bPRIMARY KEY AUTOINCREMENT\b/i,
    what: 'this is a dump of SQLite',
    fix: another,
  },
  {
    pattern:
      /^(\/\*{4,} Object:|(--[^\n]*\n|\s)*(USE \[[^\]]+\]|SET (ANSI_NULLS|QUOTED_IDENTIFIER) ON)[^\n]*\r?\n\s*GO\b)/i,
    what: 'this is a script of SQL Server',
    fix: another,
  },
  {
    // A comment ends at its first end: were it free to go on, a dump of MySQL with thirty of them would be read in a billion ways.
    pattern: /^(\s|--[^\n]*\n|\/\*([^*]|\*(?!\/))*\*\/)*(CREATE|INSERT|ALTER|DROP|IF|EXEC)\b[^;']*\[\w+\]\.\[\w+\]/i,
    what: 'this is a script of SQL Server',
    fix: another,
  },
  {
    pattern:
      /^(REM INSERTING into|SET DEFINE OFF|--[^\n]*\n\s*--[^\n]*DDL for Table|(--[^\n]*\n|\s)*CREATE TABLE [^;]*\b(N?VARCHAR2|NUMBER) ?\()/i,
    what: 'this is a script of Oracle',
    fix: another,
  },
  { pattern: /^%PDF-/, what: 'this is a PDF file', fix: plain },
  { pattern: /^#!/, what: 'this is a script, and no dump', fix: 'run it, and give what it writes' },
  { pattern: /^-----BEGIN AGE ENCRYPTED FILE-----/, what: 'this is encrypted by age', fix: openWith('age --decrypt') },
  {
    pattern: /^-----BEGIN (PKCS7|CMS)-----/,
    what: 'this is encrypted (CMS)',
    fix: openWith('openssl cms -decrypt -inform PEM -in'),
  },
  { pattern: /^\$ANSIBLE_VAULT;/, what: 'this is encrypted by Ansible Vault', fix: openWith('ansible-vault view') },
  {
    pattern: /^U2FsdGVkX1[89][A-Za-z0-9+/]/,
    what: 'this is encrypted by OpenSSL, in base64',
    fix: openWith('openssl enc -d -a … -in'),
  },
  // SQL has no word of so many characters.
  { pattern: /^[A-Za-z0-9+/]{60,}={0,2}\s/, what: 'this is base64', fix: piped('base64 -d') },
  { pattern: /^[A-Za-z0-9+/]{100}/, what: 'this is base64', fix: piped('base64 -d') },
  {
    pattern: /^([\w.-]+) +\| .*\n\1 +\| /,
    what: 'each line begins with the name of a container, as docker compose logs writes',
    fix: 'logs are no dump: docker compose exec -T SERVICE pg_dump … > dump.sql',
  },
  {
    pattern: /^\d{4}-\d\d-\d\d[T ][\d:.,]+\S* .*\n\d{4}-\d\d-\d\d[T ][\d:.,]+\S* /,
    what: 'each line begins with a time, as in the logs of docker and kubectl',
    fix: 'logs are no dump: docker exec CONTAINER pg_dump … > dump.sql, kubectl exec POD -- pg_dump … > dump.sql',
  },
];
