/** What a server is: its product, its version, and what follows from them. */

/** `Infobright` speaks the SQL of MySQL 5.1. */
export type Product = 'MySQL' | 'MariaDB' | 'Percona Server' | 'Infobright';

/** Major, minor and patch. */
export type Version = readonly [number, number, number];

export interface ServerIdentity {
  readonly product: Product;
  /** As the server says it: `10.11.19-MariaDB-0+deb12u1`, `8.4.3`. */
  readonly text: string;
  readonly version: Version;
  /** A service that gives no account SUPER: `Amazon RDS`, `Amazon Aurora`. */
  readonly managed?: string | undefined;
  /** `@@lower_case_table_names`: 0 tells the names of tables apart by their capital letters; 1, as on Windows, does not. */
  readonly lowerCaseNames?: string | undefined;
}

export function parseVersion(text: string): Version {
  // Replication needed a prefix that older clients take for MySQL 5.5.5; MariaDB 10 and 11.0 may still show it.
  const plain = /^5\.5\.5-(\d+\..*)$/.exec(text)?.[1] ?? text;
  const [, major = '0', minor = '0', patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(plain) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

export function atLeast(version: Version, ...than: readonly number[]): boolean {
  for (let at = 0; at < 3; at += 1) {
    const difference = (version[at] ?? 0) - (than[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * @param version `VERSION()`
 * @param comment `@@version_comment`: `Source distribution`, `Percona Server (GPL)`, `Infobright Community Edition`
 * @param basedir `@@basedir`: `/rdsdbbin/mysql/` on Amazon RDS
 */
export function identify(version: string, comment: string, basedir: string): ServerIdentity {
  const parsed = parseVersion(version);
  const isMariaDb = /mariadb/i.test(version) || /mariadb/i.test(comment);
  const product = isMariaDb
    ? 'MariaDB'
    : /infobright|brighthouse/i.test(`${comment} ${version}`)
      ? 'Infobright'
      : /percona/i.test(comment)
        ? 'Percona Server'
        : 'MySQL';
  const managed = /^\/rdsdbbin\/(oscar|aurora)/.test(basedir)
    ? 'Amazon Aurora'
    : basedir.startsWith('/rdsdbbin/')
      ? 'Amazon RDS'
      : undefined;
  return { product, text: version.replace(/^5\.5\.5-(?=\d+\.)/, ''), version: parsed, managed };
}

/** The family whose tools and words are the server's own. */
export function familyOf({ product }: Pick<ServerIdentity, 'product'>): 'mariadb' | 'mysql' {
  return product === 'MariaDB' ? 'mariadb' : 'mysql';
}

/** For people: `MariaDB 10.11.19`. */
export function shownServer({ product, version }: ServerIdentity): string {
  return `${product} ${version.join('.')}`;
}

/** utf8mb4 came with MySQL 5.5.3 (its manual, "The utf8mb4 Character Set"). */
export function bestCharset({ version }: Pick<ServerIdentity, 'version'>): 'utf8mb4' | 'utf8' {
  return atLeast(version, 5, 5, 3) ? 'utf8mb4' : 'utf8';
}

/** Engines whose tables a transaction shows as they were when it began. */
const transactional = new Set(['INNODB', 'XTRADB', 'ROCKSDB', 'TOKUDB']);

/** @param engine as information_schema.tables has it; empty for views and for tables that cannot be opened */
export function isTransactional(engine: string): boolean {
  return engine === '' || transactional.has(engine.toUpperCase());
}

/** Engines that keep no rows of their own: they show those of other tables or of other servers, or none. */
const rowless = new Set(['MRG_MYISAM', 'FEDERATED', 'CONNECT', 'SPIDER', 'SPHINX', 'OQGRAPH', 'BLACKHOLE', 'S3']);

export function keepsRows(engine: string): boolean {
  return !rowless.has(engine.toUpperCase());
}

/** What a reader should know where source and scratch server do not tell names apart alike. */
export function lettersApart(
  source: ServerIdentity | undefined,
  { lowerCaseNames }: ServerIdentity,
): readonly string[] {
  const own = source?.lowerCaseNames;
  if (own === undefined || lowerCaseNames === undefined || own === lowerCaseNames) return [];
  return [
    `the source has lower_case_table_names=${own}, and the scratch server ${lowerCaseNames}: one of the two tells names of tables apart by their capital letters, so statements may be refused; start the scratch server with the source's setting`,
  ];
}
