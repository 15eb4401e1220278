import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { service } from '../load/server.js';
import { answerLimitMs } from './judge.js';
import { criteria, report } from './report.js';
import { attackClasses, type Failure, fuzz, targetSettings } from './run.js';
import { send } from './wire.js';

/**
 * Sends the service, in a process of its own, what it should not be sent, and holds every answer against what may be answered.
 * Exits with 1 where something is wrong, and then names a file to send the smallest such input again from; with 2 where
 * the run could not be made.
 */

const wholeNumber = (text: string): number => {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
};

const command = new Command('npm run fuzz --')
  .description('Attacks the service with mutated messages, over HTTP, and judges every answer.')
  .option('--runs <count>', 'inputs of a class of usual weight', wholeNumber, 5_000)
  .option('--seconds <count>', 'ends after so long, whatever is left', wholeNumber, 300)
  .option('--seed <number>', 'to try the same again', wholeNumber, Date.now() % 1_000_000_000)
  .option('--only <text>', 'the classes alone whose names hold this')
  .option('--replay <file>', 'sends what a failure left in a file once more, and prints what is answered');

interface Options {
  readonly runs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly only?: string;
  readonly replay?: string;
}

async function run({ only = '', ...spec }: Options): Promise<number> {
  const classes = attackClasses.filter(({ name }) => name.includes(only));
  const result = await fuzz({ ...spec, classes });
  const judged = criteria(result);
  console.log(report(result, judged));
  for (const { failure } of result.tallies) if (failure !== undefined) keep(failure);
  return judged.every(({ isMet }) => isMet) ? 0 : 1;
}

function keep(failure: Failure): void {
  const file = path.join(
    tmpdir(),
    `fuzz-${String(failure.seed)}-${failure.className.replaceAll(' ', '-')}.json`,
  );
  writeFileSync(file, JSON.stringify(failure, undefined, 2));
  console.log(`npm run fuzz -- --replay ${file}`);
}

async function replay(file: string): Promise<number> {
  const failure = JSON.parse(readFileSync(file, 'utf8')) as Failure;
  const target = await service(targetSettings);
  try {
    const segments = failure.segments.map((segment) => Buffer.from(segment, 'base64'));
    const port = Number(new URL(target.url).port);
    const { answers, rest, endedBy } = await send(port, {
      segments,
      ending: 'half-close',
      deadlineMs: answerLimitMs,
    });
    console.log(`${failure.description}\n${failure.fault}\n`);
    for (const { status, body } of answers) console.log(String(status), body.toString());
    console.log(
      `Ended by ${endedBy}. ${rest.length > 0 ? `Behind the answers: ${rest.toString('latin1')}` : ''}`,
    );
    return 0;
  } finally {
    await target.stop();
  }
}

try {
  const options = command.parse().opts<Options>();
  process.exitCode = await (options.replay === undefined ? run(options) : replay(options.replay));
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
