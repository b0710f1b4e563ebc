import { expect, test } from '@jest/globals';
import { findGo, pinnedGo } from '../../../scripts/lib/go.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

const debians = () => Promise.resolve('/cache/go-1.24');
const none = () => Promise.reject(new Error('apt-get failed:\nCould not resolve deb.debian.org'));

test('a Go that is new enough builds, and fetches no other', async () => {
  const own = { program: 'go', environment: { GOTOOLCHAIN: 'local' } };
  expect(await findGo('1.25', none)).toEqual({ ...own, version: '1.25' });
  expect(await findGo('1.26', none)).toEqual({ ...own, version: '1.26' });
});

// Source: https://go.dev/doc/toolchain, which Go 1.21 introduced.
test('an older one fetches the pinned release', async () => {
  const fetched = { program: 'go', version: '1.25', environment: { GOTOOLCHAIN: `go${pinnedGo}` } };
  expect(await findGo('1.24', none)).toEqual(fetched);
  expect(await findGo('1.21', none)).toEqual(fetched);
});

test.each(['1.19', ''])('where this computer has "%s", Debian\'s fetches it', async (own) => {
  expect(await findGo(own, debians)).toEqual({
    program: '/cache/go-1.24/bin/go',
    version: '1.25',
    environment: { GOTOOLCHAIN: `go${pinnedGo}`, GOROOT: '/cache/go-1.24' },
  });
});

test('without either, the reason is one line', async () => {
  await expect(findGo('1.19', none)).rejects.toThrow(ToolMissing);
  await expect(findGo('1.19', none)).rejects.toThrow(
    "it is built with Go 1.25 or newer, this computer has Go 1.19, and Debian's was not to be had: Could not resolve deb.debian.org",
  );
  await expect(findGo('', none)).rejects.toThrow('this computer has none');
});
