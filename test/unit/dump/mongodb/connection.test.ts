import { describe, expect, test } from '@jest/globals';
import {
  driverUrl,
  loginBy,
  parseMongoConnection,
  throughTunnel,
  tlsFilesOf,
  toolsConfig,
} from '../../../../src/dump/engines/mongodb/connection.ts';

const parse = (url: string) => parseMongoConnection(url, 'database-url');

describe('a connection string', () => {
  test('names all databases, or one, and keeps every option', () => {
    const all = parse('mongodb://a:1,b:2/?replicaSet=rs0&tls=true&readPreference=secondary');
    expect(all).toMatchObject({
      database: undefined,
      hosts: 'a:1,b:2',
      shown: 'all databases on a:1,b:2',
      url: 'mongodb://a:1,b:2/?replicaSet=rs0&tls=true&readPreference=secondary',
    });
    expect(parse('mongodb+srv://u:p@c.example.net/shop?retryWrites=true')).toMatchObject({
      database: 'shop',
      user: 'u',
    });
  });

  test('logs in where its path says, once the path is gone', () => {
    expect(parse('mongodb://u:p@h/shop').url).toBe('mongodb://u:p@h/?authSource=shop');
    expect(parse('mongodb://u:p@h/shop?authSource=admin').url).toBe('mongodb://u:p@h/?authSource=admin');
    expect(parse('mongodb://u@h/shop?authMechanism=MONGODB-X509').url).not.toContain('authSource');
    expect(parse('mongodb://h/shop').url).toBe('mongodb://h/');
  });

  test('leaves it to the TXT record of mongodb+srv where the user logs in, before it takes the path', () => {
    const atlas = parse('mongodb+srv://u:p@c.example.net/shop?retryWrites=true');
    expect(atlas.url).toBe('mongodb+srv://u:p@c.example.net/?retryWrites=true');
    expect(loginBy(atlas, 'authSource=admin&replicaSet=x').url).toBe(atlas.url);
    expect(loginBy(atlas, 'replicaSet=x').url).toBe(
      'mongodb+srv://u:p@c.example.net/?retryWrites=true&authSource=shop',
    );
    const own = parse('mongodb+srv://u:p@c.example.net/shop?authSource=x');
    expect(loginBy(own, '').url).toBe('mongodb+srv://u:p@c.example.net/?authSource=x');
  });

  test('asks the driver for no compressor that it lacks, and the tools for all', () => {
    const one = parse('mongodb://u:p@h/?compressors=snappy,zlib&tls=true');
    expect(driverUrl(one)).toBe('mongodb://u:p@h/?compressors=zlib&tls=true');
    expect(driverUrl(parse('mongodb+srv://h/?compressors=zstd%2Csnappy'))).toBe('mongodb+srv://h/');
    expect(toolsConfig(one)).toContain('compressors=snappy,zlib');
  });

  test('of Azure Cosmos DB is read, with the at signs of its name', () => {
    const { url, hosts } = parse('mongodb://a:k%3D@a.mongo.cosmos.azure.com:10255/?ssl=true&appName=@a-1@');
    expect([url, hosts]).toEqual([
      'mongodb://a:k%3D@a.mongo.cosmos.azure.com:10255/?ssl=true&appName=%40a-1%40',
      'a.mongo.cosmos.azure.com:10255',
    ]);
  });

  test('gives the password as it is, and every other secret', () => {
    const { secrets } = parse('mongodb://u:p%40%3A%2F%25@h/?tlsCertificateKeyFilePassword=key%20word');
    expect(secrets).toEqual(['p@:/%', 'key word']);
  });

  test.each([
    ['mysql://h/', 'is not a MongoDB URL'],
    ['mongodb://u:p@ss@h/', 'write @ as %40'],
    ['mongodb://u:p@ss?x@h/', 'write @ as %40'],
    ['mongodb://u:p?ss@h/', 'write @ as %40'],
    ['mongodb://u:p/ss@h/', 'write @ as %40'],
    ['mongodb://u:p#ss@h/', 'write @ as %40'],
    ['mongodb://u:p:q@h/', 'a colon'],
    ['mongodb://u:p%@h/', 'starts no escape sequence'],
    ['mongodb://u:p@ss?appName=@h/', 'write @ as %40'],
    ['mongodb://u:p?ss&appName=@a@@h/', 'write @ as %40'],
    [
      'mongodb://h/?authMechanism=MONGODB-AWS',
      'asks for authMechanism=MONGODB-AWS, which is not supported here: use a user',
    ],
    ['mongodb://h/?tls=true&authMechanism=GSSAPI', 'authMechanism=GSSAPI'],
    ['mongodb://h/?authmechanism=MONGODB-OIDC', 'MONGODB-OIDC'],
    ['mongodb://h/?proxyHost=x&proxyPassword=p@ss', 'write @ as %40'],
    ['mongodb://h/?proxyPassword=u:p', 'asks for proxyPassword, which is not supported here: use a runner'],
    ['mongodb:///shop', 'names no host'],
    ['mongodb+srv://a:27017/', 'without a port'],
    ['mongodb://h/a.b', 'the name of the database contains'],
    [`mongodb://h/${'x'.repeat(64)}`, 'more than 63 bytes'],
  ])('that cannot be read says why, and not what it is: %s', (url, why) => {
    expect(() => parse(url)).toThrow(why);
    for (const secret of ['p@ss', 'p?ss', 'p/ss', 'p#ss', 'u:p']) expect(() => parse(url)).not.toThrow(secret);
  });

  test('through a tunnel leads to one server only', () => {
    const { url } = throughTunnel(parse('mongodb://u:p@a,b/?replicaSet=rs0&tls=true'), '127.0.0.1', 40_000);
    expect(url).toBe('mongodb://u:p@127.0.0.1:40000/?tls=true&directConnection=true');
  });

  test('through a tunnel names no file, since the server has it, and needs its own name', () => {
    const one = parse('mongodb://u:p@db/?ssl=true&TLSCAFile=%2Fetc%2Fca.pem&tlsCertificateKeyFile=/k.pem');
    expect(tlsFilesOf(one)).toEqual({ authority: '/etc/ca.pem', certificateAndKey: '/k.pem' });
    expect(throughTunnel(one, '127.0.0.1', 1).url).toBe('mongodb://u:p@127.0.0.1:1/?ssl=true&directConnection=true');
    expect(tlsFilesOf(parse('mongodb://db/'))).toBeUndefined();
  });

  test('says in the words of the tools that a certificate is not checked', () => {
    const one = parse('mongodb://h/?tls=true&tlsAllowInvalidCertificates=true&appName=x');
    expect(toolsConfig(one)).toBe('uri: "mongodb://h/?tls=true&tlsInsecure=true&appName=x"\n');
    expect(one.url).toContain('tlsAllowInvalidCertificates');
  });

  test('is YAML for the tools, whatever is in it', () => {
    expect(toolsConfig({ url: 'mongodb://u:"\\@h/' })).toBe('uri: "mongodb://u:\\"\\\\@h/"\n');
  });
});
