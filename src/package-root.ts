import { fileURLToPath } from 'node:url';

/** The directory of package.json, seen from dist/src. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
