import type { Logger } from 'pino';
import { ConfigError } from '../config.js';
import { followFiles } from '../stores/follow-files.js';
import { type AdminTokens, readAdminTokens } from './admin-tokens.js';

export interface LiveAdminTokens {
  /** As the file has them now, or last had them where it has a fault. Undefined: there is no file. */
  readonly adminTokens: AdminTokens | undefined;
  readonly close: () => void;
}

/** The tokens of a file, for as long as the service runs. Throws a ConfigError where it cannot be used to begin with. */
export async function liveAdminTokens(file: string | undefined, logger: Logger): Promise<LiveAdminTokens> {
  if (file === undefined) return { adminTokens: undefined, close: () => undefined };
  const followed = await followFiles([file], ([bytes = Buffer.alloc(0)]) => readAdminTokens(bytes), {
    onChange: () => {
      logger.info({ file }, 'has new administrative tokens');
    },
    onFault: ({ message }) => {
      logger.error({ file, message }, 'keeps the administrative tokens that it has');
    },
  }).catch((cause: unknown) => {
    throw new ConfigError([`ADMIN_TOKENS_FILE: ${(cause as Error).message}`]);
  });
  return {
    adminTokens: { holderOf: (token, at) => followed.current().holderOf(token, at) },
    close: followed.close,
  };
}
