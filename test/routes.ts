import type { FastifyInstance } from 'fastify';

export interface Route {
  readonly method: string;
  /** As it was registered, with its parameters. */
  readonly path: string;
}

/** Every route that is served, those of HEAD too. */
export function routesOf(app: FastifyInstance): Route[] {
  // The tree of routes, a level every four characters, each line going on where its parent ends.
  const places: string[] = [];
  const served: Route[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', segment = '', methods] = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line) ?? [];
    const depth = indent.length / 4;
    const path = `${depth === 0 ? '' : places[depth - 1]!}${segment}`;
    places[depth] = path;
    for (const method of methods?.split(', ') ?? []) served.push({ method, path });
  }
  return served;
}
