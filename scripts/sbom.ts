import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { z } from 'zod';
import { packageRoot } from '../src/package-root.js';

/**
 * Writes the bill of materials of what the service runs on: the packages that package-lock.json gives an installation without
 * development dependencies, by version and hash, as CycloneDX 1.5. Not in it: Node itself and the base image, which a
 * scanner of the image finds. Fails where it is not valid by the schema, or is not made of those packages.
 */

const lockedPackage = z.looseObject({ dev: z.boolean().optional(), version: z.string().optional() });
const lockFile = z.looseObject({ packages: z.record(z.string(), lockedPackage) });
const bill = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ name: z.string() }) }),
  components: z.array(
    z.looseObject({ name: z.string(), version: z.string(), hashes: z.array(z.unknown()).min(1) }),
  ),
});

const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(packageRoot, name), 'utf8')) as Record<string, unknown>;

const withoutDevDependencies = (manifest: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(manifest).filter(([member]) => member !== 'devDependencies'));

const manifest = withoutDevDependencies(readJson('package.json'));
const lock = lockFile.parse(readJson('package-lock.json'));
const packages = Object.fromEntries(
  Object.entries(lock.packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([place, each]) => [place, withoutDevDependencies(each)]),
);

/**
 * `npm sbom --omit dev` leaves out what a development dependency needs too, zod for one. Where there are no development
 * dependencies there is nothing to omit.
 */
function npmSbom(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'sbom-'));
  try {
    writeFileSync(path.join(directory, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(directory, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
    return execFileSync(
      'npm',
      ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
      { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 2 ** 20, stdio: ['ignore', 'pipe', 'inherit'] },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const sbom = bill.parse(JSON.parse(npmSbom()));
// npm takes the name of the directory.
sbom.metadata.component.name = String(manifest.name);
const text = `${JSON.stringify(sbom, undefined, 2)}\n`;

const faults: unknown = await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(text);
if (faults !== null) throw new Error(`not CycloneDX 1.5: ${JSON.stringify(faults)}`);

const listed = sbom.components.map(({ name, version }) => `${name}@${version}`).sort();
const locked = Object.entries(packages).flatMap(([place, { version }]) =>
  place === '' ? [] : [`${place.replace(/^.*node_modules\//, '')}@${String(version)}`],
);
const expected = [...new Set(locked)].sort();
if (listed.join() !== expected.join()) {
  const differing = [...listed, ...expected].filter(
    (each) => !listed.includes(each) || !expected.includes(each),
  );
  throw new Error(`not what package-lock.json installs: ${differing.join(', ')}`);
}

const file = path.resolve(process.argv[2] ?? path.join(packageRoot, 'dist/sbom.cdx.json'));
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, text);
console.log(`${String(listed.length)} packages, in ${file}`);
