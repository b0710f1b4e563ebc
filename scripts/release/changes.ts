/** What changed since the last release, for readers: commits by area, in the words of their first lines. */

export interface Change {
  readonly hash: string;
  /** First line of the message. */
  readonly subject: string;
  /** Paths that it changed. */
  readonly files: readonly string[];
}

/** The first area that one of a commit's files belongs to is the commit's. */
const areas: readonly (readonly [title: string, files: RegExp])[] = [
  ['The stack', /^infra\/holdfast\.yml$/],
  ['Restore', /^(scripts\/(restore|fetchdb|populatedb)\.ts|\.github\/workflows\/restore\.yml)/],
  [
    'Backups of volumes',
    /^(actions|src\/actions)\/(ib-snapshot|verify-volume)\/|^src\/(volume|quiesce)\/|infobright-backup\.yml/,
  ],
  ['EBS rotation', /^(actions|src\/actions)\/ebs-rotate\/|^src\/rotation\/|ebs-rotate\.yml/],
  [
    'Dumps of databases',
    /^(actions|src\/actions)\/db-dump\/|^src\/(dump|adapters\/databases)\/|postgres-(backup|dump)\.yml/,
  ],
  ['Anonymiser', /^(actions|src\/actions)\/anonymize\/|^src\/anonymize\//],
  ['Set-up and checks', /^(actions|src\/actions)\/doctor\/|^src\/doctor\/|^scripts\/(deploy|setup|doctor)/],
  ['Hosts', /^src\/host\//],
  ['All actions', /^(actions|src)\//],
  ['Documentation', /^(docs\/|README\.md|SECURITY\.md|CONTRIBUTING\.md)/],
  ['Lab, tests and tools', /./],
];

/** Files that follow from others say nothing of what a commit is about. */
const generated = /^dist\/|^src\/host\/texts\.ts$|^src\/runtime\/version\.ts$|^CHANGELOG\.md$|^package-lock\.json$/;

/** Most commits that are listed; the comparison has the others. */
const longest = 150;

/** Markdown: a heading for each area, a line for each commit, newest first. */
export function changesText(changes: readonly Change[]): string {
  const told = changes.filter(({ files }) => files.length === 0 || files.some((file) => !generated.test(file)));
  if (told.length === 0) return 'No change but to generated files.\n';
  const listed = told.slice(0, longest);
  const sections = areas.flatMap(([title]) => {
    const lines = listed.filter((change) => areaOf(change) === title).map(lineOf);
    return lines.length === 0 ? [] : [`**${title}**\n\n${lines.join('\n')}\n`];
  });
  const left = told.length - listed.length;
  return `${sections.join('\n')}${left > 0 ? `\nAnd ${left} earlier ${left === 1 ? 'commit' : 'commits'}.\n` : ''}`;
}

function areaOf({ files }: Change): string {
  const own = files.filter((file) => !generated.test(file));
  return areas.find(([, pattern]) => own.some((file) => pattern.test(file)))?.[0] ?? 'Lab, tests and tools';
}

function lineOf({ hash, subject }: Change): string {
  return `- ${plain(subject)} (${hash.slice(0, 12)})`;
}

/** Text that Markdown shows as it is: no markup, no HTML, and nobody is notified. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]~|]/g, '\\$&')
    .replaceAll(/(https?):\/\//g, '$1:<!-- -->//')
    .replaceAll(/[@#](?=\w)/g, '$&<!-- -->');
}
