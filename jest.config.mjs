/** One project per kind of test (see README, "Tests"); jest runs under Node 24 through scripts/node24. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/dist/', '<rootDir>/.lab/'],
};
const kinds = ['unit', 'contract', 'scenario', 'crash'];

/** Everything that decides about deletion; `npm test` without further words holds it to full branch coverage. */
const decidesAboutDeletion = ['expire', 'origin', 'dates', 'tags', 'retention'];

export default {
  // Nothing here depends on how fast the machine is.
  testTimeout: 120_000,
  testSequencer: './test/sequencer.ts',
  coverageProvider: 'babel',
  coverageDirectory: '.lab/coverage',
  coverageReporters: ['text'],
  collectCoverageFrom: decidesAboutDeletion.map((name) => `src/rotation/plan/${name}.ts`),
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
  projects: kinds.map((kind) => ({ ...shared, displayName: kind, testMatch: [`<rootDir>/test/${kind}/**/*.test.ts`] })),
};
