import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Copy, DockerfileParser, From, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { freePort } from '../src/mock-dsp/free-port.js';
import { packageRoot } from '../src/package-root.js';

/**
 * Runs the steps of the Dockerfile without a container engine: each stage in a directory of its own, then the
 * command and the health check of the last. What this cannot show: the base image and what is changed in it, USER, and
 * that nothing outside the stage is used.
 */

const text = readFileSync(path.join(packageRoot, 'Dockerfile'), 'utf8');
const faults = validate(text).map(({ message }) => (typeof message === 'string' ? message : message.value));
if (faults.length > 0) throw new Error(`Dockerfile: ${faults.join('; ')}`);

interface Stage {
  readonly directory: string;
  workdir: string;
  readonly env: Record<string, string>;
  command: readonly string[];
  healthCheck: readonly string[];
}

const stages = new Map<string, Stage>();
const root = mkdtempSync(path.join(tmpdir(), 'dockerfile-'));

function stageOf(from: From): Stage {
  const directory = path.join(root, String(stages.size));
  mkdirSync(directory);
  const stage: Stage = { directory, workdir: '/', env: {}, command: [], healthCheck: [] };
  stages.set(from.getBuildStage() ?? String(stages.size), stage);
  return stage;
}

const inStage = ({ directory, workdir }: Stage, place: string): string =>
  path.join(directory, path.posix.resolve(workdir, place));

function copy(stage: Stage, instruction: Copy): void {
  const source = instruction.getFromFlag()?.getValue() ?? undefined;
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const [target = '', ...items] = words.toReversed();
  const origin = source === undefined ? packageRoot : stages.get(source)?.directory;
  if (origin === undefined) throw new Error(`there is no stage ${String(source)}`);
  for (const item of items) {
    const to = inStage(
      stage,
      target.endsWith('/') ? path.posix.join(target, path.posix.basename(item)) : target,
    );
    cpSync(path.join(origin, item), to, { recursive: true, verbatimSymlinks: true });
  }
}

function perform(stage: Stage, instruction: Instruction): void {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = path.posix.resolve(stage.workdir, words[0] ?? '');
      mkdirSync(inStage(stage, '.'), { recursive: true });
      return;
    case 'RUN':
      // Here these are the directories of this machine.
      if (/(^|\s)\/(usr|opt|var)\//.test(words.join(' '))) {
        console.log(`Not run, since it changes the base image: ${words.join(' ')}`);
        return;
      }
      execFileSync('/bin/sh', ['-c', words.join(' ')], {
        cwd: inStage(stage, '.'),
        env: { ...process.env, ...stage.env },
        stdio: 'inherit',
      });
      return;
    case 'ENV':
      for (const word of words) {
        const [name = '', value = ''] = word.split('=');
        stage.env[name] = value;
      }
      return;
    case 'CMD':
      stage.command = JSON.parse(instruction.getArgumentsContent() ?? '[]') as string[];
      return;
    case 'HEALTHCHECK':
      stage.healthCheck = JSON.parse(
        /CMD (\[.*\])/s.exec(instruction.getTextContent())?.[1] ?? '[]',
      ) as string[];
      return;
    case 'ARG':
    case 'LABEL':
    case 'USER':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return;
    default:
      throw new Error(`this script does not know ${instruction.getKeyword()}`);
  }
}

async function runImage(stage: Stage): Promise<void> {
  const [program = '', ...rest] = stage.command;
  // Loopback and a free port: this is not a container.
  const env = { ...process.env, ...stage.env, HOST: '127.0.0.1', PORT: String(await freePort()) };
  const child = spawn(program, rest, { cwd: inStage(stage, '.'), env, stdio: 'inherit' });
  const ended = once(child, 'close');
  const [check = '', ...checkWords] = stage.healthCheck;
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        execFileSync(check, checkWords, { env, stdio: 'ignore' });
        break;
      } catch (error) {
        if (attempt === 50 || child.exitCode !== null) throw error;
        await delay(200);
      }
    }
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the command ended with ${String(code)}`);
}

/** What is outside of node_modules, with when it was changed. */
const filesOf = (stage: Stage): string[] =>
  readdirSync(inStage(stage, '.'), { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.startsWith('node_modules'))
    .map((file) => `${file} ${String(statSync(inStage(stage, file)).mtimeMs)}`);

let stage: Stage | undefined;
try {
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From) stage = stageOf(instruction);
    else if (stage !== undefined && instruction instanceof Copy) copy(stage, instruction);
    else if (stage !== undefined) perform(stage, instruction);
  }
  if (stage === undefined) throw new Error('the Dockerfile has no stage');
  const before = filesOf(stage);
  await runImage(stage);
  const written = filesOf(stage).filter((file) => !before.includes(file));
  if (written.length > 0) {
    throw new Error(`the service writes where a read-only root would not let it: ${written.join(', ')}`);
  }
  const modules = readdirSync(inStage(stage, 'node_modules'));
  for (const unwanted of ['typescript', 'tap', 'eslint', 'playwright-core', 'fast-check']) {
    if (modules.includes(unwanted)) throw new Error(`the image holds ${unwanted}, a development dependency`);
  }
  for (const unwanted of ['dist/test', 'dist/src/mock-dsp']) {
    if (existsSync(inStage(stage, unwanted))) throw new Error(`the image holds ${unwanted}`);
  }
  console.log('The steps of the Dockerfile make a service that starts, is healthy, and stops when told.');
} finally {
  rmSync(root, { recursive: true, force: true });
}
