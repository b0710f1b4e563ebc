/**
 * The crash suite of db-dump's bundle with dumps that are kept: one that is pinned when it is made, and one that is proven again. The
 * runner is killed around each write, or its answer is lost. In memory every call is tried: pins-in-memory.test.ts for pins made
 * afterwards, and test/unit/dump/again.test.ts. HOLDFAST_CRASH=db-dump (or all) tries every effect at every call (points.ts).
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postgresDumps } from '../../lab/rehearsals/postgres/checks.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { tryDumpPoints } from './dump-points.ts';

const minute = 60_000;
const workflow = 'test/crash/workflows/db-dump-kept.yml';
let lab: Lab;
let tried = 0;

beforeAll(async () => {
  lab = await startLab({ seed: postgresSeed(1) });
}, 5 * minute);

afterAll(async () => {
  process.stdout.write(`crash suite of db-dump's bundle with kept dumps: ${tried} points tried\n`);
  await lab?.stop();
}, 2 * minute);

async function receipts(): Promise<readonly DumpReceipt[]> {
  return Object.values(await lab.state.receipts()).map((text) => JSON.parse(text) as DumpReceipt);
}

/** The tags of the files of a receipt, as the bucket has them now. */
const tagsOfFiles = ({ files }: DumpReceipt) =>
  files.map(({ key, versionId }) => {
    const versions = lab.aws.s3.bucket(lab.aws.dumpBucket).objects.get(key) ?? [];
    return versions.find((one) => one.versionId === versionId)?.tags;
  });

test(
  'a dump that is pinned when it is made is whole and pinned, or is not there; the next run pins its own',
  async () => {
    tried += await tryDumpPoints({
      lab,
      job: postgresDumps,
      workflow,
      inputs: { 'keep-forever': 'true' },
      chosen: [
        ['PutObject', 1, 'killed after'],
        ['CompleteMultipartUpload', 1, 'killed after'],
        ['CompleteMultipartUpload', 1, 'answer lost'],
        ['PutObject', 2, 'killed before'],
        ['PutObject', 2, 'killed after'],
      ],
      more: async () => {
        const all = (await receipts()).filter(({ state }) => state === 'taken');
        return [
          ...all.flatMap(({ keepForever, run }) => (keepForever ? [] : [`the dump of ${run.key} is not pinned`])),
          ...(new Set(all.map(({ run }) => run.key)).size === all.length ? [] : ['a run made two dumps']),
        ];
      },
    });
  },
  30 * minute,
);

test(
  'a dump that is proven again keeps its pin, files and verdict, and each proof is there once',
  async () => {
    const [before] = (await receipts()).toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
    tried += await tryDumpPoints({
      lab,
      job: postgresDumps,
      workflow,
      inputs: { 'prove-again': 'newest' },
      chosen: [
        ['GetObject', 1, 'killed after'],
        ['PutObject', 1, 'killed before'],
        ['PutObject', 1, 'killed after'],
        ['PutObject', 1, 'answer lost'],
        ['PutObjectTagging', 1, 'killed after'],
      ],
      more: async () => {
        const now = (await receipts()).find(({ takenAt }) => takenAt === before?.takenAt);
        const { proofs = [], keepForever, verdict, files } = now ?? {};
        const wrong = [
          [new Set(proofs.map(({ run, at }) => `${run.key} ${at}`)).size === proofs.length, 'a proof is there twice'],
          [keepForever === true, 'the pin is lost'],
          [verdict === 'good', `the verdict is ${verdict}`],
          [JSON.stringify(files) === JSON.stringify(before?.files), 'its files are others'],
          [now && tagsOfFiles(now).every((tags) => JSON.stringify(tags).includes('KeepForever')), 'a tag is lost'],
        ] as const;
        return wrong.flatMap(([holds, text]) => (holds ? [] : [text]));
      },
    });
  },
  30 * minute,
);
