// A caller worker in Node, without packages: node caller.mjs [PORT] [ADDRESS OF THE RUNTIME WORKER]
import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';

const runtime = new URL('/execute', process.argv[3] ?? 'http://127.0.0.1:8788');
const agent = new http.Agent({ keepAlive: true });
const functions = {
  echo: payload => payload,
  transform: payload => JSON.parse(JSON.stringify(payload)),
  compute: payload => ({ result: Array.from({ length: 1000 }, (_, i) => Math.sqrt(i)).reduce((sum, root) => sum + root), input: payload }),
};

// A method takes a request { functionId, payload, timestamp } and returns the function's result.
const methods = {
  'direct': request => functions[request.functionId](request.payload),
  'raw-fetch': async request => JSON.parse(await post(JSON.stringify(request))).result,
};

const problem = (status, detail) => Object.assign(new Error(detail), { status });

function post(body) {
  return new Promise((resolve, reject) => {
    const failed = e => reject(problem(502, `The runtime at ${runtime.origin} cannot be reached: ${e.message}`));
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    http.request(runtime, { method: 'POST', agent, headers }, response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk)).on('error', failed).on('end', () => {
        const text = Buffer.concat(chunks).toString();
        response.statusCode === 200 ? resolve(text) : reject(problem(502, `The runtime answered ${response.statusCode}: ${text}`));
      });
    }).on('error', failed).end(body);
  });
}

function known(query, name, fallback, values, status) {
  const given = query.get(name) || fallback;
  if (!values.includes(given)) throw problem(status, `Unknown ${name} '${given}'. Known: ${values.join(', ')}.`);
  return given;
}

function number(query, name, fallback, least, most) {
  const given = query.get(name) || fallback;
  if (!/^\d+$/.test(given) || +given < least || +given > most) throw problem(400, `${name} '${given}': expected ${least} to ${most}.`);
  return +given;
}

async function benchmark(query) {
  const method = known(query, 'method', 'raw-fetch', Object.keys(methods), 400);
  const functionId = known(query, 'function', 'echo', Object.keys(functions), 404);
  known(query, 'payloadKind', 'letters', ['letters'], 400);
  const payloadSize = number(query, 'payloadSize', '100', 64, 1_000_000);
  const iterations = number(query, 'iterations', '100', 1, 10_000);
  const [timestamp, around] = [Date.now(), JSON.stringify({ data: '', metadata: { timestamp: Date.now() } }).length];
  const payload = { data: 'x'.repeat(payloadSize - around), metadata: { timestamp } };
  const expected = functions[functionId](payload);
  const rawResults = [];
  for (let i = 0; i < iterations; i++) {
    const start = process.hrtime.bigint();
    const result = await methods[method]({ functionId, payload, timestamp });
    rawResults.push(Number(process.hrtime.bigint() - start) / 1e6);
    // Outside the timed part.
    if (!isDeepStrictEqual(result, expected)) throw problem(502, `Call ${i + 1} by ${method} gave a wrong answer.`);
  }
  return { method, functionId, payloadSize, iterations, rawResults };
}

const answers = { '/methods': () => ({ methods: Object.keys(methods) }), '/benchmark': benchmark };
const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://caller');
  let [status, type, answer] = [200, 'application/json', undefined];
  try {
    if (!answers[url.pathname]) throw problem(404, `Nothing answers ${url.pathname}.`);
    answer = await answers[url.pathname](url.searchParams);
  } catch (e) {
    [status, type] = [e.status ?? 500, 'application/problem+json'];
    answer = { status, title: http.STATUS_CODES[status], detail: e.message };
  }
  response.writeHead(status, { 'Content-Type': type }).end(JSON.stringify(answer));
});
server.listen(+(process.argv[2] ?? 8787), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
