/** Findings that stay: mostly what is newer than the linter. */
import type { KnownDifference } from '../../points.ts';

const workflowSyntax = 'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax';
const contexts = 'https://docs.github.com/en/actions/reference/workflows-and-actions/contexts';
const metadata = 'https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax';

export const known: readonly KnownDifference[] = [
  {
    point: /^actionlint: .*(specifying action "\$\/actions\/|reusable workflow call "\$\/\.github\/workflows\/)/,
    right: 'Holdfast',
    why: 'actionlint does not know `uses: $/…` yet, the repository of the workflow at its own commit.',
    source: workflowSyntax,
  },
  {
    point: /^actionlint: .*unexpected key "queue" for "concurrency" section/,
    right: 'Holdfast',
    why: 'actionlint does not know `concurrency.queue` yet, which keeps every waiting run.',
    source: workflowSyntax,
  },
  {
    point: /^actionlint: .*property "workflow_(repository|sha)" is not defined/,
    right: 'Holdfast',
    why: 'actionlint does not know the repository and the commit of the file of a job in the context `job` yet.',
    source: contexts,
  },
  {
    point: 'action-validator: node24',
    right: 'Holdfast',
    why: 'action-validator does not know actions that run on Node 24.',
    source: metadata,
  },
  {
    point: 'action-validator: queue',
    right: 'Holdfast',
    why: 'action-validator does not know `concurrency.queue`.',
    source: workflowSyntax,
  },
  {
    point: 'action-validator: attestations',
    right: 'Holdfast',
    why: 'action-validator does not know the permission `attestations`.',
    source: workflowSyntax,
  },
  {
    point: /^zizmor: .*title=overprovisioned-secrets/,
    right: 'Holdfast',
    why: 'zizmor reads a secret whose name is computed as all secrets; here the name is that of one database, chosen before a runner has the job, which gets it alone.',
    source: 'https://docs.zizmor.sh/audits/#overprovisioned-secrets',
  },
  {
    point: /^zizmor: .*title=unpinned-images/,
    right: 'both',
    why: 'The image of the service for restores is the choice of the caller, who may give a digest; a default names a series, whose corrections it is to get.',
    source: 'https://docs.zizmor.sh/audits/#unpinned-images',
  },
  {
    point: /^hadolint: ops\/Dockerfile: .*DL3008/,
    right: 'both',
    why: 'Packages have no version in the Dockerfile: Debian removes an old one as soon as it mends it.',
    source: 'https://github.com/hadolint/hadolint/wiki/DL3008',
  },
  {
    point: /^hadolint: ops\/Dockerfile: .*DL4006/,
    right: 'both',
    why: 'The shell of the base image knows no pipefail; a pipe that fails hands on nothing, and the fingerprint that is then missing ends the build.',
    source: 'https://github.com/hadolint/hadolint/wiki/DL4006',
  },
];
