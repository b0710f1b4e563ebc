/** Databases of a real MariaDB server, dumped and proven by the real engine. The bucket is in memory. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type MysqlServer, startMysql } from '../../lab/hosts/mysql/server.ts';
import { expectedOfSql, writeAnonymised } from '../../src/actions/db-dump/files/anonymised-sql.ts';
import { MysqlEngine, type MysqlOptions } from '../../src/adapters/databases/mysql/engine.ts';
import { noRules } from '../../src/anonymize/rules/file/rules-file.ts';
import type { DumpFile, DumpFingerprint, ProofRow } from '../../src/domain/dump.ts';
import { parseConnection } from '../../src/dump/engines/mysql/connection.ts';
import { mysqlDialect } from '../../src/dump/engines/mysql/dialect.ts';
import { type ProofRequest, proveFile } from '../../src/dump/proof/proof.ts';
import type { DatabaseFacts, DescribedFingerprint, LocalArchive, Scratch } from '../../src/ports/dump-engine.ts';
import type { Upload } from '../../src/ports/objects.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../fakes/clock.ts';
import { fakeContext, fakeRun } from '../fakes/context.ts';
import { FakeObjects } from '../fakes/objects.ts';

export interface MysqlDump {
  readonly engine: MysqlEngine;
  readonly facts: DatabaseFacts;
  readonly source: DescribedFingerprint;
  readonly archive: LocalArchive;
  readonly contents: Buffer;
  readonly sql: string;
}

export interface DumpChoice
  extends Partial<Pick<MysqlOptions, 'databases' | 'excluded' | 'lockTimeoutSeconds' | 'place'>> {
  /** Undefined for all databases. */
  readonly database?: string | undefined;
  /** The URL, where it is not that of the lab's own account. */
  readonly url?: string | undefined;
  readonly signal?: AbortSignal;
  /** Runs between the beginning of the dump and the reading of its archive. */
  readonly meanwhile?: () => Promise<void>;
}

export class MysqlDatabases {
  readonly folder = mkdtempSync(join(tmpdir(), 'hf-mysql-'));
  readonly workDirectory = join(this.folder, 'work');
  source!: MysqlServer;
  scratch!: MysqlServer;

  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.workDirectory);
    [this.source, this.scratch] = await Promise.all([
      startMysql({ directory: join(this.folder, 'a'), settings: { 'log-bin': 'b', 'server-id': '1', ...settings } }),
      startMysql({ directory: join(this.folder, 'b') }),
    ]);
  }

  async stop(): Promise<void> {
    await this.source?.stop();
    await this.scratch?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  engine(choice: DumpChoice = {}): MysqlEngine {
    const { database, url = this.source.url(database), signal = new AbortController().signal } = choice;
    return new MysqlEngine(
      {
        connection: parseConnection(url, 'database-url'),
        databases: choice.databases,
        excluded: choice.excluded ?? [],
        scratch: parseConnection(this.scratch.url(), 'scratch-url'),
        workDirectory: this.workDirectory,
        lockTimeoutSeconds: choice.lockTimeoutSeconds ?? 10,
        archiveLevel: 1,
        place: choice.place,
      },
      { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock, signal },
    );
  }

  async dump(choice: DumpChoice = {}): Promise<MysqlDump> {
    const engine = this.engine(choice);
    const facts = await engine.inspect();
    const folder = mkdtempSync(join(this.folder, 'dump-'));
    const objects = new FakeObjects(new FakeClock());
    const dump = await engine.begin(folder);
    let fingerprint: DumpFingerprint;
    let archive: LocalArchive;
    try {
      await choice.meanwhile?.();
      const upload = await objects.upload({ bucket: 'b', key: 'x', contentType: 'x', tags: {}, metadata: {} });
      const writing = dump.archive(upload, () => {});
      const [read, written] = await Promise.allSettled([dump.fingerprint(writing), writing]);
      if (written.status === 'rejected') throw written.reason;
      if (read.status === 'rejected') throw read.reason;
      [fingerprint, archive] = [read.value, written.value];
    } finally {
      await dump.end();
    }
    const source = await engine.describe(archive.path, fingerprint);
    const contents = readFileSync(archive.path);
    return { engine, facts, source, archive, contents, sql: gunzipSync(contents).toString('utf8') };
  }

  /** Makes databases, dumps and proves them. */
  async prove(setup: string, choice: DumpChoice = {}): Promise<ProofRow & { readonly dump: MysqlDump }> {
    if (setup !== '') await this.source.sql(setup);
    const dump = await this.dump(choice);
    return { ...(await proveArchive(dump)), dump };
  }
}

/** Anonymises a dump without rules, and proves both files as a run does. */
export async function proveBoth(
  dump: MysqlDump,
  database: string,
): Promise<Record<'archive' | 'anonymised', ProofRow>> {
  const { engine, archive, source } = dump;
  const parts: Buffer[] = [];
  const upload = { write: async (bytes: Buffer) => void parts.push(Buffer.from(bytes)) } as unknown as Upload;
  const made = await writeAnonymised(engine, mysqlDialect(database), {
    archive: archive.path,
    source: engine.sql(archive.path, false),
    plain: undefined,
    anonymised: upload,
    settings: { rules: noRules, anonymizeKey: Buffer.alloc(32, 7), compression: 'gzip', compressionLevel: 1 },
    signal: new AbortController().signal,
    onProgress: () => {},
    onComplete: () => {},
  });
  let copy: DescribedFingerprint | undefined;
  const onRows = (read: DescribedFingerprint): void => {
    copy = read;
  };
  const ofArchive = await proveArchive(dump, { request: { columns: true, onRows } });
  const ofAnonymised = await proveArchive(dump, {
    contents: Buffer.concat(parts),
    request: expectedOfSql({ source, changes: made.changes(source), definitions: made.definitions, copy }),
  });
  return { archive: ofArchive, anonymised: ofAnonymised };
}

export interface ProofOptions {
  readonly contents?: Buffer;
  /** What is proven otherwise than for an archive. */
  readonly request?: Partial<ProofRequest>;
  /** Changes the copy after the restore. */
  readonly change?: (() => Promise<void>) | undefined;
}

export async function proveArchive(
  { engine, source, contents: own }: Pick<MysqlDump, 'engine' | 'source' | 'contents'>,
  { contents = own, request = {}, change }: ProofOptions = {},
): Promise<ProofRow> {
  const sha256 = createHash('sha256').update(contents).digest('hex');
  const file: DumpFile = { kind: 'archive', bucket: 'b', key: 'k', size: contents.length, sha256 };
  const ports = {
    engine: {
      scratch: async (owner: string, of: DumpFingerprint): Promise<Scratch> => {
        const scratch = await engine.scratch(owner, of);
        return {
          ...scratch,
          fingerprint: async (...request) => {
            await change?.();
            return scratch.fingerprint(...request);
          },
        };
      },
      compare: engine.compare.bind(engine),
      explained: engine.explained.bind(engine),
    },
    objects: {
      read: async function* () {
        yield contents;
      },
    },
  };
  const context = { ...fakeContext(new FakeClock(), fakeRun(1)), clock: systemClock };
  const owner = 'o/r/actions/runs/1:db';
  return proveFile({ file, source, owner, anonymised: undefined, ...request }, ports, context);
}
