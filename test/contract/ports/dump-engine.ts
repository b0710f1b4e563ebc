/**
 * What the port DumpEngine promises: an engine for another database has to pass the same suite. Where an archive is kept is
 * the engine's own affair, so `putAway` is not part of it.
 */
import { createReadStream, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DumpFingerprint } from '../../../src/domain/dump.ts';
import type { DumpEngine, LocalArchive } from '../../../src/ports/dump-engine.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeObjects } from '../../fakes/objects.ts';

export interface EngineWorld {
  /** Dumps the database `shop`, which has the table public.users with two rows. */
  readonly engine: DumpEngine;
  /** What an archive says, as text; definitions alone, or all of it. @throws when the archive is damaged */
  readonly contentOf: (archive: string, definitionsOnly: boolean) => Promise<string>;
  /** Scratch databases that exist now. */
  readonly scratchCount: () => Promise<number>;
  /** Adds a row to public.users. */
  readonly addRow: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const owner = (run: number): string => `o/r/actions/runs/${run}:shop`;

/** @param start one world for all tests of the suite, since a database server takes seconds to start */
export function dumpEngineSuite(name: string, start: (folder: string) => Promise<EngineWorld>): void {
  describe(`DumpEngine: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-engine-'));
    let world: EngineWorld;
    let engine: DumpEngine;
    beforeAll(async () => {
      world = await start(folder);
      engine = world.engine;
    }, 120_000);
    afterAll(async () => {
      await world?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);
    beforeEach(() => engine.inspect());

    interface Dumped extends LocalArchive {
      readonly fingerprint: DumpFingerprint;
      readonly uploaded: Buffer;
    }
    /** @param between what happens between the snapshot and the dump of it */
    async function dump(between: () => Promise<void> = async () => {}): Promise<Dumped> {
      const objects = new FakeObjects(new FakeClock());
      const object = { bucket: 'b', key: 'archive', contentType: 'x', tags: {}, metadata: {} };
      const upload = await objects.upload(object);
      const begun = await engine.begin(mkdtempSync(join(folder, 'dump-')));
      try {
        await between();
        const archive = begun.archive(upload, () => {});
        const fingerprint = await begun.fingerprint(archive);
        const written = await archive;
        await upload.finish();
        await upload.complete();
        const uploaded: Buffer[] = [];
        for await (const chunk of objects.read({ bucket: 'b', key: 'archive' })) uploaded.push(Buffer.from(chunk));
        return { ...written, fingerprint, uploaded: Buffer.concat(uploaded) };
      } finally {
        await begun.end();
      }
    }
    const sqlOf: EngineWorld['contentOf'] = (...request) => world.contentOf(...request);

    test('the database is described before anything is dumped', async () => {
      expect(await engine.inspect()).toMatchObject({
        product: expect.stringMatching(/^\w+$/),
        serverVersion: expect.stringMatching(/^\d+\.\d+/),
        toolsVersion: expect.stringMatching(/^\d+\.\d+/),
        shown: expect.stringContaining('shop on'),
        database: 'shop',
        bytes: expect.any(Number),
        place: 'runner',
      });
    });

    test('the archive on the disk and in the bucket are the same, and have the SQL of the database', async () => {
      const { path, bytes, uploaded } = await dump();
      expect(uploaded).toHaveLength(bytes);
      expect(uploaded.equals(readFileSync(path))).toBe(true);
      await engine.readThrough(path);
      const sql = await sqlOf(path, false);
      expect(sql).toContain('CREATE TABLE public.users');
      expect(sql).toContain('ada@company.com');
    });

    test('definitions can be read without the rows', async () => {
      const { path } = await dump();
      const sql = await sqlOf(path, true);
      expect(sql).toContain('CREATE TABLE public.users');
      expect(sql).not.toContain('ada@company.com');
    });

    test('an archive adds its definitions to a fingerprint, and leaves the rest as it is', async () => {
      const { path, fingerprint } = await dump();
      const described = await engine.describe(path, fingerprint);
      expect(Object.keys(described.definitions ?? {})).toEqual([expect.stringMatching(/^TABLE .*users$/)]);
      expect(described.tables).toEqual(fingerprint.tables);
      expect(described.unread ?? []).toEqual([]);
      truncateSync(path, 0);
      expect((await engine.describe(path, fingerprint)).unread).toEqual([
        { what: 'definitions', why: expect.stringMatching(/./) },
      ]);
    });

    test('fingerprint and archive are of the same moment, whatever is written meanwhile', async () => {
      const before = await dump();
      const { fingerprint, path } = await dump(world.addRow);
      expect(engine.compare(before.fingerprint, fingerprint).differences).toEqual([]);
      expect(await sqlOf(path, false)).not.toContain('linus@company.com');
      const after = await dump();
      expect(engine.compare(before.fingerprint, after.fingerprint).differences).toContainEqual({
        what: 'rows of public.users',
        expected: '2',
        found: '3',
      });
    });

    test('a restored archive has the fingerprint of the source, and its database goes', async () => {
      const { path, fingerprint } = await dump();
      const scratch = await engine.scratch(owner(1), fingerprint);
      expect(await world.scratchCount()).toBe(1);
      await scratch.restore('archive', () => createReadStream(path));
      const { compared, differences } = engine.compare(fingerprint, await scratch.fingerprint(fingerprint));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(1);
      await scratch.drop();
      expect(await world.scratchCount()).toBe(0);
    });

    test('an archive that is cut off is damaged for every reader', async () => {
      const { path, bytes, fingerprint } = await dump();
      truncateSync(path, Math.floor(bytes / 2));
      await expect(engine.readThrough(path)).rejects.toThrow();
      await expect(sqlOf(path, false)).rejects.toThrow();
      const scratch = await engine.scratch(owner(2), fingerprint);
      await expect(scratch.restore('archive', () => createReadStream(path))).rejects.toThrow();
      await scratch.drop();
    });

    test('scratch databases of runs that are over are swept, those of others stay', async () => {
      const { fingerprint } = await dump();
      const alive = await engine.scratch(owner(3), fingerprint);
      await engine.scratch(owner(4), fingerprint);
      const swept = await engine.sweep(async (one) => one === owner(4));
      expect(swept).toHaveLength(1);
      expect(await world.scratchCount()).toBe(1);
      await alive.drop();
      expect(await engine.sweep(async () => true)).toEqual([]);
    });
  });
}
