/** The text of a release. */
import { type Change, changesText } from './changes.ts';
import { deployCommand, type Release } from './deploy-command.ts';

export interface NotesOptions extends Release {
  /** The ops image by its digest; undefined when there is none. */
  readonly image?: string | undefined;
  /** The release before this one; undefined for the first, and when the newest one is not part of the history. */
  readonly previous: string | undefined;
  /** Commits since then, newest first. */
  readonly changes: readonly Change[];
  /** Whether the template differs from that of the release before. */
  readonly stackChanged: boolean;
}

/** GitHub takes no longer text (docs.github.com, "REST API endpoints for releases": it answers 422). */
const longest = 125_000;

export function notes(options: NotesOptions): string {
  const { repository, tag, hash, previous, image } = options;
  const text = `${introduction(options)}
## Use it

\`\`\`yaml
- uses: ${repository}/actions/ebs-rotate@${hash} # ${tag}
\`\`\`

The other actions, and the workflows that can be called (\`${repository}/.github/workflows/…\`), take the same hash.${image === undefined ? '' : ` The ops image is \`${image}\`.`}

## Deploy it

In a clone of **your** repository (its remote \`origin\`), whose default branch the roles will trust, with \`gh\` signed in as somebody who may
push there, and \`aws\` with rights to create roles. Elsewhere, put \`GH_REPO=YOUR-ORG/YOUR-REPO\` before the first line. The stack is created; one
that exists is updated with the parameters that it has. On GHE.com, \`gh\` must be signed in to github.com, too
([set-up](https://github.com/${repository}/blob/${tag}/docs/setup.md#ghecom-and-github-enterprise-server)).

\`\`\`bash
${deployCommand(options)}\`\`\`

- **In the console**: download \`holdfast.yml\` below; CloudFormation, _Create stack_, _Upload a template file_. Each parameter is explained there.
- **From a clone of this repository**: \`git checkout ${tag} && npm ci && npm run deploy\`. It shows what will change, asks, and writes your
  repository's variables.

Upgrading: [what a stack update does](https://github.com/${repository}/blob/${tag}/docs/upgrade.md).

## Verify it

\`\`\`bash
gh release verify ${tag} --repo ${repository}
gh release download ${tag} --repo ${repository} --pattern holdfast.yml
gh attestation verify holdfast.yml --repo ${repository} --signer-workflow ${repository}/.github/workflows/release.yml
\`\`\`

\`SHA256SUMS\` has the hashes of the other files below and of each file in \`dist/\`; the attestation covers what it lists.
\`holdfast.cdx.json\` lists what the bundles are made of (CycloneDX).

## Changes

${previous === undefined ? 'No earlier release is part of its history.\n' : changesText(options.changes)}${comparison(options)}`;
  return text.length <= longest ? text : `${text.slice(0, longest - 20)}\n\n(shortened)\n`;
}

function introduction({ previous, stackChanged }: NotesOptions): string {
  if (previous === undefined) return 'Deploy the stack, then use the actions.\n';
  if (stackChanged) return `The stack has changed since ${previous}: **deploy it first**, then use the actions.\n`;
  return `The stack is that of ${previous}: there is nothing to deploy.\n`;
}

function comparison({ repository, previous, tag }: NotesOptions): string {
  if (previous === undefined) return '';
  return `\n[All changes since ${previous}](https://github.com/${repository}/compare/${previous}...${tag})\n`;
}
