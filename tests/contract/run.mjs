// Holds what the stories said to the fake GitHub against GitHub's own description of its API:
// every request must be one that prism, serving that description, accepts; and every answer of the fake must fit
// the schema of the answer it stands for. Usage: node run.mjs DIRECTORY, the `exchanges` the stories left behind.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const here = dirname(fileURLToPath(import.meta.url));
const description = JSON.parse(readFileSync(join(here, "node_modules/@octokit/openapi/generated/api.github.com.json")));

// The description calls this a date and time; its text and the server take ranges such as `>=2025-01-31`.
delete description.components.parameters.created.schema.format;

const exchanges = new Map();
for (const file of readdirSync(process.argv[2]).filter((name) => name.endsWith(".jsonl"))) {
  for (const line of readFileSync(join(process.argv[2], file), "utf8").split("\n").filter(Boolean)) {
    const exchange = JSON.parse(line);
    const template = templateOf(exchange);
    if (exchange.path === "/graphql") continue;
    // One exchange of each kind, parameters and status is enough, and quick.
    const parameters = [...new URLSearchParams(exchange.query ?? "").keys()].sort().join("&");
    const fields = Object.keys(exchange.body ?? {}).sort().join(",");
    exchanges.set([exchange.method, template, parameters, fields, exchange.status].join(" "), { ...exchange, template, file });
  }
}

function templateOf({ path }) {
  const parts = path.split("/");
  const fits = (template) => {
    const wanted = template.split("/");
    const last = wanted.at(-1);
    // The one parameter that may hold slashes.
    if (last === "{path}" && parts.length > wanted.length) return wanted.slice(0, -1).every(same);
    return wanted.length === parts.length && wanted.every(same);
  };
  const same = (want, at) => want.startsWith("{") || want === parts[at];
  const found = Object.keys(description.paths).filter(fits);
  // The template with the fewest parameters is the one that is meant.
  return found.sort((one, other) => one.split("{").length - other.split("{").length)[0];
}

// Prism on the whole description takes a quarter of a minute and half a gigabyte; on the paths we use, a second.
function slice() {
  const paths = {};
  for (const { template } of exchanges.values()) if (template) paths[template] = description.paths[template];
  const components = {};
  const queue = [paths];
  while (queue.length) {
    for (const [, section, name] of JSON.stringify(queue.pop()).matchAll(/"#\/components\/([^/"]+)\/([^"]+)"/g)) {
      components[section] ??= {};
      if (name in components[section]) continue;
      components[section][name] = description.components[section][name];
      queue.push(components[section][name]);
    }
  }
  return { openapi: description.openapi, info: description.info, paths, components };
}

// OpenAPI 3.0's schemas as JSON Schema, which has a type for null. What must be there is left out: the fake says only
// what somebody reads, but what it does say must be right.
function jsonSchema(node) {
  if (Array.isArray(node)) return node.map(jsonSchema);
  if (node === null || typeof node !== "object") return node;
  const copy = {};
  for (const [key, value] of Object.entries(node)) {
    const keyword = (key === "nullable" && value === true) || (key === "required" && Array.isArray(value)) || key === "example" || key === "examples";
    if (!keyword) copy[key] = jsonSchema(value);
  }
  return node.nullable === true ? { anyOf: [copy, { type: "null" }] } : copy;
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const problems = [];
const directory = mkdtempSync(join(tmpdir(), "contract-"));
const sliced = slice();
writeFileSync(join(directory, "slice.json"), JSON.stringify(sliced));
const port = await freePort();
const prism = spawn(join(here, "node_modules/.bin/prism"), ["mock", "--host", "127.0.0.1", "--port", String(port), join(directory, "slice.json")]);
let log = "";
prism.stderr.on("data", (data) => (log += data));
await new Promise((resolve, reject) => {
  prism.on("exit", () => reject(new Error(`prism ended: ${log}`)));
  prism.stdout.on("data", (data) => {
    log += data;
    if (log.includes("is listening")) resolve();
  });
});

for (const exchange of exchanges.values()) {
  const name = `${exchange.method} ${exchange.path}${exchange.query ? `?${exchange.query}` : ""}`;
  if (!exchange.template) {
    problems.push(`${name}: no such path`);
    continue;
  }
  // A refused request may be one GitHub refuses for its shape, on purpose.
  if (exchange.status === 422) continue;
  const encoded = exchange.path.replace(/\/contents\/(.*)$/, (_, path) => `/contents/${path.replaceAll("/", "%2F")}`);
  const address = `http://127.0.0.1:${port}${encoded}${exchange.query ? `?${exchange.query}` : ""}`;
  const body = exchange.body === null ? undefined : JSON.stringify(exchange.body);
  const headers = { accept: "application/json", ...(body && { "content-type": "application/json" }) };
  const answer = await fetch(address, { method: exchange.method, body, headers, redirect: "manual" });
  const text = await answer.text();
  // A request that is in order is answered with the first success the description has.
  if (answer.status >= 400) {
    problems.push(`${name}: ${answer.status} ${text.slice(0, 400)}`);
  }
}
prism.removeAllListeners("exit");
prism.kill();

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
addFormats(ajv);
ajv.addSchema({ ...jsonSchema(sliced), $id: "github" });
const pointer = (text) => text.replaceAll("~", "~0").replaceAll("/", "~1");
const missing = new Map();
for (const exchange of exchanges.values()) {
  const method = exchange.method.toLowerCase();
  const operation = exchange.template && description.paths[exchange.template][method];
  const response = operation?.responses?.[exchange.status];
  if (!operation || exchange.answer === null || typeof exchange.answer !== "object" || exchange.status >= 400) continue;
  if (!response) {
    problems.push(`${exchange.method} ${exchange.template}: GitHub never answers ${exchange.status}`);
    continue;
  }
  const resolved = response.$ref ? sliced.components.responses[response.$ref.split("/").pop()] : response;
  if (!resolved.content?.["application/json"]) continue;
  const base = response.$ref
    ? `github${response.$ref}`
    : `github#/paths/${pointer(exchange.template)}/${method}/responses/${exchange.status}`;
  const validate = ajv.compile({ $ref: encodeURI(`${base}/content/application~1json/schema`) });
  if (validate(exchange.answer)) continue;
  for (const error of validate.errors) {
    if (/^(anyOf|oneOf|if)$/.test(error.keyword)) continue;
    const place = error.instancePath.replaceAll(/\/\d+/g, "/*");
    missing.set(`${exchange.method} ${exchange.template} ${exchange.status}: ${place} ${error.message}`, exchange.file);
  }
}
for (const [problem, file] of missing) problems.push(`answer of the fake (${file}): ${problem}`);
rmSync(directory, { recursive: true });

console.log(`${exchanges.size} kinds of exchange, ${problems.length} problems`);
for (const problem of problems) console.log(`- ${problem}`);
process.exitCode = problems.length === 0 && exchanges.size > 0 ? 0 : 1;
