import { Command, Option } from 'commander';
import { type AdminToken, createAdminToken, type Scope, scopes } from '../callers/admin-tokens.js';
import { type Context, tell } from './context.js';
import { CliError } from './exit.js';
import { dayOption } from './options.js';

interface CreateOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly expires?: string;
}

interface CreateResult {
  readonly token: string;
  readonly entry: AdminToken;
}

export const tokensCommand = (contextOf: () => Context): Command =>
  new Command('tokens').description('Makes tokens for administrators.').addCommand(createCommand(contextOf));

const createCommand = (contextOf: () => Context): Command =>
  new Command('create')
    .description('Makes a token, and its entry for ADMIN_TOKENS_FILE. It is shown once, and kept nowhere.')
    .requiredOption('--name <name>', 'whose it is, for the log')
    .addOption(new Option('--scope <scopes...>', 'what it is good for').choices(scopes).makeOptionMandatory())
    .addOption(dayOption('--expires <day>', 'the day from whose start (UTC) it is good for nothing'))
    .action(({ name, scope, expires }: CreateOptions) => {
      const context = contextOf();
      tell(context, create(name, [...new Set(scope)], expires), ({ token, entry }) =>
        [
          `The token, which is not shown again:\n\n  ${token}\n`,
          `Its entry for the JSON list in ADMIN_TOKENS_FILE, [ENTRY, …]:\n\n  ${JSON.stringify(entry)}`,
        ].join('\n'),
      );
    });

function create(name: string, scope: AdminToken['scopes'], expires: string | undefined): CreateResult {
  const made = createAdminToken({
    name,
    scopes: scope,
    ...(expires !== undefined && { expiresAt: `${expires}T00:00:00Z` }),
  });
  if (made === undefined)
    throw new CliError('a name has up to 64 letters, digits, dots, hyphens and underscores');
  return made;
}
