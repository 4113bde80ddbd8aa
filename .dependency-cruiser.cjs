// The floors of src/: each imports only floors below it.
const features = [
  'health',
  'hiding',
  'screens',
  'status',
  'files',
  'presence',
  'execution',
  'cellmenu',
  'runtime',
  'artifacts',
  'grid',
  'drops',
  'ai',
  'aicells',
  'assistant',
  'history',
  'sharing',
  'dashboard',
  'inspector'
];
// From the ground up. Files directly in src/ are index.ts and tokens.ts only.
const floors = ['generated', 'tokens', 'api', 'sync', 'documents'];
const folders = [...floors, ...features, 'ui'].join('|');
const tests = '/__tests__/';

const above = floor =>
  `^src/(${[...floors.slice(floors.indexOf(floor) + 1), ...features, 'ui', 'index'].join('|')})([./]|$)`;

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no floor.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'known-folders-only',
      comment: 'A new folder needs a place among the floors in this file.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/[^/]+/', pathNot: [`^src/(${folders}|__tests__)/`] }
    },
    {
      name: 'unknown-folders-import-nothing',
      comment: 'The same, seen from a folder that nobody imports.',
      severity: 'error',
      from: {
        path: '^src/[^/]+/',
        pathNot: [`^src/(${folders}|__tests__)/`]
      },
      to: {}
    },
    ...floors.map(floor => ({
      name: `${floor}-imports-only-below`,
      comment: `${floor} stands on: ${floors.slice(0, floors.indexOf(floor)).join(', ') || 'nothing'}.`,
      severity: 'error',
      from: { path: `^src/${floor}([./])`, pathNot: tests },
      to: { path: above(floor) }
    })),
    {
      name: 'features-are-strangers',
      comment: 'Features meet through tokens, never by importing one another.',
      severity: 'error',
      from: { path: `^src/(${features.join('|')})/`, pathNot: tests },
      to: {
        path: `^src/(${features.join('|')}|index)([./])`,
        pathNot: '^src/$1/'
      }
    },
    {
      name: 'ui-knows-no-service',
      comment: 'ui/ holds icons and small widgets.',
      severity: 'error',
      from: { path: '^src/ui/', pathNot: tests },
      to: { path: ['^src/(?!ui/)', 'node_modules/@jupyterlab/services/'] }
    },
    {
      name: 'only-index-lists-plugins',
      comment: 'index.ts is the plugin list.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/index\\.ts$', tests] },
      to: { path: '^src/[^/]+/plugin\\.tsx?$' }
    },
    {
      name: 'index-only-lists-plugins',
      comment:
        'index.ts imports plugin files and tokens, nothing else of ours.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: {
        path: '^src/',
        pathNot: ['^src/[^/]+/plugin\\.tsx?$', '^src/tokens\\.ts$']
      }
    },
    {
      name: 'models-have-no-view',
      comment: 'A model has no DOM and no React.',
      severity: 'error',
      from: { path: '^src/[^/]+/model\\.ts$' },
      to: {
        path: [
          '\\.tsx$',
          '^src/ui/',
          'node_modules/(react|react-dom|@lumino/widgets|@lumino/virtualdom|@jupyterlab/ui-components)/'
        ]
      }
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests }
    },
    {
      name: 'declared-dependencies-only',
      comment: 'What the product imports is declared under dependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/@types/'
      }
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.(svg|css)$' }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types', 'typings']
    },
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true
  }
};
