/**
 * Every command of the pages that tell how to restore by hand, on a bare host: a Debian as it is after its installation, with AWS's command
 * line, and without node, npm, this repository, GitHub's variables or Holdfast's programs. The clients are those that the page installs; the
 * backups are made by the actions. After each way the first query is answered as the source answered it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../scripts/lib/actions.ts';
import { mongodbPage } from './support-page-mongodb.ts';
import { mysqlPage } from './support-page-mysql.ts';
import { it, notRun, startPages } from './support-page-on-host.ts';
import { postgresPage } from './support-page-postgres.ts';
import { volumePage } from './support-page-volume.ts';
import { restoreBlocks, restoreWithHoldfast } from './support-restore-pages.ts';

await startPages();

test('the host has nothing of this computer', async () => {
  const { stdout } = await it.host.type(
    `for name in node npm npx git gh jq psql pg_restore mysql mariadb mongorestore zstd holdfast; do command -v $name; done
    ls / /opt /root /home; env`,
  );
  expect(stdout).not.toMatch(/\/(node|npm|npx|git|gh|jq|psql|pg_restore|mysql|mariadb|mongorestore|zstd|holdfast)\n/);
  expect(stdout).not.toMatch(/GITHUB|HOLDFAST|ACTIONS|work/);
});

describe('PostgreSQL', postgresPage);
describe('MySQL and MariaDB', mysqlPage);
describe('MongoDB', mongodbPage);
describe('a volume', volumePage);

test('every block of docs/restore.md has a test that runs such commands, or a reason', () => {
  const found = restoreBlocks(['docs/restore.md']).map(({ heading }) => heading);
  const listed = Object.entries(restoreWithHoldfast).flatMap(([heading, each]) => each.map(() => heading));
  expect(found).toEqual(listed);
  const tests = Object.values(restoreWithHoldfast)
    .flat()
    .filter((one) => !one.startsWith('no test: '));
  expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every block of the restore pages has run', () => expect(notRun()).toEqual([]));
