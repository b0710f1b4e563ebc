/** One project per kind of test (see README, "Tests"); jest runs under Node 24 through scripts/test.ts. */
const official = '@actions/(workflow-parser|expressions|languageservice)';
const shared = {
  testEnvironment: '<rootDir>/test/jest/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
    [`/node_modules/${official}/.+\\.js$`]: '<rootDir>/test/jest/json-imports.mjs',
  },
  moduleNameMapper: { '^fast-check$': '<rootDir>/test/jest/fast-check.mjs' },
  transformIgnorePatterns: [`/node_modules/(?!${official}/)`],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/', '<rootDir>/.lab/'],
};
/** Folders of test/. A suite that takes minutes is named *.long.test.ts, and left out of `npm test`. */
const kinds = ['unit', 'contract', 'scenario', 'crash'];

/** Everything that decides about deletion; the unit tests cover every branch of it. */
const decidesAboutDeletion = ['expire', 'origin', 'dates', 'tags', 'retention'];

export default {
  // Nothing here depends on how fast the computer is: see test/jest/environment.mjs.
  testTimeout: 120_000,
  testSequencer: './test/jest/sequencer.ts',
  coverageProvider: 'babel',
  coverageDirectory: '.lab/coverage',
  coverageReporters: [['text', { skipFull: true }]],
  collectCoverageFrom: decidesAboutDeletion.map((name) => `src/rotation/plan/${name}.ts`),
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
  projects: kinds.map((kind) => ({ ...shared, displayName: kind, testMatch: [`<rootDir>/test/${kind}/**/*.test.ts`] })),
};
