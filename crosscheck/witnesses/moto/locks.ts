/** moto with DescribeLockedSnapshots, which it does not have: no snapshot is locked. Everything else is passed on. */
import { createServer, request } from 'node:http';

const none =
  '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeLockedSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId><snapshotSet/></DescribeLockedSnapshotsResponse>';

export async function withLocks(url: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((asked, answer) => {
    const pieces: Buffer[] = [];
    asked.on('data', (piece: Buffer) => pieces.push(piece));
    asked.on('end', () => {
      const body = Buffer.concat(pieces);
      if (body.includes('Action=DescribeLockedSnapshots')) {
        answer.writeHead(200, { 'content-type': 'text/xml' }).end(none);
        return;
      }
      const { method, headers } = asked;
      const onward = request(new URL(asked.url ?? '/', url), { method, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
