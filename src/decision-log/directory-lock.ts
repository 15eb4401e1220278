import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { DecisionLogError } from './directory.js';

// Of the path of a socket: 104 bytes on macOS and 108 on Linux, a zero included, and libuv may cut off what is over that.
// In front of "/lock.", and the eight characters by which one that was left behind is told from others.
const longestDirectory = 103 - 14;

/**
 * Takes a directory for this process, until it gives it back or ends, in whatever way: a socket there is listened on, which
 * the system closes. A number of a process in a file would name another one after a restart in a container. It holds
 * between the containers of one machine, and not between machines that share a directory. Throws a DecisionLogError where
 * another process has it, or its path is too long for a socket.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  if (Buffer.byteLength(directory) > longestDirectory) {
    const most = `it may have ${String(longestDirectory)} bytes`;
    throw new DecisionLogError(`${directory} is too long a path for a decision log: ${most}`);
  }
  const socket = path.join(directory, 'lock');
  let server = await listen(socket);
  if (server === undefined) {
    const taken = new DecisionLogError(`another process writes its decision log to ${directory}`);
    if (await answers(socket)) throw taken;
    // Under a name of its own: of several that find nobody there, one can take it away.
    const left = `${socket}.${randomBytes(4).toString('hex')}`;
    await rename(socket, left).catch(() => {
      throw taken;
    });
    if (await answers(left)) {
      // Somebody was quicker, and it is his.
      await rename(left, socket);
      throw taken;
    }
    await rm(left);
    server = await listen(socket);
    if (server === undefined) throw taken;
  }
  const held = server;
  held.unref();
  return async () => {
    const closed = once(held, 'close');
    held.close();
    await closed;
  };
}

/** Undefined where there is a socket of that name. */
async function listen(socket: string): Promise<Server | undefined> {
  const server = createServer((connection) => connection.destroy());
  try {
    const listening = once(server, 'listening');
    server.listen(socket);
    await listening;
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function answers(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}
