// Calls methods of api.js as a page does: `node calls.mjs URL_OF_API_JS`, calls as JSON on standard input; on standard
// output what was sent and what came back. Nothing leaves this process: each call brings the answer that it gets.
import { text } from "node:stream/consumers";
import { inspect } from "node:util";

const { PriceGuardApi } = await import(process.argv[2]);

const late = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");

function whenAborted(signal, then) {
  signal.addEventListener("abort", () => then(signal.reason));
  setImmediate(() => signal.give_up());
}

function stalling(signal, begin) {
  const start = (controller) => {
    controller.enqueue(new TextEncoder().encode(begin));
    whenAborted(signal, (reason) => controller.error(reason));
  };
  return new ReadableStream({ start });
}

function answer({ fails, hangs, stalls, status, headers, body }, signal) {
  if (fails) throw new TypeError(fails);
  if (hangs) return new Promise((_, reject) => whenAborted(signal, reject));
  return new Response(stalls ? stalling(signal, body) : body, { status, headers });
}

// Time passes here when a call waits for it to.
let waits;
AbortSignal.timeout = (milliseconds) => {
  const controller = new AbortController();
  waits = milliseconds;
  return Object.assign(controller.signal, { give_up: () => controller.abort(late()) });
};

function told(error) {
  const { name, message, status, code, fields, retryAfter, requestId } = error;
  const kind = error.constructor.name;
  const cause = error.cause && String(error.cause);
  const everything = inspect(error, { depth: null, showHidden: true });
  return { kind, name, message, status, code, fields, retryAfter, requestId, cause, everything };
}

async function called({ method, args, token, answer: given }) {
  const requests = [];
  // Not an arrow function: like a browser's, it looks at what it is called on.
  async function fetch(url, request) {
    if (this !== undefined) throw new Error("Illegal invocation");
    const { origin, pathname: path, searchParams } = new URL(url);
    const headers = Object.fromEntries(request.headers);
    const query = [...searchParams];
    requests.push({ origin, path, query, method: request.method, headers, body: request.body, waits });
    return answer(given, request.signal);
  }
  const api = new PriceGuardApi("https://api.example.com", { token: () => token, fetch });
  try {
    return { requests, value: await api[method](...args) };
  } catch (error) {
    return { requests, error: told(error) };
  }
}

const results = [];
for (const call of JSON.parse(await text(process.stdin))) results.push(await called(call));
const methods = Object.getOwnPropertyNames(PriceGuardApi.prototype).filter((name) => name !== "constructor");
process.stdout.write(JSON.stringify({ methods, results }));
