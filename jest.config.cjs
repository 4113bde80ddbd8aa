const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

const base = jestJupyterLab(__dirname);

// Packages that ship ES modules only.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft',
  'color',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-indexeddb',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

module.exports = {
  ...base,
  coverageReporters: ['text', 'lcov'],
  collectCoverageFrom: [
    'src/**/*.{ts,tsx}',
    '!src/**/__tests__/**',
    '!src/generated/**'
  ],
  modulePathIgnorePatterns: [
    '<rootDir>/anode_jlab/labextension',
    '<rootDir>/build',
    '<rootDir>/ui-tests',
    '<rootDir>/\\.venv',
    '<rootDir>/\\.lab'
  ],
  reporters: [
    'default',
    ['jest-junit', { outputDirectory: 'build/reports', outputName: 'jest.xml' }]
  ],
  testPathIgnorePatterns: ['/lib/', '/node_modules/'],
  testRegex: 'src/(.*/)?__tests__/.*\\.(spec|test)\\.tsx?$',
  transform: {
    ...base.transform,
    // Types are checked once for all files by `jlpm types:check`.
    '^.+\\.tsx?$': [
      'ts-jest/legacy',
      { tsconfig: '<rootDir>/tsconfig.test.json', diagnostics: false }
    ]
  },
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
