import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { isOpened, openDataSet } from '../reference-data/data-set.js';
import { ReferenceDataError } from '../reference-data/fault.js';
import { buildOpened } from '../reference-data/load.js';
import { chunkAuditor, type Layout } from './audit-chunk.js';
import type { Lines } from './lines.js';
import type { FindingsFormat } from './output.js';
import type { Tallies } from './tallies.js';

/** What a worker thread is started with. */
export interface WorkerSettings {
  /** A sealed data set, that whoever starts the worker has checked. */
  readonly dataSet: Uint8Array;
  readonly day: string;
  readonly gasIsJudged: boolean;
  /** Whether devices are looked up in the list of the data set. */
  readonly listsDevices: boolean;
  readonly layout: Layout;
  readonly findings: FindingsFormat;
}

export interface WorkerTask extends Omit<Lines, 'bytes'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface WorkerResult {
  /** Of the task, to be used again. */
  readonly buffer: ArrayBuffer;
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  readonly tallies: Tallies;
}

/** Answers tasks in their order. What is thrown ends the worker, and the run with it. */
function serve(port: MessagePort, { dataSet, listsDevices, ...settings }: WorkerSettings): void {
  const opened = openDataSet({ bytes: Buffer.from(dataSet), signature: undefined }, []);
  if (!isOpened(opened)) throw new ReferenceDataError(opened);
  const referenceData = buildOpened(opened);
  const devices = new Map(
    listsDevices ? referenceData.devices.map((device) => [device.entityIdentifier, device]) : [],
  );
  const audit = chunkAuditor({ ...settings, referenceData, listed: (device) => devices.get(device) });
  const encoder = new TextEncoder();
  port.on('message', ({ bytes, ...lines }: WorkerTask) => {
    const { buffer, byteOffset, length } = bytes;
    const { outputs, tallies } = audit({ ...lines, bytes: Buffer.from(buffer, byteOffset, length) });
    const encoded = new Map([...outputs].map(([file, text]) => [file, encoder.encode(text)]));
    const result: WorkerResult = { buffer, outputs: encoded, tallies };
    port.postMessage(result, [buffer, ...[...encoded.values()].map((each) => each.buffer)]);
  });
}

if (parentPort !== null) serve(parentPort, workerData as WorkerSettings);
