import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

// Clients that send several requests at once are few, and a proxy sends one.
const maxUnanswered = 32;

/**
 * Closes a connection on which more requests come than it takes answers. Node reads all that came together at once: those of
 * one client that takes no answer would have megabytes, whatever other limits there are.
 */
export function boundPipelined(listener: RequestListener, closed: (cause: string) => void): RequestListener {
  const unanswered = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // What has been read with the one that was too many.
    if (socket.destroyed) return;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > maxUnanswered) {
      closed(`more than ${String(maxUnanswered)} requests that were not answered`);
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 0) - 1));
    listener(request, response);
  };
}
