import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Files outside the TypeScript project; ui-tests has its own package.
const ignored = [
  '.lab/**',
  '.pytest_cache/**',
  '.venv/**',
  '.yarn/**',
  'anode_jlab/labextension/**',
  'build/**',
  'coverage/**',
  'dist/**',
  'docs/**',
  'lib/**',
  'node_modules/**',
  'src/generated/**',
  'ui-tests/**'
];

export default tseslint.config(
  { ignores: ignored },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        project: './tsconfig.test.json',
        tsconfigRootDir: import.meta.dirname
      }
    },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } }
      ],
      // A token and its interface share one name; a class and its options too.
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_' }
      ],
      // Lumino's signals take the method and its `this` as two arguments.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      'no-redeclare': 'off',
      'no-unused-vars': 'off',
      curly: ['error', 'all'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-restricted-globals': [
        'error',
        {
          name: 'setInterval',
          message: 'Use Poll of @lumino/polling: it backs off and is disposed.'
        }
      ],
      'prefer-arrow-callback': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error'
    }
  },
  jupyter.configs.recommended.map(config => ({
    ...config,
    plugins: { jupyter }
  })),
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { jupyter },
    rules: {
      // Chunks that load later fail once the server is gone; ours load with the page.
      'jupyter/prefer-lazy-imports': 'off'
    }
  },
  {
    files: ['src/**/__tests__/**/*.{ts,tsx}'],
    languageOptions: { globals: { ...globals.jest, ...globals.node } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-signal-cleanup': 'off',
      'jupyter/require-signal-this-arg': 'off',
      'jupyter/prefer-signal-this-arg': 'off'
    }
  },
  {
    // Scripts for node; some of their functions run inside a page.
    files: ['**/*.cjs', '**/*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } }
  },
  {
    // The parts of one script.
    files: ['anode_jlab/handlers/shell_*.js'],
    languageOptions: {
      globals: globals.serviceworker,
      sourceType: 'script'
    },
    rules: {
      'no-undef': 'off',
      'no-unused-vars': ['error', { vars: 'local' }]
    }
  },
  {
    files: ['style/*.js'],
    languageOptions: { globals: globals.browser }
  },
  prettier,
  // eslint-config-prettier switches this one off; braces are wanted everywhere.
  { files: ['src/**/*.{ts,tsx}'], rules: { curly: ['error', 'all'] } }
);
