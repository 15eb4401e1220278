import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { castOf, type CastSettings } from './generate-cast.js';
import { generatedColumns, type PlantedCounts, rowMaker } from './generate-rows.js';

export interface GenerateSettings extends CastSettings {
  readonly directory: string;
  readonly rows: number;
  /** Shares of the rows: of each, an exact number is planted. */
  readonly wrong: number;
  readonly unknown: number;
  readonly bad: number;
  /** Whether gas is judged where the estate is audited; if not, there is none in it. */
  readonly gasIsJudged: boolean;
}

export interface Generated extends PlantedCounts {
  readonly estate: string;
  readonly truth: string;
}

const batchLength = 1_000_000;

/**
 * Writes an estate, and the truth about it: row by row what an audit has to find, known from how the row was made. The same
 * for the same lists, settings and day, but for the signatures of certificates. Throws a CannotGenerate.
 */
export async function generateEstate(settings: GenerateSettings): Promise<Generated> {
  const { directory, rows, wrong, unknown, bad, certificates, gasIsJudged } = settings;
  const counts = {
    rows,
    wrong: Math.round(rows * wrong),
    unknown: Math.round(rows * unknown),
    bad: Math.round(rows * bad),
  };
  const cast = castOf(settings);
  const nextRow = rowMaker(gasIsJudged ? cast : { ...cast, gasNetworks: [] }, counts, settings);
  const columns = generatedColumns(certificates ? 'certificate' : 'entityIdentifier');
  await mkdir(directory, { recursive: true });
  const generated = {
    ...counts,
    estate: path.join(directory, 'estate.csv'),
    truth: path.join(directory, 'truth.csv'),
  };
  const estate = await open(generated.estate, 'w', 0o640);
  const truth = await open(generated.truth, 'w', 0o640);
  try {
    let estateLines = `${columns.join(',')}\n`;
    let truthLines = 'row,device,expected,planted,holder,operator\n';
    for (let row = 1; row <= rows; row += 1) {
      const { device, line, expected, planted, holder, operator } = nextRow();
      estateLines += `${line}\n`;
      truthLines += `${String(row)},${device},${expected},${planted},${holder},${operator}\n`;
      if (estateLines.length < batchLength && row < rows) continue;
      await estate.writeFile(estateLines, 'latin1');
      await truth.writeFile(truthLines, 'latin1');
      [estateLines, truthLines] = ['', ''];
    }
  } finally {
    await estate.close();
    await truth.close();
  }
  return generated;
}
