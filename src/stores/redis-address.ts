/** Where Redis is, and as whom to talk to it. */
export interface RedisAddress {
  readonly deployment: 'standalone' | 'sentinel' | 'cluster';
  /** The server, or the Sentinels or nodes of the cluster to begin with. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  /** The name of the group that the Sentinels watch over. */
  readonly sentinelGroup: string | undefined;
}

const address =
  /^redis(?<tls>s?)(?:-(?<deployment>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#@]+)(?:\/(?<path>[^/?#]*))?$/;

const hostAndPort = /^(?:\[(?<ipv6>[0-9A-Fa-f:]+)\]|(?<name>[0-9A-Za-z._-]+))(?::(?<port>[0-9]{1,5}))?$/;

const defaultPorts = { standalone: 6379, sentinel: 26_379, cluster: 6379 } as const;

/**
 * Reads `redis://user:password@host:6379/0`, `redis-cluster://host:6379,host:6379` or
 * `redis-sentinel://host:26379,host:26379/group`; with `rediss` in front, TLS. User and password are percent-encoded.
 * Undefined where the text is none of these.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const {
    tls,
    deployment: kind,
    user,
    password,
    hosts: list = '',
    path = '',
  } = address.exec(text)?.groups ?? {};
  if (tls === undefined) return undefined;
  const deployment = kind === 'sentinel' || kind === 'cluster' ? kind : 'standalone';
  const hosts: { host: string; port: number }[] = [];
  for (const each of list.split(',')) {
    const { ipv6, name, port } = hostAndPort.exec(each)?.groups ?? {};
    const host = ipv6 ?? name;
    const number = Number(port ?? defaultPorts[deployment]);
    if (host === undefined || number < 1 || number > 65_535) return undefined;
    hosts.push({ host, port: number });
  }
  if (deployment === 'standalone' ? hosts.length !== 1 || !/^[0-9]{0,2}$/.test(path) : false)
    return undefined;
  if (deployment === 'cluster' && path !== '') return undefined;
  if (deployment === 'sentinel' && path === '') return undefined;
  const credentials = [user, password].map((value) =>
    value === undefined || value === '' ? undefined : decode(value),
  );
  if (credentials.includes(null)) return undefined;
  const [username, secret] = credentials as (string | undefined)[];
  return {
    deployment,
    hosts,
    tls: tls === 's',
    username,
    password: secret,
    db: deployment === 'standalone' ? Number(path) : 0,
    sentinelGroup: deployment === 'sentinel' ? path : undefined,
  };
}

/** Null where the percent-encoding is broken. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
