/**
 * Who may import whom: the layers of src/README.md, enforced. `npm run check` runs the rules on the repository, and
 * test/unit/import-rules.test.ts shows that each of them bites.
 *
 * Type-only imports count: a type that is needed from above is in the wrong place.
 */

/**
 * The layers of src from the bottom up, and what each may import from src besides itself. A layer that is not named may import
 * nothing; an edge that is missing here is added with its reason, or the code moves.
 */
const below = ['domain', 'runtime', 'ports', 'host'];
export const layers = {
  // What a backup is. Imports nothing at all: see `domain-needs-no-library`.
  domain: [],
  // The timeline records the domain's steps.
  runtime: ['domain'],
  // The host scripts and their catalogue: parameters and answers.
  host: ['domain'],
  // `Hosts` runs the scripts of the catalogue.
  ports: ['domain', 'runtime', 'host'],

  quiesce: below,
  // Plans a backup with the pause it asks for.
  volume: [...below, 'quiesce'],
  // Quiesces the instance around the snapshots.
  rotation: [...below, 'quiesce'],
  anonymize: below,
  // Reads a dump's SQL with the readers of anonymize/format when it asks whether it can be restored.
  // The MongoDB engine sorts mongodump's stream into files with the reader of anonymize/bson/format.
  dump: [...below, 'anonymize/format', 'anonymize/bson/format'],
  report: below,
  // Knows the tags of the rotation, and how they are misspelt.
  doctor: [...below, 'rotation'],
  // Reads receipts and tags of all kinds, and the workflow files as the doctor does. The status page takes text from outside apart as
  // the other reports do.
  watch: [...below, 'dump', 'rotation/plan', 'doctor', 'report/render'],

  'adapters/aws': below,
  // An engine's adapter runs the SQL of dump/engines with its tools, and reads what they write.
  'adapters/databases': [...below, 'dump', 'anonymize/bson/format'],
  // Starts kubectl, docker and podman as the engines start their tools.
  'adapters/kubernetes': [...below, 'adapters/databases'],
  // Summaries and issues are rendered by report.
  'adapters/github': [...below, 'report'],
  // Messages too; and the toolkit masks the webhook's address.
  'adapters/notify': [...below, 'report', 'adapters/github'],
  // What runs inside the stack: it has AWS, and no GitHub.
  function: [...below, 'watch', 'adapters/aws'],
  // `main` and `post` wire everything together; which of their modules may see an adapter says `only-wiring-sees-adapters`.
  actions: [...below, 'quiesce', 'volume', 'rotation', 'anonymize', 'dump', 'report', 'doctor', 'watch', 'adapters'],
};

/** The rooms of src/anonymize from the bottom up, and what each may import besides itself: see src/anonymize/README.md. */
export const anonymizeRooms = {
  bytes: [],
  kernels: ['bytes'],
  format: ['bytes', 'kernels'],
  emails: ['bytes', 'kernels'],
  numbers: ['bytes'],
  schema: ['bytes', 'format'],
  rules: ['bytes', 'kernels', 'format', 'emails', 'schema'],
  rewrite: ['bytes', 'kernels', 'format', 'emails', 'schema', 'rules'],
  // Without emails: it must not share the rewriter's mistakes.
  'leak-check': ['bytes', 'kernels', 'format', 'numbers', 'schema', 'rules'],
  threads: ['bytes', 'emails', 'format', 'leak-check', 'rewrite', 'rules', 'schema'],
  // Tries what it proposes.
  audit: ['bytes', 'format', 'emails', 'numbers', 'schema', 'rules', 'pipeline'],
  'bson/format': ['bytes'],
  bson: ['bytes', 'kernels', 'format', 'emails', 'numbers', 'schema', 'rules', 'rewrite', 'leak-check', 'pipeline'],
  pipeline: ['bytes', 'kernels', 'format', 'emails', 'numbers', 'schema', 'rules', 'rewrite', 'leak-check', 'threads'],
};

/** The modules of an action that wire it, and what they share. */
const entries =
  '^src/actions/(common/(all-backups|heartbeat|services|start)|[^/]+/(main|post|wiring|engines/[^/]+))\\.ts$';
const sdk = '(@aws-sdk|@smithy|@actions)/';

