/**
 * Messages of MySQL's and MariaDB's servers and tools, and what they mean (MySQL manual, "Server Error Message Reference"). They name
 * tables, which may be called as anything, so that patterns are whole phrases or codes.
 */
import type { Cause } from '../tool-output.ts';

export const mysqlCauses: readonly Cause[] = [
  {
    pattern: /Access denied for user .* to database|command denied to user|need \(at least one of\) the/i,
    likelyCause: 'the account lacks a privilege',
    fix: 'grant what the message names, then run again (docs/mysql.md lists what a dump needs)',
    code: 'access-denied',
  },
  {
    pattern: /Access denied for user|using password: (YES|NO)|ER_ACCESS_DENIED/i,
    likelyCause: 'user name or password is wrong, the password has expired, or the account may not log in from here',
    fix: 'check user and password in database-url (special characters of a password are written as %XX), and the host of the account',
    code: 'access-denied',
  },
  {
    pattern: /password has expired|must reset your password/i,
    likelyCause: 'the password has expired',
    fix: "set a new one: ALTER USER … IDENTIFIED BY '…'",
    code: 'access-denied',
  },
  {
    pattern:
      /\bself.signed certificate\b|\bSELF_SIGNED_CERT|\bunable to (verify|get)\b.*\bcertificate\b|\b(bad|peer|server|client|SSL) certificate\b|\bcertificate (has expired|is not|signed|verif\w+|validation|required|unknown|revoked)\b|\bcertificate name mismatch\b|\bCERT_(HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)\b|\bERR_TLS_|Hostname\/IP does not match/i,
    likelyCause: 'the certificate of the server is not signed by the authority in ssl-ca, or is of another name',
    fix: "give the server's authority in ssl-ca (for Amazon RDS, the file global-bundle.pem), and the name that the certificate has",
    code: 'tls',
  },
  {
    pattern:
      /does not support secure connection|HANDSHAKE_NO_SSL_SUPPORT|SSL connection error|require_secure_transport/i,
    likelyCause: 'server and client do not agree on an encrypted connection',
    fix: 'set ssl-mode in the URL to what the server can: REQUIRED where it insists, DISABLED where it has no TLS',
    code: 'tls',
  },
  {
    pattern: /\bcaching_sha2_password\b|\bAuthentication plugin\b|\bAUTH_SWITCH_PLUGIN/i,
    likelyCause: 'the client installed does not know how the account logs in',
    fix: "install the client of the server's own product and series",
    code: 'tool-missing',
  },
  { pattern: /Unknown database/i, likelyCause: 'the database does not exist, or has another name', code: 'not-found' },
  {
    pattern:
      /\bECONNREFUSED\b|\bENOTFOUND\b|\bEHOSTUNREACH\b|\bETIMEDOUT\b|\bEAI_AGAIN\b|Can't connect to|Unknown (MySQL )?server host/i,
    likelyCause: 'the server cannot be reached: wrong host or port, it does not run, or a firewall is between',
    fix: 'check host and port in the URL, and that the runner may reach them',
    code: 'unreachable',
  },
  {
    pattern: /underlying table which is differently defined/i,
    likelyCause: 'a MERGE table names tables that are gone, or that differ from it',
    fix: 'drop the MERGE table, or alter its UNION to tables that are there',
    code: 'table-damaged',
  },
  {
    pattern: /doesn't exist in engine|Tablespace (is missing|has been discarded)|error 19[34]\b/i,
    likelyCause: 'the server knows a table whose data file is gone, or which its storage engine cannot open',
    fix: "look into the server's error log; bring the file of the table back, or drop the table and restore it from an older dump",
    code: 'table-damaged',
  },
  {
    pattern: /foreign data source/i,
    likelyCause: 'a FEDERATED table shows rows of a server that does not answer, or names them wrongly',
    fix: 'repair the connection of the FEDERATED table (SHOW CREATE TABLE), or drop the table',
    code: 'table-damaged',
  },
  {
    pattern: /Can't read dir of/i,
    likelyCause: 'the server may not read a directory of its data directory, which it shows as a database',
    fix: "give the directory to the server's user, or leave it out with exclude-databases",
    code: 'table-damaged',
  },
  {
    pattern: /specified as a definer .* does not exist/i,
    likelyCause:
      'the account is gone that the definition of a view, or of a function that it calls, names as its definer',
    fix: 'make it again with a definer that exists, or drop it',
    code: 'invalid-view',
  },
  {
    pattern: /Table definition has changed|doesn't exist/i,
    likelyCause: 'a table was created, altered, truncated or dropped while it was dumped',
    fix: 'run again, at a time when no migration runs',
    code: 'disturbed',
  },
  {
    pattern: /Cannot use --dump-history/i,
    likelyCause: 'a table with transaction-precise history was made after the inspection',
    fix: 'run again',
    code: 'disturbed',
  },
  {
    pattern: /references invalid table/i,
    likelyCause:
      'a view names a table, a column or a function that is no longer there, or an account that may not read it',
    fix: 'repair or drop the view, then run again',
    code: 'invalid-view',
  },
  {
    pattern: /Lock wait timeout exceeded/i,
    likelyCause: 'another session holds a lock',
    fix: 'dump at another time, or end the session that holds the lock (SHOW PROCESSLIST)',
    code: 'locked',
  },
  {
    pattern: /Deadlock found/i,
    likelyCause: 'another session wanted the same locks in another order',
    fix: 'run again',
    code: 'locked',
  },
  {
    pattern: /Got packet bigger|max_allowed_packet|ER_NET_PACKET_TOO_LARGE/i,
    likelyCause: 'a row is larger than the server sends or takes',
    fix: 'raise max_allowed_packet of the server (at most 1G)',
    code: 'resources',
  },
  {
    pattern:
      /gone away|Lost connection|closed state|PROTOCOL_CONNECTION_LOST|\bECONNRESET\b|\bEPIPE\b|Server shutdown in progress|Connection was killed|read timeout/i,
    likelyCause: 'the server was restarted, ended the session, or the network was cut',
    fix: "run again; look into the server's error log when it happens again",
    code: 'connection-lost',
  },
  {
    pattern: /is marked as crashed|Incorrect key file|is corrupt(ed)?\b/i,
    likelyCause: 'a table is damaged',
    fix: 'CHECK TABLE, then REPAIR TABLE, and run again',
    code: 'table-damaged',
  },
  {
    pattern: /Too many connections|max_user_connections/i,
    likelyCause: 'the server has no room for more sessions',
    fix: 'raise max_connections, or dump at another time; a dump needs five sessions',
    code: 'resources',
  },
];
