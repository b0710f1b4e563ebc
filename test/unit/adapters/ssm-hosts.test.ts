import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SendCommandCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import { SsmHosts } from '../../../src/adapters/aws/hosts.ts';
import type { AwsSession } from '../../../src/adapters/aws/session.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';

const answer = { files: 3, bytes: 100, seconds: 0.5, errors: [] };

/** Hosts whose scripts print what the test says, by name of the document. */
function hostsThatPrint(
  print: (document: string, parameters: Record<string, string[]>) => string,
  stderr = '',
): SsmHosts {
  let output = '';
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof SendCommandCommand) {
      const { DocumentName = '', Parameters = {} } = command.input;
      output = print(DocumentName, Parameters);
      return { Command: { CommandId: 'c-1' } };
    }
    return { Status: 'Success', StatusDetails: 'Success', StandardOutputContent: output, StandardErrorContent: stderr };
  };
  // Of a session only what SsmHosts uses: one way to make a call, and the client of SSM.
  const session = {
    call: (_options: unknown, make: (signal: AbortSignal) => Promise<unknown>) => make(new AbortController().signal),
    ssm: { send },
  } as unknown as AwsSession;
  return new SsmHosts(session, {
    documents: 'Holdfast-',
    clock: new FakeClock(),
    logger: new FakeLogger(),
    comment: 'test',
  });
}

function readData(hosts: SsmHosts): Promise<unknown> {
  const parameters = { VolumeId: 'vol-0123456789abcdef0', MountPoint: '/data' };
  return hosts.run('i-1', { script: 'read-data', parameters, timeoutSeconds: 60 });
}

/** A long answer, as `emit` of the host scripts stores it. */
function store(value: unknown) {
  const text = JSON.stringify(value);
  const base64 = gzipSync(text).toString('base64');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { base64, stored: { key: 'result-1', bytes: text.length, sha256, length: base64.length } };
}

test('an answer that fits is given back', async () => {
  await expect(readData(hostsThatPrint(() => JSON.stringify(answer)))).resolves.toEqual(answer);
});

test('an error of the script keeps its code, message and detail', async () => {
  const error = { code: 'not-mounted', message: 'nothing is mounted', detail: 'lsblk' };
  await expect(readData(hostsThatPrint(() => JSON.stringify({ error })))).rejects.toMatchObject({
    name: 'HostError',
    code: 'not-mounted',
    detail: 'lsblk',
  });
});

test('a script that ended unexpectedly shows the end of its standard error, in the message and in the detail', async () => {
  const error = { code: 'script-failed', message: 'the script ended with status 1', detail: 'see its standard error' };
  const stderr = 'line 1\n/tmp/script.sh: line 40: SSM_MountPoint: unbound variable\n';
  await expect(readData(hostsThatPrint(() => JSON.stringify({ error }), stderr))).rejects.toMatchObject({
    message: expect.stringContaining('ended with status 1: /tmp/script.sh: line 40: SSM_MountPoint: unbound variable'),
    detail: stderr.trimEnd(),
  });
});

