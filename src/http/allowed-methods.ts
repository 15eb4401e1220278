import type { FastifyInstance } from 'fastify';

/** Which methods a path takes, of the routes that are added from now on; none where there is nothing at it. */
export function allowedMethods(app: FastifyInstance): (path: string) => readonly string[] {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const pattern = url.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll(/:\w+/g, '[^/]+');
    const { methods } = routes.get(url) ?? { methods: new Set() };
    for (const each of [method].flat()) methods.add(each);
    routes.set(url, { path: new RegExp(`^${pattern}$`), methods });
  });
  return (path) => {
    const found = [...routes.values()].filter((route) => route.path.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  };
}
