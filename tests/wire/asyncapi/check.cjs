// node check.cjs FILE…: a line of JSON for each file, with what AsyncAPI's own parser found and
// what it has against it. Exits 0 only where that is nothing.
const { readFile } = require("node:fs/promises");
const { Parser } = require("@asyncapi/parser");

// That there is a later AsyncAPI is no fault of a document that names the one it was written for.
const NO_FAULT = new Set(["asyncapi-latest-version"]);

async function check(file) {
  const text = await readFile(file, "utf8");
  // The source lets the parser follow `./TYPE.json` to the payloads.
  const { document, diagnostics } = await new Parser().parse(text, { source: file });
  const faults = diagnostics
    .filter(({ code }) => !NO_FAULT.has(code))
    .map(({ code, path, message }) => `${path.join("/")}: ${message} (${code})`);
  const names = (of) => (document ? [...new Set(document[of]().all().map((one) => one.id()))] : []);
  const found = ["channels", "messages", "operations"].map((of) => [of, names(of)]);
  console.log(JSON.stringify({ faults, ...Object.fromEntries(found) }));
  return document && faults.length === 0;
}

async function main(files) {
  let well = files.length > 0;
  for (const file of files) well = (await check(file)) && well;
  return well ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (fault) => {
    console.error(fault.message);
    process.exit(2);
  },
);
