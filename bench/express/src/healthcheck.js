// The container's health check: exit code 0 when the API answers. It does not ask for the database. With node:http,
// because fetch takes twice as long to load.

import { get } from 'node:http';

const { HOST, PORT } = process.env;
const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[HOST] ?? HOST;

function unhealthy(why) {
  console.error(`unhealthy: ${why}`);
  process.exit(1);
}

get({ host, port: PORT, path: '/health?simple=1', signal: AbortSignal.timeout(4000) }, (response) => {
  if (response.statusCode !== 200) unhealthy(`the answer is ${response.statusCode}`);
  process.exit(0);
}).on('error', (error) => unhealthy(error.code ?? error.message));
