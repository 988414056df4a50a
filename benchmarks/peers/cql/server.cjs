// A CDS Hooks endpoint that has a CQL engine decide: `node server.cjs PORT ELM`, from the folder
// where its packages are.
const fs = require("fs");
const http = require("http");
const { createRequire } = require("module");
const from = createRequire(process.cwd() + "/");
const cql = from("cql-execution");
const fhir = from("cql-exec-fhir");

const library = new cql.Library(JSON.parse(fs.readFileSync(process.argv[3], "utf8")));

async function advise(body) {
  const entries = Object.values(JSON.parse(body).prefetch).flatMap((part) =>
    part.entry ?? [{ resource: part }]
  );
  const patients = fhir.PatientSource.FHIRv401();
  patients.loadBundles([{ resourceType: "Bundle", type: "collection", entry: entries }]);
  const results = await new cql.Executor(library).exec(patients);
  const [found] = Object.values(results.patientResults);
  return { cards: [{ summary: found.Advice, indicator: "info", source: { label: "CQL" } }] };
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    try {
      const answer = request.method === "POST" ? await advise(Buffer.concat(parts)) : {};
      const text = Buffer.from(JSON.stringify(answer));
      response.writeHead(200, {
        "Content-Type": "application/json",
        "Content-Length": text.length,
      });
      response.end(text);
    } catch (error) {
      console.error(error);
      response.writeHead(500, { "Content-Length": 0 });
      response.end();
    }
  });
});
server.keepAliveTimeout = 120000; // also while an answer keeps the loop busy
server.listen(Number(process.argv[2]), "127.0.0.1");
