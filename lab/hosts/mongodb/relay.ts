/**
 * In front of a server of the lab: it keeps what MongoDB has and that server does not. Options of collections and indexes, and
 * views, it remembers, and lists them as MongoDB does (MongoDB manual, create, createIndexes, listCollections, listIndexes);
 * documents of some collections it stores as bytes, so that they may have any type of BSON. It serves one client or tool
 * at a time on each connection, as drivers use them (MongoDB manual, Wire Protocol, OP_MSG).
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { deserialize, serialize } from 'bson';
import { type Asked, type Command, Memory } from './memory.ts';

export interface MongoRelay {
  /** The URL for clients. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param isAsBytes which collections' documents are stored as bytes: they can be inserted, deleted by `_id`, and read */
export async function startRelay(
  { host, port }: { readonly host: string; readonly port: number },
  isAsBytes: (collection: string) => boolean,
): Promise<MongoRelay> {
  const memory = new Memory(isAsBytes);
  const open = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(port, host);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    void serve(client, server, memory);
  });
  relay.listen(0, host);
  await once(relay, 'listening');
  return {
    url: `mongodb://${host}:${(relay.address() as AddressInfo).port}/`,
    close: async () => {
      for (const socket of open) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}

/** Operation code of OP_MSG. */
const opMsg = 2013;
const headerLength = 16;
/** Of the header and the flags. */
const bodyAt = headerLength + 4 + 1;

async function serve(client: Socket, server: Socket, memory: Memory): Promise<void> {
  const replies = messagesOf(server);
  try {
    for await (const message of messagesOf(client)) {
      const asked: Asked = message.readInt32LE(12) === opMsg ? memory.ask(commandOf(message)) : {};
      if (asked.answer) {
        client.write(withBody(message, serialize(asked.answer), message.readInt32LE(4)));
        continue;
      }
      server.write(asked.instead ? withBody(message, asked.instead, 0) : message);
      const { value: reply } = await replies.next();
      if (reply === undefined) break;
      const changed = asked.reply?.(deserialize(bodyOf(reply), exact));
      client.write(changed ? withBody(reply, changed, reply.readInt32LE(8)) : reply);
    }
  } finally {
    client.destroy();
    server.destroy();
  }
}

async function* messagesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      for (; rest.length >= 4 && rest.length >= rest.readInt32LE(0); rest = rest.subarray(rest.readInt32LE(0)))
        yield rest.subarray(0, rest.readInt32LE(0));
    }
  } catch {
    // The other side is gone: there is nothing more to read.
  }
}

const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

const bodyOf = (message: Buffer): Buffer => message.subarray(bodyAt, bodyAt + message.readInt32LE(bodyAt));

function commandOf(message: Buffer): Command {
  const bytes = bodyOf(message);
  const body = deserialize(bytes, { ...exact, fieldsAsRaw: { documents: true, indexes: true } });
  const documents: Buffer[] = [...((body.documents ?? []) as Buffer[])];
  // Sequences of documents follow: a byte, the length, the name of the field, and one document after the other.
  for (let at = bodyAt + message.readInt32LE(bodyAt); at + 5 < message.length; ) {
    const end = at + 1 + message.readInt32LE(at + 1);
    for (let from = message.indexOf(0, at + 5) + 1; from < end; from += message.readInt32LE(from))
      documents.push(message.subarray(from, from + message.readInt32LE(from)));
    at = end;
  }
  return { ...body, body: bytes, documents } as unknown as Command;
}

/** The same message with another body, and nothing after it. */
function withBody(message: Buffer, body: Uint8Array, answers: number): Buffer {
  const head = Buffer.alloc(bodyAt);
  message.copy(head, 0, 0, headerLength);
  head.writeInt32LE(bodyAt + body.length, 0);
  head.writeInt32LE(answers, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, body]);
}
