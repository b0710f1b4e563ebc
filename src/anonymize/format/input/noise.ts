/** What other programs write into a dump, before its first line or behind its last one, with whose output it was mixed. */

interface Producer {
  readonly name: string;
  readonly pattern: RegExp;
}

/** A line of each, without colours. Nothing that pg_dump writes begins so. */
const producers: readonly Producer[] = [
  {
    name: 'kubectl',
    pattern:
      /^(Defaulted container "|Defaulting container name to |Unable to use a TTY|Use 'kubectl |If you don't see a command prompt|command terminated with exit code \d+|pod "?[\w.-]+"? (deleted|created)|pod\/[\w.-]+ (created|deleted)|Flag --\S+ has been deprecated|Forwarding from |Handling connection for |Error from server|error: (unable to|lost connection|You must be logged in|timed out)|E\d{4} [\d:.]+ +\d+ )/,
  },
  {
    name: 'docker',
    pattern:
      /^(the input device is not a TTY|WARN\[\d{4}\]|time="[^"]*" level=\w+ |Error response from daemon: |Error: No such container|Error: no such service|OCI runtime exec failed|Cannot connect to the Docker daemon|service "[^"]*" is not running)/,
  },
  {
    name: 'the messages of pg_dump',
    pattern: /^(pg_dump|pg_dumpall|pg_restore|psql)(\.exe)?: |^(WARNING|NOTICE|DETAIL|HINT|CONTEXT|LINE \d+): {1,2}/,
  },
  {
    name: 'the messages of mysqldump',
    pattern:
      /^(mysqldump|mysqlpump|mariadb-dump|mysql|mariadb)(\.exe)?: |^Enter password: ?$|^Warning: (A partial dump from a server that has GTIDs|Using a password on the command line|column statistics not supported)/,
  },
  {
    name: 'ssh',
    pattern:
      /^(Warning: Permanently added |Warning: the (ECDSA|RSA|ED25519) host key |Pseudo-terminal will not be allocated|The authenticity of host |Connection to \S+ closed|stdin: is not a tty|mesg: ttyname failed|\*\* WARNING: connection is not using a post-quantum|\*\* This session may be vulnerable|\*\* The server may need to be upgraded)/,
  },
  {
    name: 'sudo or su',
    pattern:
      /^(We trust you have received the usual lecture|Administrator\. It usually boils down|\s+#[1-3]\) (Respect|Think|With great)|For security reasons, the password you type|\[sudo\] |sudo: |could not change directory to ")/,
  },
  {
    name: 'the shell',
    pattern:
      /^((-?ba|da|z)?sh: (line \d+: |\d+: )?(warning: |\S+: )|perl: warning: |locale: Cannot set |\s+(LANGUAGE|LANG|LC_\w+) = |\s+are supported and installed on your system|Script (started|done)|\+{1,4} \S|Password( for user \S+)?: ?$|\w[\w.-]*@[\w.-]+[: ][^ ]*[#$%>]( |$)|\[\w[\w.-]*@[^\]]+\][#$] ?|PS [A-Z]:\\|[A-Z]:\\[^>]*>|(exit|logout)$)/,
  },
  {
    name: 'psql',
    pattern:
      /^[\w.-]+[=-][#>] ?($|\\q)|^psql \(\d|^Type "help" for help\.|^SSL connection \(protocol|^(SET|COPY \d+|INSERT \d+ \d+)$/,
  },
  {
    name: 'the AWS CLI',
    pattern: /^(An error occurred \(|fatal error: An error occurred|download failed: |Unable to locate credentials)/,
  },
  { name: 'curl', pattern: /^(curl: \(\d+\) |\s*% Total +% Received |\s+Dload +Upload )/ },
  { name: 'a decompressor', pattern: /^(gzip|gunzip|zcat|zstd|xz|bzip2|tar): / },
  { name: 'Python', pattern: /^Traceback \(most recent call last\):/ },
  { name: 'heroku or flyctl', pattern: /^( ?›|Connecting to \S+\.\.\. ?(complete|done)?$)/ },
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: ECMA-48 colours, which terminals get
const colours = /\x1b\[[\d;?]*[A-Za-z]/g;

/** A line as a person would see it. */
export function seen(line: string): string {
  return line.replace(colours, '').replace(/\r+$/, '');
}

/** @returns which program writes such lines; undefined when the line is not known */
export function producerOf(line: string): string | undefined {
  const text = seen(line);
  return producers.find(({ pattern }) => pattern.test(text))?.name;
}

/** Characters of a line that are looked at to quote its beginning; of a line without blanks, the search for addresses takes the square of them. */
const mostLooked = 4000;

/** Quotes a line, or the beginning of a long one, without what looks like an address: reports hold none. */
export function quoted(line: string): string {
  const text = seen(line.trimStart().slice(0, mostLooked))
    .trim()
    .replaceAll(/[^\s`'"=<]+@[^\s`'">]+/g, '…@…');
  return `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
}