export default {
  forbidden: [
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-imports`,
      comment: `src/${layer} imports from src only ${[layer, ...allowed].join(', ')}.`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: {
        path: '^src/',
        pathNot: [layer, ...allowed].map((one) => `^src/${one}/`),
      },
    })),
    {
      name: 'no-unknown-layer',
      comment: 'Every module of src lies in a folder that has a rule here; no file is loose.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(layers).join('|')})/` },
      to: {},
    },
    {
      name: 'domain-needs-no-library',
      comment: 'src/domain says what a backup is: no library, not even Node.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^(src|lab|scripts|bench|crosscheck|test)/' },
    },
    {
      name: 'only-adapters-import-an-sdk',
      comment: 'AWS, GitHub and the toolkit are reached through ports; only src/adapters imports their clients.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/' },
      to: { path: `(^|node_modules/)${sdk}` },
    },
    {
      name: 'only-wiring-sees-adapters',
      comment:
        'In an action only main, post and wiring with its engines, and the common services, make adapters; the rest knows ports.',
      severity: 'error',
      from: { path: '^src/actions/', pathNot: entries },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'only-entries-see-wiring',
      comment: 'What makes adapters is reached from the entries of an action alone: the rest gets ports.',
      severity: 'error',
      from: { path: '^src/actions/', pathNot: entries },
      to: { path: '^src/actions/(common/(all-backups|heartbeat|services|start)|[^/]+/(wiring|engines/[^/]+))\\.ts$' },
    },
    {
      name: 'only-database-adapters-start-programs',
      comment: 'Programs are started by src/adapters/databases alone, where each has a deadline and an abort signal.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/databases/' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'actions-are-separate',
      comment: 'An action never imports another; what two of them need lies in actions/common or in a capability.',
      severity: 'error',
      from: { path: '^src/actions/([^/]+)/' },
      to: { path: '^src/actions/', pathNot: '^src/actions/($1|common)/' },
    },
    {
      name: 'plans-do-not-execute',
      comment:
        'rotation/plan decides, as pure functions; rotation/execute acts on the decisions, rotation/report shows them.',
      severity: 'error',
      from: { path: '^src/rotation/plan/' },
      to: { path: '^src/rotation/(execute|report)/' },
    },
    {
      name: 'watch-decides-anywhere',
      comment:
        'watch/watchdog, patrol, page, metrics and evidence (but for its read/) decide and render from what was read: they also run where there is no GitHub and no file system.',
      severity: 'error',
      from: {
        path: '^src/watch/(watchdog|patrol|page|metrics|evidence|promises/promise\\.ts|stack/(told|wrong|news|mail)\\.ts)',
        pathNot: '^src/watch/evidence/read/',
      },
      to: {
        path: [
          '^src/(ports|host|dump|rotation/(execute|report)|doctor)/',
          '^src/watch/inventory/',
          '^(node:)?(fs|child_process|net|https?)(/|$)',
        ],
      },
    },
    ...Object.entries(anonymizeRooms).map(([room, allowed]) => ({
      name: `anonymize-${room}-imports`,
      comment: `src/anonymize/${room} imports from src/anonymize only ${[room, ...allowed].join(', ')}.`,
      severity: 'error',
      from: { path: `^src/anonymize/${room}/` },
      to: { path: '^src/anonymize/', pathNot: `^src/anonymize/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'anonymize-has-only-rooms',
      comment: 'Every module of src/anonymize lies in a room that has a rule here.',
      severity: 'error',
      from: { path: '^src/anonymize/', pathNot: `^src/anonymize/(${Object.keys(anonymizeRooms).join('|')})/` },
      to: {},
    },
    {
      name: 'src-stands-alone',
      comment: 'What is released never imports lab, scripts, bench, crosscheck or test.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(lab|scripts|bench|crosscheck|test)/' },
    },
    {
      name: 'only-tests-import-tests',
      comment:
        'lab, scripts, bench and crosscheck never import test, nor bench or crosscheck of another, and lab knows no script.',
      severity: 'error',
      from: { path: '^(lab|scripts|bench|crosscheck)/' },
      // The table of what was heard is generated.
      to: { path: '^(test|bench|crosscheck)/', pathNot: '^($1/|crosscheck/record\\.ts$)' },
    },
    {
      name: 'lab-knows-no-script',
      comment: 'Scripts start the lab, never the reverse.',
      severity: 'error',
      from: { path: '^lab/' },
      to: { path: '^scripts/' },
    },
    {
      name: 'released-dependencies',
      comment: 'What src imports is bundled: it stands under `dependencies` in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-circles',
      comment: 'Modules that import each other are one module, or a third one is missing.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dead-module',
      comment:
        'Every module of src is reached from the entry of an action, of the function in the stack or of a thread; the catalogue of host scripts, from the generator; the status page, from npm run status.',
      severity: 'error',
      from: { path: '^src/(actions/[^/]+/(main|post)|function/[^/]+/main|anonymize/threads/entry)\\.ts$' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(host/catalogue/|watch/(page|status|evidence|metrics)/|actions/[^/]+/(main|post)\\.ts$|function/[^/]+/main\\.ts$|anonymize/threads/entry\\.ts$)',
        reachable: false,
      },
    },
    {
      name: 'no-unresolved-import',
      comment: 'An import that leads nowhere would escape the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no programming interface; swc, which jest uses too, reads the sources as they are.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
