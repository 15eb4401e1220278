import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Nothing may be imported but what the pattern takes. */
const importOnly = (pattern, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ regex: `^(?!${pattern})`, message }] }],
});

const noClockAndNoWorld = ['Date', 'process', 'fetch', 'performance', 'setTimeout', 'setInterval', 'console'];

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
    ignores: ['src/config.ts', 'src/main.ts', 'src/cli/main.ts', 'src/mock-dsp/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'config.ts alone reads settings.' },
      ],
    },
  },
  {
    files: ['src/rules/**/*.ts'],
    rules: {
      ...importOnly(
        '\\./[^/]+$|\\.\\./(duis/vocabulary\\.js|metering-point/|smki/)',
        'Judgement is pure: it knows facts, and the words of the field.',
      ),
      'no-restricted-globals': ['error', ...noClockAndNoWorld],
    },
  },
  {
    files: ['src/duties/**/*.ts'],
    rules: {
      ...importOnly(
        '\\./[^/]+$|\\.\\./(duis/vocabulary\\.js|rules/|smki/entity-identifier\\.js)',
        'Judgement is pure: it knows facts, and the words of the field.',
      ),
      'no-restricted-globals': ['error', ...noClockAndNoWorld],
    },
  },
  {
    files: ['src/duis/**/*.ts', 'src/smki/**/*.ts', 'src/gbcs/**/*.ts', 'src/metering-point/**/*.ts'],
    rules: importOnly(
      '\\.{1,2}/(?!.*(clock|start|main|app|config|gather-facts|target-device|reference-data|stores|http|mock-dsp)(/|\\.js$))|(zod|saxes|libxml2-wasm|node-forge|lru-cache|node:crypto)$',
      'Translators are pure: no edge, no framework, no reference data.',
    ),
  },
  {
    files: ['src/mock-dsp/**/*.ts'],
    ignores: ['src/mock-dsp/main.ts'],
    rules: importOnly(
      '\\./|[^.]',
      'The pipeline knows the right answers by itself, and not from the code that it tests.',
    ),
  },
);
