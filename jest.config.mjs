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

export default {
  projects: kinds.map((kind) => ({ ...shared, displayName: kind, testMatch: [`<rootDir>/test/${kind}/**/*.test.ts`] })),
};
