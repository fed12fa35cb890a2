// The container's health check: exit code 0 when the API answers. It does not ask for the database.

const { HOST, PORT } = process.env;
const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HOST] ?? HOST;

try {
  const response = await fetch(`http://${host}:${PORT}/health?simple=1`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.error(`unhealthy: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}
