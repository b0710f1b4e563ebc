/** What the messages of MongoDB's tools and driver mean, and what helps. */
import { BackupError, explain } from '../../../runtime/errors.ts';
import type { Cause } from '../tool-output.ts';
import { granting } from './refusals.ts';

/**
 * Messages of the tools (mongo-tools), of the server (its error codes), and of the driver. They name collections, which may be called
 * as anything, so that patterns are whole phrases or codes.
 */
export const mongoCauses: readonly Cause[] = [
  {
    pattern: /\bAuthentication failed\b|\bAuthenticationFailed\b|\bauth error\b|\bSCRAM-\S* .*\bfail|\bbad auth\b/i,
    likelyCause: 'user name or password is wrong, or the user belongs to another database than authSource says',
    fix: 'check the user, the password (percent-encoded in the URL), and authSource, which is the path of the URL or admin',
    code: 'login',
  },
  {
    pattern: /command \w+ requires authentication|requires authentication|there are no users authenticated/i,
    likelyCause: 'the URL names no user, and the server wants one',
    fix: 'put user and password into the URL',
    code: 'login',
  },
  {
    pattern: /\bnot authorized\b|\(Unauthorized\)|\bnot allowed to do action\b/i,
    likelyCause: "the user's roles do not allow what a dump needs",
    fix: `${granting('', ['{ role: "backup", db: "admin" }'])}; for chosen databases alone, the role read on each is enough`,
    code: 'rights',
  },
  {
    pattern: /\boplog overflow\b|\boplog (has )?rolled over\b/i,
    likelyCause: 'the oplog is too small for what is written during the dump',
    fix: 'enlarge it (replSetResizeOplog), dump at a quieter time, or set oplog: false',
    code: 'oplog-overflow',
  },
  {
    pattern: /cannot dump with oplog (while|if)|resharding in progress/i,
    likelyCause: 'a collection was renamed, resharded or imported during the dump, which the oplog cannot repeat',
    fix: 'run again when that is over; oplog: false dumps without it',
    code: 'changed',
  },
  {
    pattern: /maximum wire version/i,
    likelyCause: 'the server is older than MongoDB 3.6, or a hosted one that speaks as old a protocol',
    fix: 'upgrade it, or dump it with the tools of its time; nothing of it can be compared here',
    code: 'server-too-old',
  },
  {
    pattern: /\boptions? .* (is|are) not supported/i,
    likelyCause: 'the URL has an option of another driver, such as ssl_ca_certs or uuidRepresentation of Python',
    fix: 'name it as the MongoDB manual does (tlsCAFile, tlsInsecure), or leave it out',
    code: 'input',
  },
  {
    pattern: /ENOENT.*open '|no such file or directory/i,
    likelyCause: 'a file that the URL names (tlsCAFile, tlsCertificateKeyFile) is not where this runs',
    fix: 'put the file there before this step, and give its whole path',
    code: 'tls',
  },
  {
    pattern: /\bcertificate required\b|\balert number 116\b/i,
    likelyCause: 'the server wants a certificate of its clients, and the URL names none',
    fix: 'give tlsCertificateKeyFile=/path/client.pem in the URL: certificate and key in one file',
    code: 'tls',
  },
  {
    pattern:
      /\bx509: |\btls: |\bself[- ]signed certificate\b|\bSELF_SIGNED_CERT|\bERR_(SSL|TLS)_|\bunable to (verify|get)\b.*\bcertificate\b|\b(bad|peer|server|client|first|verify|unknown) certificate\b|\bcertificate (has expired|is not|signed|verif\w+|validation|required|unknown|revoked)\b|\bcertificate's altnames\b|\bCERT_(HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)\b|\b(SSL|TLS) (routines|handshake|alert|connection|error)|\bSSLHandshakeFailed\b|\balert (handshake failure|unknown ca|protocol version)\b|\bssl3_\w+|\bonly allow SSL connections\b/i,
    likelyCause: "the server's certificate is not trusted here, or is for another name",
    fix: 'give tlsCAFile=/path/ca.pem in the URL, and the name that the certificate has; tlsAllowInvalidHostnames is no option of mongodump, which knows tlsInsecure=true alone: that checks nothing',
    code: 'tls',
  },
  {
    pattern: /\bENOTFOUND\b|no such host|\bquery(Srv|Txt)\b|\blookup \S+.*: (no such host|server misbehaving)/i,
    likelyCause: 'the name of the host is not known where this runs',
    fix: 'check the host in the URL, and that this runner uses a resolver which knows it',
    code: 'unreachable',
  },
  {
    pattern:
      /server selection (error|timed out|timeout)|Server selection timed out|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|connection refused|i\/o timeout|no reachable servers|context deadline exceeded/i,
    likelyCause: 'the server does not run, or cannot be reached from here',
    fix: 'check host and port, the firewall, and, for a replica set, that the names of its members resolve here (or add directConnection=true)',
    code: 'unreachable',
  },
  {
    pattern:
      /ECONNRESET|\bsocket\b.*\bclosed\b|\bconnection\b.* (closed|reset|ended)\b|broken pipe|unexpected EOF|incomplete read|shutdown in progress|InterruptedAtShutdown|NotWritablePrimary|not primary|node is recovering|error receiving message|\bEOF$/i,
    likelyCause: 'the server stopped, restarted or lost its primary, or the network was cut',
    fix: "look into the server's log at this time, and run again",
    code: 'connection-lost',
  },
  {
    pattern: /cursor id \d+ not found|\bCursorNotFound\b|\bcursor .* was killed\b/i,
    likelyCause: 'the server closed the cursor: it restarted, or somebody killed the session',
    fix: 'run again',
    code: 'connection-lost',
  },
  {
    pattern:
      /\bover your space quota\b|\bdisk quota exceeded\b|\b(out of|no|enough|available|free) disk space\b|\bOutOfDiskSpace\b|\bWriteConcernFailed\b.*\bdisk\b/i,
    likelyCause: "the server's disk, or its plan, is full",
    code: 'disk-full',
  },
];

/** An error of the driver, in words. @param what for people: "the collections of shop could not be listed" */
export function mongoFailed(what: string, error: unknown): BackupError {
  if (error instanceof BackupError) return error;
  const { message = String(error), codeName } = error as { message?: string; codeName?: string };
  const text = codeName === undefined ? message : `${message} (${codeName})`;
  const cause = mongoCauses.find(({ pattern }) => pattern.test(text));
  const { pattern: _, ...advice } = cause ?? { pattern: undefined };
  return new BackupError({ what: `${what}: ${text}`, ...advice });
}

/** Whether an error says that rights are missing (codes 13 and 8000: MongoDB and Atlas). */
export function isUnauthorized(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 13 || code === 8000 || /not authorized|not allowed to do action/i.test(explain(error).what);
}

/** Whether a server does not know a command (code 59, CommandNotFound; 115 and 303 of hosted and other servers). */
export function isUnknownCommand(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  const { what } = explain(error);
  return (
    code === 59 ||
    code === 115 ||
    code === 303 ||
    code === 238 ||
    /no such command|not supported|not implemented/i.test(what)
  );
}
