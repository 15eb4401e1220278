import { type FileHandle, mkdir, open } from 'node:fs/promises';
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
  const cast = await castOf(settings);
  const nextRow = rowMaker(gasIsJudged ? cast : { ...cast, gasNetworks: [] }, counts, settings);
  const columns = generatedColumns(certificates ? 'certificate' : 'entityIdentifier');
  await mkdir(directory, { recursive: true });
  const generated = {
    ...counts,
    estate: path.join(directory, 'estate.csv'),
    truth: path.join(directory, 'truth.csv'),
  };
  const estate = new LineFile(await open(generated.estate, 'w', 0o640));
  const truth = new LineFile(await open(generated.truth, 'w', 0o640));
  try {
    estate.add(columns.join(','));
    truth.add('row,device,expected,planted,holder,operator');
    for (let row = 1; row <= rows; row += 1) {
      const { device, line, expected, planted, holder, operator } = nextRow();
      estate.add(line);
      truth.add(`${String(row)},${device},${expected},${planted},${holder},${operator}`);
      if (estate.isFull || truth.isFull) {
        await estate.write();
        await truth.write();
      }
    }
    await estate.write();
    await truth.write();
  } finally {
    await estate.close();
    await truth.close();
  }
  return generated;
}

const bufferBytes = 1024 * 1024;
// No line comes near it.
const textLength = 16_384;

/** Lines of ASCII on their way into a file. Long texts of many parts would be moved about by the garbage collector. */
class LineFile {
  readonly #handle: FileHandle;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #used = 0;
  #text = '';

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= textLength) this.#take();
  }

  /** Whether it is to be written before much is added. */
  get isFull(): boolean {
    return this.#used > bufferBytes - 4 * textLength;
  }

  async write(): Promise<void> {
    this.#take();
    await this.#handle.writeFile(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #take(): void {
    this.#used += this.#buffer.write(this.#text, this.#used, 'latin1');
    this.#text = '';
  }
}
