// The HTTP server: its timeouts, what it says to what is no HTTP, and how it ends.

import { createServer, STATUS_CODES } from 'node:http';

import { ApiError } from './errors.js';
import { problemDocument } from './problems.js';

const GRACEFUL_MS = 20_000; // with closing the database less than the 30 s that ECS waits
const SWEEP_MS = 100;

const BROKEN = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The body did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'http_431', STATUS_CODES[431]],
};

export function createHttpServer(app) {
  const server = createServer(
    {
      requestTimeout: 15_000,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 75_000, // longer than the load balancer keeps idle connections, so that it closes them
    },
    app,
  );
  server.on('clientError', answerBroken);
  return server;
}

export function listen(server, { host, port }) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

/** Takes no more connections and waits for requests in flight, twenty seconds at the most. */
export async function drain(server) {
  const closed = new Promise((resolve) => server.close(resolve));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS); // those that were busy a moment ago
  const patience = setTimeout(() => server.closeAllConnections(), GRACEFUL_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(patience);
}

function answerBroken(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = BROKEN[error.code] ?? [400, 'bad_request', 'The request cannot be understood.'];
  const content = JSON.stringify(problemDocument(new ApiError(status, code, detail)));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(content)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${content}`);
}
