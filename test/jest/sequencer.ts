/**
 * The order of the suites. Those that take seconds start first, so that what is broken shows early; then the longest, so that
 * the workers end at about the same time: a long one begun last ends alone.
 */
import { relative, sep } from 'node:path';
import imported from '@jest/test-sequencer';

// The package's types are of its CommonJS form, where the class is a property; what is imported here is the class.
const TestSequencer = imported as unknown as typeof imported.default;
type Test = Parameters<InstanceType<typeof TestSequencer>['sort']>[0][number];

/**
 * Seconds, with as many suites at a time as test-runs.ts says on two cores: the size of a file says little, since most of the time is
 * waiting. Measured; every long suite is named, so that none of them is begun last.
 */
export const slowest: Readonly<Record<string, number>> = {
  'test/crash/lock-bundles.long.test.ts': 540,
  'test/crash/snapshot-bundle.long.test.ts': 480,
  'test/crash/verify-bundle-odd.long.test.ts': 435,
  'test/crash/verify-bundle-even.long.test.ts': 430,
  'test/crash/lock-phases.long.test.ts': 340,
  'test/contract/volume-mutants.long.test.ts': 290,
  'test/scenario/infobright-trouble.long.test.ts': 280,
  'test/scenario/ebs-rotate.long.test.ts': 245,
  'test/crash/rotation-bundles.long.test.ts': 230,
  'test/contract/release-deploy.long.test.ts': 200,
  'test/scenario/old-host-nights.long.test.ts': 180,
  'test/contract/anonymize-fuzz.long.test.ts': 172,
  'test/scenario/patrol.long.test.ts': 170,
  'test/scenario/infobright-backup.long.test.ts': 165,
  'test/scenario/postgres-backup.long.test.ts': 160,
  'test/contract/restore-pages.long.test.ts': 155,
  'test/scenario/postgres-host.long.test.ts': 152,
  'test/contract/documented-commands.long.test.ts': 151,
  'test/scenario/other-disks.long.test.ts': 150,
  'test/crash/patrol-bundle.long.test.ts': 148,
  'test/crash/old-host.long.test.ts': 146,
  'test/contract/dump-mutants.long.test.ts': 145,
  'test/contract/mysql-mutants.long.test.ts': 142,
  'test/contract/ops-image.long.test.ts': 140,
  'test/scenario/rotation.test.ts': 130,
  'test/contract/deploy.long.test.ts': 128,
  'test/scenario/infobright.test.ts': 127,
  'test/contract/release-workflow.long.test.ts': 125,
  'test/scenario/rotation-year.long.test.ts': 123,
  'test/scenario/mongodb-backup.long.test.ts': 119,
  'test/scenario/mysql-backup.long.test.ts': 118,
  'test/scenario/watchdog.test.ts': 117,
  'test/contract/engines/mongodb.long.test.ts': 116,
  'test/crash/dump-bundle.long.test.ts': 115,
  'test/scenario/under-lock.long.test.ts': 103,
  'test/scenario/installation.long.test.ts': 98,
  'test/contract/proof.test.ts': 97,
  'test/scenario/postgres.test.ts': 91,
  'test/crash/dump-mongodb.long.test.ts': 82,
  'test/contract/series.long.test.ts': 78,
  'test/crash/kept-dumps-bundle.long.test.ts': 75,
  'test/contract/replace.test.ts': 71,
  'test/scenario/mongodb-host.long.test.ts': 69,
  'test/crash/dump-on-host.long.test.ts': 68,
  'test/crash/dump-mysql.long.test.ts': 64,
  'test/crash/rotation-in-memory.long.test.ts': 62,
  'test/contract/restore.test.ts': 58,
  'test/contract/reworded.test.ts': 56,
  'test/contract/lock-session.test.ts': 55,
  'test/contract/db-dump.test.ts': 51,
  'test/contract/own-server.test.ts': 50,
  'test/scenario/mongodb.test.ts': 49,
  'test/scenario/mysql.test.ts': 48,
  'test/contract/mongodb-mutants.test.ts': 45,
  'test/contract/mysql-mutants.test.ts': 43,
  'test/contract/hostile-server.long.test.ts': 42,
  'test/contract/engines/postgres.test.ts': 41,
  'test/contract/volume-mutants.test.ts': 40,
  'test/contract/mongodb-proof.test.ts': 38,
  'test/contract/anonymised-proof.test.ts': 36,
  'test/contract/ports/holds.test.ts': 35,
  'test/contract/busy-database.test.ts': 33,
  'test/contract/anonymize-sql.test.ts': 32,
  'test/contract/copy-checks.test.ts': 31,
  'test/contract/hostile-dumps.test.ts': 30,
  'test/contract/mongodb-users.test.ts': 28,
  'test/scenario/under-lock.test.ts': 27,
  'test/contract/odd-databases.test.ts': 26,
  'test/scenario/old-host.test.ts': 25,
  // Garbage is collected a thousand times, which takes long in a worker that has run much else before.
  'test/unit/anonymize/dump-reader.test.ts': 12,
};
/** Of a suite that nothing is known of. */
const byKind: Readonly<Record<string, number>> = { crash: 14, scenario: 14, contract: 5, unit: 1 };
/** A suite of fewer seconds is one of those that start first. */
export const short = 15;

/**
 * @param path from the root of the repository
 * @param recorded seconds of the last run that jest knows of; it may have been of a part of the suite only
 */
export function expectedSeconds(path: string, recorded?: number): number {
  const known = slowest[path] ?? 0;
  return Math.max(known, recorded ?? byKind[path.split('/')[1] ?? ''] ?? 0);
}

export default class ShortThenLongestFirst extends TestSequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const sized = (await super.sort(tests)).map((test) => {
      const { config, hasteFS } = test.context;
      const path = relative(config.rootDir, test.path).replaceAll(sep, '/');
      const recorded = test.duration === undefined ? undefined : test.duration / 1000;
      const seconds = expectedSeconds(path, recorded);
      return { test, path, seconds, isLong: seconds >= short, size: hasteFS.getSize(test.path) ?? 0 };
    });
    sized.sort(
      (a, b) =>
        Number(a.isLong) - Number(b.isLong) || b.seconds - a.seconds || b.size - a.size || a.path.localeCompare(b.path),
    );
    return sized.map(({ test }) => test);
  }
}
