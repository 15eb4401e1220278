import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** An answer, as it stands on the wire. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What came of something that was sent over a connection of its own. */
export interface Outcome {
  readonly answers: readonly Answer[];
  /** What came behind the last whole answer; nothing, where all is well. */
  readonly rest: Buffer;
  /** Who ended it: the service, or we, once there was nothing more to wait for, or in the end no longer waited. */
  readonly endedBy: 'service' | 'us' | 'deadline';
  readonly ms: number;
}

/** How something is sent. */
export interface Sending {
  /** Each is given to the socket by itself. */
  readonly segments: readonly Buffer[];
  /** Between the segments. */
  readonly pauseMs?: number;
  /** We stop waiting when so many answers are there; left out, when the service ends the connection. */
  readonly answers?: number;
  /**
   * After the last segment: nothing; no more of ours, and still listening, at once or when nothing has come for a while; or
   * nothing at all any more, at once.
   */
  readonly ending?: 'stay' | 'half-close' | 'half-close when quiet' | 'reset';
  readonly deadlineMs: number;
}

/** Sends over a new connection to loopback, and reads what comes as a client does that believes nothing. */
export async function send(port: number, sending: Sending): Promise<Outcome> {
  const { segments, pauseMs = 0, ending = 'stay', deadlineMs } = sending;
  const start = performance.now();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const received = receive(socket, sending.answers ?? Number.POSITIVE_INFINITY);
  const timer = setTimeout(() => {
    received.end('deadline');
  }, deadlineMs);
  for (const segment of segments) {
    if (socket.destroyed) break;
    await written(socket, segment);
    if (pauseMs > 0) await delay(pauseMs);
  }
  if (ending === 'half-close') socket.end();
  if (ending === 'half-close when quiet') received.whenQuiet(() => socket.end());
  if (ending === 'reset') received.end('us');
  const endedBy = await received.ended;
  clearTimeout(timer);
  if (ending === 'reset') socket.resetAndDestroy();
  else socket.destroy();
  return { answers: received.answers, rest: received.rest(), endedBy, ms: performance.now() - start };
}

/** Waits for room, and not for ever: whoever does not read any more has ended the connection. */
const written = (socket: Socket, segment: Buffer): Promise<void> =>
  new Promise((resolve) => {
    socket.write(segment, () => {
      resolve();
    });
  });

interface Received {
  readonly answers: readonly Answer[];
  readonly rest: () => Buffer;
  readonly ended: Promise<Outcome['endedBy']>;
  readonly end: (by: Outcome['endedBy']) => void;
  readonly whenQuiet: (then: () => void) => void;
}

const quietMs = 250;

function receive(socket: Socket, wanted: number): Received {
  const answers: Answer[] = [];
  let buffer: Buffer = Buffer.alloc(0);
  let end: Received['end'] = () => undefined;
  const ended = new Promise<Outcome['endedBy']>((resolve) => {
    end = resolve;
  });
  let quiet: NodeJS.Timeout | undefined;
  socket.on('data', (chunk) => {
    quiet?.refresh();
    buffer = Buffer.concat([buffer, chunk]);
    for (let taken = takeAnswer(buffer); taken !== undefined; taken = takeAnswer(buffer)) {
      answers.push(taken.answer);
      buffer = taken.rest;
    }
    if (answers.length >= wanted) end('us');
  });
  // A reset is an end too: what has been answered before has been read.
  socket.on('error', () => {
    end('service');
  });
  socket.on('end', () => {
    end('service');
  });
  socket.on('close', () => {
    end('service');
  });
  return {
    answers,
    rest: () => buffer,
    ended,
    end: (by) => {
      clearTimeout(quiet);
      end(by);
    },
    whenQuiet: (then) => {
      quiet = setTimeout(then, quietMs);
    },
  };
}

/**
 * The next answer, where all of it is there. Of interim answers only 100 is known, and passed over. The service sends the length
 * of each body, so that a chunked one would stay behind as a rest, and be noticed.
 */
function takeAnswer(buffer: Buffer): { readonly answer: Answer; readonly rest: Buffer } | undefined {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = buffer.subarray(0, end).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.1 ([1-5][0-9]{2}) [ -~]*$/.exec(statusLine)?.[1];
  if (status === undefined) return undefined;
  if (status === '100') return takeAnswer(buffer.subarray(end + 4));
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!-9;-~]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || headers.has(name.toLowerCase())) return undefined;
    headers.set(name.toLowerCase(), value);
  }
  const length = Number(headers.get('content-length') ?? 0);
  const whole = end + 4 + length;
  if (buffer.length < whole) return undefined;
  return {
    answer: { status: Number(status), headers, body: buffer.subarray(end + 4, whole) },
    rest: buffer.subarray(whole),
  };
}