describe('whether an agent answers', () => {
  const launchedAt = new Date('2026-11-26T00:10:00Z');
  const seen = (more: object, documents = 'Holdfast-', since: Date | undefined = launchedAt) => {
    const agent = { PingStatus: 'Online', LastPingDateTime: launchedAt, AgentVersion: '3.3.2746.0', ...more };
    const session = { call: async () => ({ InstanceInformationList: [agent] }) } as unknown as AwsSession;
    const options = { documents, clock: new FakeClock(), logger: new FakeLogger(), comment: 'test' };
    return new SsmHosts(session, options).reachable('i-1', since);
  };

  test('a ping since the launch counts, one from before does not', async () => {
    expect(await seen({})).toMatchObject({ online: true });
    const stale = { LastPingDateTime: new Date('2026-11-26T00:09:59Z') };
    expect(await seen(stale)).toEqual({
      online: false,
      detail: expect.stringMatching(/Online, .*00:09:59.* before it was started at 2026-11-26T00:10:00/),
    });
    expect(await seen({ LastPingDateTime: undefined })).toMatchObject({ online: false });
    expect(await seen(stale, 'Holdfast-', new Date(0))).toMatchObject({ online: true });
  });

  test.each(['3.3.2746.0', '3.3.2746.1', '3.3.10000.0', '3.10.0.0', '4.0', 'unknown'])(
    'version %s can run the documents',
    async (AgentVersion) => {
      expect(await seen({ AgentVersion })).toMatchObject({ online: true });
    },
  );

  test.each(['3.3.2745.9', '3.3.337.0', '3.2.9999.0', '2.3.1569.0', '3.3'])(
    'version %s cannot, which is said before anything is sent',
    async (AgentVersion) => {
      await expect(seen({ AgentVersion })).rejects.toMatchObject({
        code: 'agent-too-old',
        what: expect.stringContaining(`version ${AgentVersion}, and Holdfast's documents need 3.3.2746.0`),
        fix: expect.stringContaining('AWS-UpdateSSMAgent'),
      });
      expect(await seen({ AgentVersion }, 'AWS-RunShellScript')).toMatchObject({ online: true });
      // It may have been updated since.
      expect(await seen({ AgentVersion, PingStatus: 'ConnectionLost' })).toMatchObject({ online: false });
    },
  );
});

describe('an answer that does not fit is an error that names the script and the field', () => {
  test.each([
    [
      'a field of another type',
      { ...answer, files: '3' },
      /read-data .*its answer does not fit: files: expected number/,
    ],
    ['null', null, /read-data .*its answer does not fit: expected object/],
    ['an error without its fields', { error: 'boom' }, /read-data .*its answer does not fit: error: expected object/],
    ['stored nowhere', { stored: null }, /read-data .*its answer does not fit: stored: expected object/],
    ['stored without a length', { stored: { key: 'k', sha256: 's' } }, /read-data .*stored\.length: expected number/],
  ])('%s', async (_what, value, message) => {
    const failure = await readData(hostsThatPrint(() => JSON.stringify(value))).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unreadable-answer', message: expect.stringMatching(message) });
  });

  test('words that are no JSON', async () => {
    await expect(readData(hostsThatPrint(() => 'Segmentation fault'))).rejects.toMatchObject({
      code: 'unreadable-answer',
      message: expect.stringContaining('not one line of JSON: Segmentation fault'),
    });
  });
});

describe('an answer too long for the output of SSM', () => {
  const long = {
    ...answer,
    errors: Array.from({ length: 2000 }, (_, i) => ({ path: `/data/${i}-${i * i}`, message: 'EIO' })),
  };
  const { base64, stored } = store(long);
  /** At most 500 characters at once, so that there are several pieces. */
  const piece = (text: string, offset: number, length: number): string =>
    text.slice(offset, offset + Math.min(length, 500));
  /** @param text what `read-result` reads from */
  const from = (text: string, at = stored): SsmHosts =>
    hostsThatPrint((document, parameters) =>
      document === 'Holdfast-ReadResult'
        ? JSON.stringify({ piece: piece(text, Number(parameters.Offset?.[0]), Number(parameters.Length?.[0])) })
        : JSON.stringify({ stored: at }),
    );

  test('is read piece by piece', async () => {
    expect(base64.length).toBeGreaterThan(2000);
    await expect(readData(from(base64))).resolves.toEqual(long);
  });

  test.each([
    ['cut off', from(base64.slice(0, 700)), /its stored answer has 700 of \d+ characters/],
    ['damaged', from(`AAAA${base64.slice(4)}`), /arrived damaged/],
    ['another one', from(base64, { ...stored, sha256: '0'.repeat(64) }), /arrived damaged/],
  ])('is refused when it is %s', async (_what, hosts, message) => {
    await expect(readData(hosts)).rejects.toMatchObject({
      code: 'unreadable-answer',
      message: expect.stringMatching(message),
    });
  });
});
