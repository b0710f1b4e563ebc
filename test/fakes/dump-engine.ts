/** A database in memory, whose archive is its SQL (test/contract/ports/dump-engine.ts holds for it and for PostgreSQL). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DumpFingerprint } from '../../src/domain/dump.ts';
import { compareDatabases } from '../../src/dump/engines/postgres/compare/compare.ts';
import { explainedByRefusals } from '../../src/dump/engines/postgres/compare/explained.ts';
import { readSequenceValues } from '../../src/dump/engines/postgres/fingerprint/archived-sequences.ts';
import { readDefinitions } from '../../src/dump/engines/postgres/fingerprint/definitions.ts';
import { withoutRows } from '../../src/dump/engines/postgres/fingerprint/without-rows.ts';
import { readDefinitions as definitionsOrWhy, withDefinitions, withSequences } from '../../src/dump/proof/describe.ts';
import type {
  ArchiveOutcome,
  DatabaseFacts,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  KeptDumps,
  OpenArchive,
  Scratch,
  SqlArchives,
} from '../../src/ports/dump-engine.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { BackupError, fileDamaged } from '../../src/runtime/errors.ts';

const shop = `--
-- PostgreSQL database dump
--

--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id bigint NOT NULL,
    email text
);

--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.users (id, email) FROM stdin;
1\tada@company.com
2\tgrace@company.com
\\.

--
-- PostgreSQL database dump complete
--

`;

/** The rows of the one table, with the statement around them. */
const rowsOf = /COPY public\.users \(.*\) FROM stdin;\n(.*?)\\\.\n/s;

/** @throws BackupError when the end of the archive is missing */
function whole(text: string): string {
  if (text.includes('PostgreSQL database dump complete')) return text;
  throw new BackupError({ what: 'the archive is cut off', code: fileDamaged });
}

export class FakeEngine implements DumpEngine, SqlArchives, KeptDumps {
  /** SQL of the database. */
  content = shop;
  /** Values of the source's sequences. */
  sourceSequences: DumpFingerprint['sequences'] = {};
  /** What a restored copy holds; undefined for what the source holds. */
  copy: Partial<DumpFingerprint> | undefined;
  /** What the tool warns of. */
  warnings: readonly string[] = [];
  /** Called while the archive is made. */
  whileDumping: () => void = () => {};
  /** Owners of scratch databases. */
  readonly scratchOwners = new Set<string>();
  readonly outcomes: ArchiveOutcome[] = [];
  openSnapshots = 0;
  /** Databases that are neither dumped nor excluded. */
  uncovered: readonly string[] = [];
  /** Why the sequences of an archive could not be read. */
  readonly failures: string[] = [];
  /** What the last dump read. */
  #dumped = shop;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async inspect(): Promise<DatabaseFacts> {
    return {
      product: 'PostgreSQL',
      serverVersion: '17.5',
      tool: 'pg_dump',
      toolsVersion: '17.5',
      shown: 'shop on db:5432',
      database: 'shop',
      bytes: 8_000_000,
      place: 'runner',
      uncovered: this.uncovered,
      notes: ['a note on the server'],
    };
  }

  #fingerprint(): DumpFingerprint {
    const rows = (rowsOf.exec(this.#dumped)?.[1] ?? '').split('\n').slice(0, -1);
    const checksum = String(rows.join('').length);
    const tables = [{ name: 'public.users', rows: String(rows.length), checksum }];
    const takenAt = this.#clock.now().toISOString();
    const sequences = this.sourceSequences;
    return { takenAt, seconds: 1, serverVersion: '17.5', tables, sequences, extensions: {}, objects: {} };
  }

  async begin(folder: string): Promise<DumpInProgress> {
    this.openSnapshots += 1;
    const content = this.content;
    this.#dumped = content;
    return {
      takenAt: this.#clock.now().toISOString(),
      fingerprint: async () => this.#fingerprint(),
      archive: async (upload) => {
        this.whileDumping();
        const path = join(folder, 'archive');
        writeFileSync(path, content);
        await upload.write(Buffer.from(content));
        return { path, bytes: content.length, warnings: this.warnings };
      },
      end: async () => {
        this.openSnapshots -= 1;
      },
    };
  }

  async *sql(archive: string, definitionsOnly: boolean): AsyncGenerator<Buffer> {
    const text = whole(readFileSync(archive, 'utf8'));
    yield Buffer.from(definitionsOnly ? text.replace(rowsOf, '') : text);
  }

  async sequences(archive: string): Promise<Readonly<Record<string, string>>> {
    return readSequenceValues(this.sql(archive, false));
  }

  async describe(archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    const { signal } = new AbortController();
    const read = await definitionsOrWhy(this, this.sql(archive, true), signal);
    const options = { signal, onFailure: (why: string) => void this.failures.push(why) };
    return withDefinitions(await withSequences(fingerprint, () => this.sequences(archive), options), read);
  }

  async readThrough(archive: string): Promise<void> {
    whole(readFileSync(archive, 'utf8'));
  }

  async scratch(owner: string): Promise<Scratch> {
    this.scratchOwners.add(owner);
    return {
      restore: async (kind, open) => {
        const chunks: Buffer[] = [];
        for await (const chunk of open()) chunks.push(chunk);
        // The other files are compressed.
        if (kind === 'archive') whole(Buffer.concat(chunks).toString('utf8'));
        return [];
      },
      fingerprint: async () => {
        const { figures } = await this.definitions(Readable.from([Buffer.from(this.#dumped)]));
        return { ...this.#fingerprint(), ...figures, ...this.copy };
      },
      drop: async () => void this.scratchOwners.delete(owner),
    };
  }

  definitions = readDefinitions;
  withoutRows = withoutRows;

  async openReceipt(): Promise<void> {}

  async openArchive(content: AsyncIterable<Buffer>, folder: string): Promise<OpenArchive> {
    const path = join(folder, 'archive');
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    writeFileSync(path, Buffer.concat(chunks));
    return { path, asStored: true };
  }

  compare = compareDatabases;
  explained = explainedByRefusals;

  async sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    const dropped: string[] = [];
    for (const owner of this.scratchOwners) if (await isOver(owner)) dropped.push(owner);
    for (const owner of dropped) this.scratchOwners.delete(owner);
    return dropped;
  }

  async putAway(outcome: ArchiveOutcome): Promise<string | undefined> {
    this.outcomes.push(outcome);
    return outcome === 'discard' ? undefined : `the host keeps a ${outcome} archive`;
  }
}
