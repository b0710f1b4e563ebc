/** The longest suites start first, so that the workers end at about the same time: a long one begun last ends alone. */
import { relative, sep } from 'node:path';
import imported from '@jest/test-sequencer';

// The package's types are of its CommonJS form, where the class is a property; what is imported here is the class.
const TestSequencer = imported as unknown as typeof imported.default;
type Test = Parameters<InstanceType<typeof TestSequencer>['sort']>[0][number];

/** Seconds of the suites that take minutes, two at a time: their size says little, since most of it is waiting. */
export const slowest: Readonly<Record<string, number>> = {
  'test/crash/bundles.test.ts': 915,
  'test/scenario/ebs-rotate.test.ts': 425,
  'test/scenario/infobright-backup.test.ts': 415,
  'test/crash/rotation-bundles.test.ts': 285,
  'test/scenario/infobright-trouble.test.ts': 270,
  'test/scenario/postgres-backup.test.ts': 265,
  'test/scenario/rotation-year.test.ts': 195,
  'test/crash/dump-bundle.test.ts': 175,
  'test/scenario/postgres-host.test.ts': 135,
  'test/crash/dump-on-host.test.ts': 90,
};

/** Of a suite that nothing is known of. */
const byKind: Readonly<Record<string, number>> = { crash: 60, scenario: 60, contract: 15, unit: 1 };

/**
 * @param path from the root of the repository
 * @param recorded seconds of the last run that jest knows of; it may have been of a part of the suite only
 */
export function expectedSeconds(path: string, recorded?: number): number {
  const known = slowest[path] ?? 0;
  return Math.max(known, recorded ?? byKind[path.split('/')[1] ?? ''] ?? 0);
}

export default class LongestFirst extends TestSequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const sized = (await super.sort(tests)).map((test) => {
      const { config, hasteFS } = test.context;
      const path = relative(config.rootDir, test.path).replaceAll(sep, '/');
      const recorded = test.duration === undefined ? undefined : test.duration / 1000;
      return { test, path, seconds: expectedSeconds(path, recorded), size: hasteFS.getSize(test.path) ?? 0 };
    });
    sized.sort((a, b) => b.seconds - a.seconds || b.size - a.size || a.path.localeCompare(b.path));
    return sized.map(({ test }) => test);
  }
}
