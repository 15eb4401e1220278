import { constants, createHash, X509Certificate } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import forge from 'node-forge';
import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config.js';
import { followFiles } from '../stores/follow-files.js';
import { type Client, tlsClient } from './client.js';

/** Who is at the other end of a connection. */
export interface Connected {
  /** Undefined: it has no name that is allowed. */
  readonly client: Client | undefined;
  /** Its certificate has expired since, or was verified by what no longer counts: it is to connect anew. */
  readonly isOutdated: (at: Date) => boolean;
}

/** TLS as the files have it now, or last had it where they have a fault. */
export interface LiveTls {
  readonly options: () => SecureContextOptions & {
    readonly requestCert: boolean;
    readonly rejectUnauthorized: boolean;
  };
  /** Keeps a server at what the files have. Connections that are open stay open. */
  readonly keep: (server: HttpsServer) => void;
  /** Of a connection over mutual TLS; undefined of any other. */
  readonly connected: (socket: object) => Connected | undefined;
  /** Whether clients have to show a certificate. */
  readonly isMutual: boolean;
  readonly close: () => void;
}

type Settings = Pick<
  Config,
  | 'TLS_CERT_FILE'
  | 'TLS_KEY_FILE'
  | 'TLS_CLIENT_CA_FILE'
  | 'TLS_CLIENT_CRL_FILE'
  | 'TLS_CLIENT_NAMES'
  | 'TLS_MIN_VERSION'
>;

/** What was made of the files, and a hash of what clients are verified by, to tell whether that has changed. */
interface Material {
  readonly options: ReturnType<LiveTls['options']>;
  readonly clientTrust: string;
  readonly validTo: string;
}

/** TLS by the settings; undefined where they ask for none. Throws a ConfigError where the files cannot be used to begin with. */
export async function liveTls(settings: Settings, logger: Logger): Promise<LiveTls | undefined> {
  const {
    TLS_CERT_FILE: cert,
    TLS_KEY_FILE: key,
    TLS_CLIENT_CA_FILE: ca,
    TLS_CLIENT_CRL_FILE: crl,
  } = settings;
  if (cert === undefined || key === undefined) return undefined;
  const files = [cert, key, ...(ca === undefined ? [] : [ca]), ...(crl === undefined ? [] : [crl])];
  const isMutual = ca !== undefined;
  const servers = new Set<HttpsServer>();
  const followed = await followFiles(files, (contents) => materialOf(contents, settings), {
    onChange: ({ options, validTo }) => {
      for (const server of servers) server.setSecureContext(options);
      logger.info({ files, validTo }, 'has new TLS certificates');
    },
    onFault: ({ message }) => {
      logger.error({ files, message }, 'keeps the TLS certificates that it has');
    },
  }).catch((cause: unknown) => {
    throw new ConfigError([`TLS_CERT_FILE, TLS_KEY_FILE and those of clients: ${(cause as Error).message}`]);
  });

  const connections = new WeakMap<object, Connected>();
  const remember = (socket: TLSSocket): void => {
    const certificate = socket.getPeerX509Certificate();
    const { clientTrust } = followed.current();
    const validTo = new Date(certificate?.validTo ?? 0);
    connections.set(socket, {
      client: certificate && tlsClient(certificate, settings.TLS_CLIENT_NAMES),
      isOutdated: (at) => followed.current().clientTrust !== clientTrust || validTo <= at,
    });
  };
  return {
    options: () => followed.current().options,
    keep: (server) => {
      servers.add(server);
      server.once('close', () => servers.delete(server));
      if (isMutual) server.on('secureConnection', remember);
    },
    connected: (socket) => connections.get(socket),
    isMutual,
    close: followed.close,
  };
}

/** Throws where a key is not that of its certificate, or anything cannot be read. */
function materialOf([cert, key, ca, crl]: readonly Buffer[], settings: Settings): Material {
  const isMutual = settings.TLS_CLIENT_CA_FILE !== undefined;
  const options = {
    cert,
    key,
    minVersion: settings.TLS_MIN_VERSION,
    ...(isMutual && { ca: pemBlocks(ca, 'CERTIFICATE') }),
    ...(crl !== undefined && { crl: pemBlocks(crl, 'X509 CRL') }),
    // Whoever comes back shows its certificate again, which may have expired or been revoked since.
    ...(isMutual && { secureOptions: constants.SSL_OP_NO_TICKET }),
    requestCert: isMutual,
    rejectUnauthorized: isMutual,
  };
  createSecureContext(options);
  for (const each of options.ca ?? []) new X509Certificate(each);
  return {
    options,
    clientTrust: createHash('sha256')
      .update([...(options.ca ?? []), ...(options.crl ?? [])].join())
      .digest('hex'),
    validTo: new X509Certificate(cert ?? '').validTo,
  };
}

/** Each by itself: of a text with several, OpenSSL takes the first alone. Throws where there is none, or something else. */
function pemBlocks(bytes: Buffer | undefined, type: string): string[] {
  const blocks = forge.pem.decode(bytes?.toString('latin1') ?? '');
  if (blocks.some((block) => block.type !== type)) throw new Error(`there is something else than ${type}`);
  return blocks.map((block) => forge.pem.encode(block));
}
