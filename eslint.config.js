import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Directories of src that a file may not import from, and why. */
const forbid = (message, ...directories) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ regex: `^(\\.\\./)+(src/)?(${directories.join('|')})(/|\\.js$)`, message }] },
  ],
});

export default defineConfig(
  { ignores: ['dist/', '.tap/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // node-forge types the number of a context tag as that of a universal type.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // An async function without await is how a hook or a store keeps to its interface.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // tap waits for its subtests.
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts', 'src/main.ts', 'src/mock-dsp/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'config.ts alone reads settings.' },
      ],
    },
  },
  {
    files: ['src/rules/**/*.ts'],
    rules: forbid(
      'Judgement is pure: no edge, no framework.',
      'http',
      'stores',
      'app',
      'start',
      'config',
      'mock-dsp',
    ),
  },
  {
    files: ['src/duis/**/*.ts', 'src/smki/**/*.ts', 'src/metering-point/**/*.ts'],
    rules: forbid(
      'Translators are pure: no edge, no framework.',
      'http',
      'stores',
      'app',
      'start',
      'config',
      'mock-dsp',
    ),
  },
  {
    files: ['src/mock-dsp/**/*.ts'],
    ignores: ['src/mock-dsp/main.ts'],
    rules: forbid(
      'The pipeline knows the right answers by itself, and not from the code that it tests.',
      'duis',
      'smki',
      'metering-point',
      'rules',
      'reference-data',
      'http',
      'stores',
      'validate',
    ),
  },
);
