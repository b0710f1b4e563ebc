/** Servers and URLs that users have: what is taken, and what is refused in clear words. */
import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { deserialize, serialize } from 'bson';
import { mongoFailed } from '../../../../src/adapters/databases/mongodb/causes.ts';
import { connect } from '../../../../src/adapters/databases/mongodb/client.ts';
import { createScratch, type ScratchOptions } from '../../../../src/adapters/databases/mongodb/scratch/scratch.ts';
import { type MongoConnection, parseMongoConnection } from '../../../../src/dump/engines/mongodb/connection.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun } from '../../../fakes/context.ts';

/** OP_QUERY and its reply, and OP_MSG (MongoDB Wire Protocol). */
const [query, message] = [2004, 2013];

/** A server that says nothing but how old it is; it refuses to insert. */
function answer(socket: Socket, maxWireVersion: number, request: Buffer): void {
  const [id, code] = [request.readInt32LE(4), request.readInt32LE(12)];
  const name = code === message ? Object.keys(deserialize(request.subarray(21)))[0] : 'isMaster';
  const hello = { ismaster: true, maxWireVersion, minWireVersion: 0, maxBsonObjectSize: 16_777_216, readOnly: false };
  const more = { compression: ['snappy', 'zlib'], maxWriteBatchSize: 1000, maxMessageSizeBytes: 48_000_000 };
  const refusal = { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized on a to execute command' };
  const body = serialize(name === 'insert' ? refusal : { ...(name === 'ping' ? {} : { ...hello, ...more }), ok: 1 });
  const head = code === query ? Buffer.alloc(20) : Buffer.alloc(5);
  if (code === query) head.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + head.length + body.length, 0);
  header.writeInt32LE(id, 8);
  header.writeInt32LE(code === query ? 1 : message, 12);
  socket.write(Buffer.concat([header, head, body]));
}

async function connectTo(
  maxWireVersion: number,
  options = 'serverSelectionTimeoutMS=20000',
  work: (connection: MongoConnection) => Promise<unknown> = async (to) => void (await (await connect(to)).close()),
): Promise<unknown> {
  const server = createServer((socket) => {
    let rest = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        answer(socket, maxWireVersion, rest.subarray(0, rest.readInt32LE(0)));
        rest = rest.subarray(rest.readInt32LE(0));
      }
    });
  });
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
  const { port } = server.address() as { port: number };
  const url = `mongodb://127.0.0.1:${port}/?${options}`;
  try {
    await work(parseMongoConnection(url, 'database-url'));
    return 'connected';
  } catch (error) {
    return error;
  } finally {
    server.close();
  }
}

describe('a server', () => {
  // Wire versions: 3.4 is 5, 3.6 is 6, 4.0 and Amazon DocumentDB 4.0 are 7 (mongo, wire_version.h).
  test.each([6, 7, 25])('of wire version %i is spoken to', async (version) =>
    expect(await connectTo(version)).toBe('connected'),
  );
  test('that is older than MongoDB 3.6 is refused, and says so', async () =>
    expect(await connectTo(5, 'serverSelectionTimeoutMS=5000')).toMatchObject({
      code: 'server-too-old',
      likelyCause: expect.stringContaining('older than MongoDB 3.6'),
    }));
});

describe('the cause of a message', () => {
  test.each([
    'error dumping collection shop.quotas: (Location123) Executor error during find command',
    'Executor error during find command on namespace shop.hassle (Location123)',
    'shop.certificates: (BSONObjectTooLarge) BSONObj size: 1 is invalid',
    'shop.unauthorized_logins: (Location123) no plan',
    'shop.websockets: (Location123) index was closed by nobody',
    'shop.cert_expiry: (Location123) no plan',
  ])('is not what a collection is called: %s', (message) =>
    expect(mongoFailed('x', new Error(message))).not.toHaveProperty('code', expect.any(String)),
  );
  test.each([
    ['(AtlasError) you are over your space quota, using 513 MB of 512 MB', 'disk-full'],
    ['available disk space of 100 bytes is less than required minimum of 524288000 (OutOfDiskSpace)', 'disk-full'],
    ['self-signed certificate in certificate chain', 'tls'],
    ['certificate has expired', 'tls'],
    ['unable to verify the first certificate', 'tls'],
    ["Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b", 'tls'],
    ['8007:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl', 'tls'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'tls'],
    ['remote error: tls: bad certificate', 'tls'],
    ['SSL peer certificate validation failed: unable to get local issuer certificate', 'tls'],
    ['(Unauthorized) not authorized on shop to execute command { find: "x" }', 'rights'],
    ['connection 3 to 10.0.0.1:27017 closed', 'connection-lost'],
    ['socket was unexpectedly closed: EOF', 'connection-lost'],
    ['lookup mongo.example on 10.0.0.2:53: no such host', 'unreachable'],
  ])('%s', (message, code) => expect(mongoFailed('x', new Error(message))).toMatchObject({ code }));
});

test('a scratch server that refuses is advised for a restore', async () => {
  const context = fakeContext(new FakeClock(), fakeRun(1));
  const options = { owner: 'o', fingerprint: { databases: ['shop'], objects: {} } };
  const made = (scratch: MongoConnection): Promise<unknown> =>
    createScratch({ ...options, scratch } as unknown as ScratchOptions, context);
  expect(await connectTo(25, undefined, made)).toMatchObject({
    code: 'rights',
    what: expect.stringContaining('cannot take the copy'),
    fix: expect.stringContaining('dbAdminAnyDatabase'),
  });
});

describe('a URL', () => {
  test('with compressors that the driver lacks is taken', async () =>
    expect(await connectTo(25, 'compressors=snappy,zstd')).toBe('connected'));

  const connected = (options: string): Promise<unknown> =>
    connect(parseMongoConnection(`mongodb://u:Secr3tWord@127.0.0.1:1/?${options}`, 'database-url')).catch(
      (error) => error,
    );
  test('with an option of another driver is refused, and names it', async () =>
    expect(await connected('tls=true&ssl_ca_certs=/x.pem')).toMatchObject({
      code: 'input',
      what: expect.stringContaining('ssl_ca_certs'),
      fix: expect.stringContaining('tlsCAFile'),
    }));
  test('with a file that is not there is refused, and names it', async () =>
    expect(await connected('tls=true&tlsCAFile=/no/such/ca.pem')).toMatchObject({
      code: 'tls',
      what: expect.stringContaining('/no/such/ca.pem'),
      likelyCause: expect.stringContaining('tlsCAFile'),
    }));
  test('that names no certificate where the server wants one, or a user who may not read, says what to do', () => {
    const advice = (words: string): unknown => mongoFailed('x', new Error(words)).fix;
    expect(advice('ssl3_read_bytes:tlsv13 alert certificate required')).toContain('tlsCertificateKeyFile');
    expect(advice('self-signed certificate in certificate chain')).toContain('tlsInsecure=true');
    expect(advice('not authorized on shop to execute command')).toMatch(
      /grantRolesToUser\("USER", .*on Atlas, edit the user/,
    );
  });
  test('whose name is not known keeps its cause', () =>
    expect(mongoFailed('x', new Error('querySrv ENOTFOUND _mongodb._tcp.c.example.net'))).toMatchObject({
      code: 'unreachable',
    }));
});
