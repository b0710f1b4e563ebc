/**
 * What a dump of any engine must be: good where nothing is wrong, whatever the source holds; and where something is, an error
 * that names its cause, and never a receipt.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { command } from '../../../lab/hosts/command.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';
import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import type { DumpReceipt } from '../../../src/domain/dump.ts';
import { fileKindsOf } from '../../../src/dump/files.ts';
import { explain } from '../../../src/runtime/errors.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { startAwsUnderTest } from '../lab/support-aws.ts';
import type { Content, EngineFixtures, Filled, Inputs, ServersUnderTest, Trouble } from './fixtures.ts';
import { Bucket, killPrograms, newSession, type Ran, receiptsIn, runDump, runProof } from './runs.ts';

/** Rows or documents of `many`; CI's run on real servers sets a million. */
const many = Number(process.env.HOLDFAST_TEST_MANY ?? 20_000);
const minutes = 60_000;

export function conformanceSuite({ engine, of, tool, start, words, unable = {} }: EngineFixtures): void {
  describe(`conformance: ${engine}${of === undefined ? '' : ` (${of})`}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
    const workDirectory = join(folder, 'work');
    let servers: ServersUnderTest;
    let runs = 0;
    beforeAll(async () => {
      ensurePrerequisites();
      chmodSync(folder, 0o755);
      mkdirSync(workDirectory);
      servers = await start(folder);
    }, 5 * minutes);
    afterAll(async () => {
      await servers?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, minutes);

    const inputsOf = (own: Inputs, more: Inputs = {}): Inputs => ({
      engine,
      source: `${engine}.test`,
      'work-directory': workDirectory,
      'anonymize-key': 'a key of the tests',
      ...servers.inputs,
      ...own,
      ...more,
    });
    const dump = (own: Inputs, objects: Bucket, more?: Inputs): Promise<Ran> => {
      runs += 1;
      return runDump(runs, inputsOf(own, more), objects);
    };
    /** From the receipt alone: whatever is wrong with it, and with the source by then. */
    const expectProvenAgain = async (own: Inputs, objects: Bucket, first: DumpReceipt | undefined): Promise<void> => {
      runs += 1;
      const { findings, error } = await runProof(runs, inputsOf(own), objects);
      const proof = findings.dump?.receipt?.proof.map(({ kind, verdict, findings: found }) => [kind, verdict, found]);
      expect({ error, proof }).toEqual({
        error: undefined,
        proof: fileKindsOf[engine].map((kind) => [kind, 'good', []]),
      });
      const [receipt] = await receiptsIn(objects);
      expect(receipt?.proofs?.map(({ verdict }) => verdict)).toEqual(['good', 'good']);
      // What the first proof compared, this one did, too; but of their databases, anonymised files of SQL do not say all.
      const databases = engine === 'mysql' ? 1 : 0;
      expect(findings.dump?.receipt?.proof.map(({ compared }) => compared)).toEqual(
        first?.proof.map(({ kind, compared }) => compared - (kind === 'anonymised' ? databases : 0)),
      );
      await expectNothingLeft();
    };
    /** Whatever happened, nothing is left on the runner and on the scratch server. */
    const expectNothingLeft = async (): Promise<void> => {
      expect(readdirSync(workDirectory)).toEqual([]);
      expect(await servers.leftovers()).toEqual([]);
    };

    describe('is good, and says what was compared:', () => {
      const contents: readonly Content[] = ['empty', 'types', 'large', 'names', 'many', 'views'];
      const able = contents.filter((content) => unable[content] === undefined);
      for (const [content, why] of Object.entries(unable))
        process.stdout.write(`not tested: ${content}, since ${why}\n`);
      test.each(able)(
        '%s',
        async (content) => {
          const source = await servers.fill(content, many);
          const objects = new Bucket();
          const { findings, error } = await dump(source.inputs, objects);
          const [receipt] = await receiptsIn(objects);
          const proof = receipt?.proof.map(({ kind, verdict, findings: found }) => [kind, verdict, found]);
          expect({ error, proof }).toEqual({
            error: undefined,
            proof: fileKindsOf[engine].map((kind) => [kind, 'good', []]),
          });
          const { tables = [], definitions = {}, unread, databases } = receipt?.fingerprint ?? {};
          expect(unread ?? []).toEqual([]);
          // The URL names one database, and the server has others.
          expect(databases?.length ?? 1).toBe(1);
          expect(tables.length).toBeGreaterThanOrEqual(source.tables);
          expect(tables.reduce((sum, one) => sum + Number(one.rows), 0)).toBe(source.rows);
          for (const name of source.definitions ?? []) expect(definitions).toHaveProperty([name]);
          for (const { compared } of receipt?.proof ?? []) expect(compared).toBeGreaterThan(source.tables);
          expect(findings.dump?.empty === undefined).toBe(content !== 'empty');
          await expectNothingLeft();
          await expectProvenAgain(source.inputs, objects, receipt);
        },
        10 * minutes,
      );
    });

    describe('is an error that names its cause, and never a receipt:', () => {
      let filled: Promise<Filled> | undefined;
      /** Filled once: what fails leaves the source as it is. */
      const bulk = async (): Promise<Inputs> => {
        filled ??= servers.fill('bulk', 48);
        return (await filled).inputs;
      };
      const expectFailure = async ({ error }: Ran, trouble: Trouble, objects: Bucket): Promise<void> => {
        const { what, likelyCause = '', fix = '', code = '' } = explain(error);
        expect(`${what}\n${likelyCause}\n${fix}\n${code}`).toMatch(words[trouble]);
        expect([likelyCause, fix]).not.toContain('');
        expect(await receiptsIn(objects)).toEqual([]);
        expect([...objects.versionsOf.keys()].filter((key) => !key.startsWith('receipts/'))).toEqual([]);
        expect([...objects.uploads.keys()]).toEqual([]);
        await expectNothingLeft();
      };

      test(
        'a dump tool that dies half-way',
        async () => {
          let killed = 0;
          const objects = new Bucket(async () => {
            killed = killPrograms(tool);
          });
          const ran = await dump(await bulk(), objects);
          expect(killed).toBeGreaterThan(0);
          await expectFailure(ran, 'tool-died', objects);
        },
        2 * minutes,
      );

      test(
        'a full disk',
        async () => {
          const small = join(folder, 'small');
          mkdirSync(small);
          await command('mount', '-t', 'tmpfs', '-o', 'size=2m,mode=0755', 'tmpfs', small);
          try {
            const objects = new Bucket();
            const ran = await dump(await bulk(), objects, { 'work-directory': small });
            await expectFailure(ran, 'disk-full', objects);
            expect(readdirSync(small)).toEqual([]);
          } finally {
            await command('umount', small);
          }
        },
        2 * minutes,
      );

      test(
        'a server that restarts',
        async () => {
          const own = await bulk();
          const { restart } = servers;
          if (restart === undefined) {
            process.stdout.write("not tested: a server that restarts, since the server is somebody else's\n");
            return;
          }
          const objects = new Bucket(restart);
          await expectFailure(await dump(own, objects), 'restarted', objects);
          // It is there again, and so is the next dump.
          const { inputs } = await servers.fill('names', 0);
          const after = await dump(inputs, new Bucket(), { files: 'none', prove: 'archive' });
          expect([after.error, after.findings.verdict]).toEqual([undefined, 'good']);
        },
        3 * minutes,
      );

      test(
        'a wrong password',
        async () => {
          const { inputs } = await servers.fill('empty', 0);
          const objects = new Bucket();
          const wrong = servers.withWrongPassword(inputsOf(inputs));
          await expectFailure(await dump(wrong, objects), 'wrong-password', objects);
        },
        minutes,
      );

      test(
        'an expired credential of AWS',
        async () => {
          const own = await bulk();
          const lab = await startAwsUnderTest();
          const { accessKeyId, secretAccessKey } = lab.administrator.credentials;
          const environment = {
            AWS_ENDPOINT_URL: lab.aws.url,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
          };
          Object.assign(process.env, environment);
          try {
            const refuse = {
              kind: 'refuse',
              status: 400,
              code: 'ExpiredToken',
              message: 'The provided token has expired.',
            };
            lab.faults.add({
              name: 'expired',
              endpoint: 's3',
              operation: 'UploadPart',
              times: 1000,
              effect: { ...refuse, kind: 'refuse' },
            });
            const session = newSession();
            const objects = new S3Objects(session, { logger: new FakeLogger() });
            runs += 1;
            const { error } = await runDump(runs, inputsOf(own), objects, session);
            expect(explain(error).what).toMatch(/expired/i);
            expect(await receiptsIn(objects)).toEqual([]);
            await expectNothingLeft();
          } finally {
            for (const name of Object.keys(environment)) delete process.env[name];
            await lab.stop();
          }
        },
        2 * minutes,
      );
    });
  });
}
