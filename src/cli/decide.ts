import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { decidingBy, validationDeps } from '../dependencies.js';
import { toAnswer } from '../duis/json/response.js';
import { decide } from '../recording.js';
import { hasCode } from '../validate.js';
import { candidateOf, whatHelp } from './candidate.js';
import type { Context } from './context.js';
import { CliError, exitCodes } from './exit.js';
import { instantOption } from './options.js';

interface Options {
  readonly by?: string;
  readonly at?: Date;
  readonly deviceType?: string;
  readonly importMpxn?: string;
  readonly userSystem?: string;
}

export const decideCommand = (contextOf: () => Context): Command =>
  new Command('decide')
    .description(
      'Decides one request as the service does, by any version of the reference data and at any time, and answers in JSON.\n' +
        'The version and the request give the same answer later. Devices are those of the list of devices.',
    )
    .argument('<file>', 'a request in XML or JSON')
    .option('--by <what>', `the reference data: ${whatHelp}; REFERENCE_DATA_DIR where left out`)
    .addOption(instantOption('--at <instant>', 'the time of the decision; now where left out'))
    .option('--device-type <type>', 'as in the header DCC-Device-Type; for XML')
    .option('--import-mpxn <mpxn>', 'as in the header DCC-Import-MPxN; for XML')
    .option('--user-system <name>', 'as in the header DCC-User-System; for XML')
    .action(async (file: string, options: Options) => {
      const context = contextOf();
      const { by = context.config.REFERENCE_DATA_DIR, at = context.clock() } = options;
      const { referenceData } = await candidateOf(context, by);
      if (referenceData === undefined) throw new CliError(`${by} has faults: see check`, exitCodes.refused);
      const body = await readFile(file);
      const headers = {
        ...(options.deviceType !== undefined && { 'dcc-device-type': options.deviceType }),
        ...(options.importMpxn !== undefined && { 'dcc-import-mpxn': options.importMpxn }),
        ...(options.userSystem !== undefined && { 'dcc-user-system': options.userSystem }),
      };
      const deps = validationDeps(context.config, decidingBy(referenceData), () => at);
      const isXml = !/^\s*\{/.test(body.toString());
      const decision = await decide(deps, { isXml, headers, body });
      if (!decision.ok) {
        const { kind, detail } = decision.rejection;
        throw new CliError(`${kind}: ${detail}`, exitCodes.refused);
      }
      const answer = hasCode(decision.value)
        ? toAnswer(decision.value)
        : {
            problem: 'refused-without-code',
            findings: decision.value.findings,
            duties: decision.value.duties,
          };
      context.write(JSON.stringify(answer, undefined, 2));
    });
