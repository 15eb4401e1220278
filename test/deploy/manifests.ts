import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }).optional(),
});

export type Manifest = z.output<typeof manifest>;

/** Every document in a directory of manifests, the kustomization among them. */
export function manifestsIn(directory: string): readonly Manifest[] {
  const place = path.join(packageRoot, directory);
  return readdirSync(place)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(path.join(place, file), 'utf8'), { strict: true, merge: true }),
    )
    .map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return manifest.parse(document.toJS());
    });
}

/**
 * What is wrong with manifests by the types of Kubernetes: a member that is unknown, missing or of another type. The schemas of
 * kubernetes-models let unknown members pass; a literal that TypeScript compares with their types does not.
 */
export function typeFaults(manifests: readonly Manifest[]): readonly string[] {
  const source = manifests
    .map(({ apiVersion, kind, ...rest }, place) =>
      [
        `import type { I${kind} as T${String(place)} } from 'kubernetes-models/${apiVersion}';`,
        `export const m${String(place)}: T${String(place)} = ${JSON.stringify({ apiVersion, kind, ...rest })};`,
      ].join('\n'),
    )
    .join('\n');
  const file = path.join(packageRoot, 'manifests.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const onDisk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...onDisk,
    fileExists: (name) => name === file || onDisk.fileExists(name),
    getSourceFile: (name, version, ...others) =>
      name === file
        ? ts.createSourceFile(name, source, version)
        : onDisk.getSourceFile(name, version, ...others),
  };
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
