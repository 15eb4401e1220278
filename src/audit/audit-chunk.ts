import { type CsvLayout, readCsvRows } from './csv-rows.js';
import { type JudgingBy, rememberedJudge } from './judge.js';
import type { Lines } from './lines.js';
import { type MeterReaderSettings, meterReader } from './meter.js';
import { readNdjsonRows } from './ndjson-rows.js';
import { badRowLine, type FindingsFormat, MeterLines, outputFiles, workListFile } from './output.js';
import { Counter, type Tallies } from './tallies.js';

/** How the rows of an estate are written. */
export type Layout = CsvLayout | { readonly format: 'ndjson' };

export interface ChunkSettings extends JudgingBy, Pick<MeterReaderSettings, 'listed'> {
  readonly layout: Layout;
  readonly findings: FindingsFormat;
}

/** What came of some rows: what is to be added to which file, and what was counted. */
export interface ChunkAudit {
  readonly outputs: ReadonlyMap<string, string>;
  readonly tallies: Tallies;
}

// More would be of some use where anybody's certificate may be anywhere, and take the memory over what it is to be.
const rememberedCertificates = 5_000;
const rememberedJudgements = 5_000;

/** Audits one chunk of rows after the other, all by the same settings. What comes of a chunk does not depend on the others. */
export function chunkAuditor(settings: ChunkSettings): (lines: Lines) => ChunkAudit {
  const { layout, listed, findings: format } = settings;
  const readMeter = meterReader({ listed, certificates: rememberedCertificates });
  const judge = rememberedJudge(settings, rememberedJudgements);
  const meterLines = new MeterLines(format);
  const files = outputFiles(format);
  return (lines) => {
    const counter = new Counter();
    const outputs = new Map<string, string>();
    const write = (file: string, line: string): void => {
      outputs.set(file, (outputs.get(file) ?? '') + line);
    };
    let number = lines.firstRow - 1;
    const take: Parameters<typeof readNdjsonRows>[1] = (row) => {
      number += 1;
      const meter = row.ok ? readMeter(row.value) : row;
      if (!meter.ok) {
        counter.bad(meter.rejection, number);
        write(files.badRows, badRowLine(number, meter.rejection));
        return;
      }
      const judgement = judge(meter.value);
      counter.meter(meter.value, judgement);
      if (judgement.group === 'judged') return;
      const isMismatched = judgement.group === 'mismatched';
      write(
        isMismatched ? files.findings : files.unknown,
        meterLines.finding(number, meter.value, judgement),
      );
      if (isMismatched) {
        write(workListFile(judgement.operator), meterLines.work(number, meter.value, judgement));
      }
    };
    if (layout.format === 'csv') readCsvRows(lines, layout, take);
    else readNdjsonRows(lines, take);
    return { outputs, tallies: counter.tallies() };
  };
}
