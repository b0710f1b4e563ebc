/** What the client of a cluster, or of containers, sees of this process. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { placeOf } from '../../../../src/actions/db-dump/engines/place.ts';
import type { EngineRequest } from '../../../../src/actions/db-dump/engines/request.ts';
import type { Settings } from '../../../../src/actions/db-dump/inputs.ts';
import { openEngine } from '../../../../src/actions/db-dump/wiring.ts';
import type { EngineName } from '../../../../src/domain/engine.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../../fakes/context.ts';

const before = { ...process.env };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-reach-'));
  for (const name of ['kubectl', 'docker']) {
    // What sh itself hands on lacks names with a hyphen.
    writeFileSync(join(folder, name), `#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >>"${folder}/seen"\nexit 1\n`);
    chmodSync(join(folder, name), 0o755);
  }
  Object.assign(process.env, {
    PATH: `${folder}:${process.env.PATH}`,
    KUBECONFIG: '/somewhere',
    'INPUT_DATABASE-URL': 'a secret',
    'INPUT_ANONYMIZE-KEY': 'a secret',
  });
});
afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

const none = { kubeService: '', kubePod: '', kubeNamespace: '', kubeContext: '', kubeContainer: '', container: '' };

describe.each<[EngineName, string]>([
  ['mongodb', 'mongodb://u:p@localhost/'],
  ['mysql', 'mysql://u:p@localhost/'],
])('an engine, %s,', (engine, url) => {
  test.each([{ kubeService: 'db' }, { kubePod: 'db-0' }, { container: 'db' }])(
    'lets the client of %j see the kubeconfig, and no input',
    async (where) => {
      const settings = {
        ...none,
        ...where,
        engine,
        databaseUrl: { url },
        instance: '',
        databases: [],
        excludeDatabases: [],
        prove: [],
        workDirectory: folder,
      } as unknown as Settings;
      const context = { ...fakeContext(new FakeClock(), fakeRun(1)), signal: new AbortController().signal };
      const place = placeOf(settings, context.signal);
      rmSync(join(folder, 'seen'), { force: true });
      const opened = openEngine({ settings, context, place } as unknown as EngineRequest);
      await expect(opened.engine.inspect()).rejects.toThrow();
      const seen = readFileSync(join(folder, 'seen'), 'utf8');
      expect(seen).toContain('KUBECONFIG=/somewhere');
      expect(seen).not.toContain('a secret');
    },
  );
});
