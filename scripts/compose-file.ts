import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../src/package-root.js';

/** What a process of compose.yaml is started with. */
const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  deploy: z.object({ resources: z.object({ limits: z.object({ memory: z.string() }) }) }),
  stop_grace_period: z.string().optional(),
});

export type ComposeService = z.output<typeof service>;

/** The services of compose.yaml, with merge keys resolved and `${NAME:-default}` filled in, and `$$` as the `$` that it is. */
export function composeServices(
  environment: Readonly<Record<string, string>>,
): ReadonlyMap<string, ComposeService> {
  const text = readFileSync(path.join(packageRoot, 'compose.yaml'), 'utf8');
  const file = parse(text, { merge: true }) as { readonly services: Record<string, unknown> };
  const filled = JSON.parse(JSON.stringify(file.services), (_, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(/\$\$|\$\{(\w+)(?::-([^}]*))?\}/g, (_found, name?: string, otherwise?: string) =>
          name === undefined ? '$' : (environment[name] ?? otherwise ?? ''),
        )
      : value,
  ) as Record<string, unknown>;
  return new Map(Object.entries(filled).map(([name, each]) => [name, service.parse(each)]));
}

/** What the image sets for a process, and runs where nothing else is said. */
export function imageDefaults(): {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
} {
  const text = readFileSync(path.join(packageRoot, 'Dockerfile'), 'utf8');
  const instructions = DockerfileParser.parse(text).getInstructions();
  const last = instructions.findLastIndex((instruction) => instruction.getKeyword() === 'FROM');
  const environment: Record<string, string> = {};
  let command: readonly string[] = [];
  for (const instruction of instructions.slice(last)) {
    if (instruction.getKeyword() === 'CMD')
      command = JSON.parse(instruction.getArgumentsContent() ?? '[]') as string[];
    if (instruction.getKeyword() !== 'ENV') continue;
    for (const argument of instruction.getArguments()) {
      const [name = '', value = ''] = argument.getValue().split('=');
      environment[name] = value;
    }
  }
  return { environment, command };
}

/** "512M" and "20s" in bytes and milliseconds. */
export function amount(text: string): number {
  const { number = '', unit = '' } = /^(?<number>\d+)(?<unit>[a-zA-Z]+)$/.exec(text)?.groups ?? {};
  const factor = { s: 1_000, m: 60_000, M: 2 ** 20, G: 2 ** 30 }[unit];
  if (factor === undefined) throw new Error(`${text} is no amount that this script knows`);
  return Number(number) * factor;
}
